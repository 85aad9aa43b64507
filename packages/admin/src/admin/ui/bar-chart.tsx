import { Paper, Text } from '@mantine/core';
import { texts } from '../texts.ts';

const HEIGHT = 56;

interface BarChartProps {
  readonly title: string;
  readonly colour: string;
  readonly points: readonly { readonly day: string; readonly value: number }[];
}

/** One number a day as bars, and what they come to in words beside them. */
export function BarChart({ title, colour, points }: BarChartProps) {
  const values = points.map(({ value }) => value);
  const most = Math.max(1, ...values);
  const sum = values.reduce((total, value) => total + value, 0);
  const last = values.at(-1) ?? 0;
  return (
    <Paper withBorder p="md">
      <Text fw={600}>{title}</Text>
      <Text size="xl" fw={700}>
        {sum.toLocaleString('en')}
      </Text>
      <Text size="sm" c="dimmed">
        {texts.overview.figures(last, Math.max(0, ...values))}
      </Text>
      <svg
        role="img"
        aria-label={texts.overview.chart(title, sum, last)}
        viewBox={`0 0 ${Math.max(1, points.length) * 4} ${HEIGHT}`}
        preserveAspectRatio="none"
        width="100%"
        height={HEIGHT}
      >
        {points.map(({ day, value }, index) => {
          const height = value === 0 ? 1 : Math.max(2, (value / most) * HEIGHT);
          return (
            <rect key={day} x={index * 4} y={HEIGHT - height} width={3} height={height} fill={colour}>
              <title>{`${day}: ${value}`}</title>
            </rect>
          );
        })}
      </svg>
    </Paper>
  );
}
