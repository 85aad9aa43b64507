/** A reader of Prometheus' text format 0.0.4 that takes nothing on trust: what it does not know is an error. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly samples: readonly Sample[];
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const SUFFIXES = /_(bucket|sum|count)$/;

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`these are no labels: ${text}`);
    labels[name] = value;
  }
  return labels;
}

function readSample(line: string): Sample {
  const [, name = '', labels = '', text = ''] = SAMPLE.exec(line) ?? [];
  const value = Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
  if (name === '' || (Number.isNaN(value) && !/^nan$/i.test(text)))
    throw new Error(`this is no sample: ${line}`);
  return { name, labels: readLabels(labels), value };
}

/** Buckets rise, and the last one holds everything. */
function checkHistogram({ name, samples }: Family): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples.filter((one) => one.name === `${name}_bucket`)) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [labels, buckets] of series) {
    const values = buckets.map((one) => one.value);
    const count = samples.find(
      (one) => one.name === `${name}_count` && JSON.stringify(one.labels) === labels,
    );
    if (values.some((value, at) => value < (values[at - 1] ?? 0)))
      throw new Error(`${name} falls: ${labels}`);
    if (buckets.at(-1)?.labels.le !== '+Inf' || values.at(-1) !== count?.value)
      throw new Error(`${name} does not hold everything: ${labels}`);
  }
}

function readFamily(lines: readonly string[]): Family {
  const [, name = '', help = ''] = /^# HELP (\S+) (.+)$/.exec(lines[0] ?? '') ?? [];
  const [, typed = '', type = ''] =
    /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(lines[1] ?? '') ?? [];
  if (name === '' || typed !== name)
    throw new Error(`these lines begin no family: ${lines.slice(0, 2).join('\n')}`);
  const samples = lines.slice(2).map(readSample);
  for (const sample of samples) {
    const base = type === 'histogram' ? sample.name.replace(SUFFIXES, '') : sample.name;
    if (base !== name) throw new Error(`${sample.name} stands under ${name}`);
    if (type === 'counter' && !(sample.value >= 0)) throw new Error(`${sample.name} is ${sample.value}`);
  }
  const family = { name, help, type: type as Family['type'], samples };
  if (type === 'histogram') checkHistogram(family);
  return family;
}

/** The families of an exposition by their names. Throws a sentence when the text is not valid. */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  for (const block of text.split(/^(?=# HELP )/m)) {
    const family = readFamily(block.split('\n').filter((line) => line !== ''));
    if (families.has(family.name)) throw new Error(`${family.name} comes twice`);
    families.set(family.name, family);
    for (const { name, labels } of family.samples) {
      const series = `${name}${JSON.stringify(Object.entries(labels).sort())}`;
      if (seen.has(series)) throw new Error(`${series} comes twice`);
      seen.add(series);
    }
  }
  return families;
}

/** The value of the one sample with this name and these labels; undefined when there is none. */
export function sampleValue(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const samples = [...families.values()].flatMap((family) => family.samples);
  const wanted = Object.entries(labels);
  return samples.find(
    (one) => one.name === name && wanted.every(([label, value]) => one.labels[label] === value),
  )?.value;
}
