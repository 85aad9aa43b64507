import { Button, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { QueryOf } from 'latchkey-client';
import { useGroupChoices } from '../groups/use-group-choices.ts';
import { useRights } from '../rights.ts';
import { type Search, USER_FILTERS, type USER_KEYS } from '../search.ts';
import { texts } from '../texts.ts';
import { useTyped } from '../ui/use-typed.ts';

export type UserSearch = Search<(typeof USER_KEYS)[number]>;

const FLAGS = ['is_active', 'is_staff', 'is_superuser', 'verified', 'has_usable_password'] as const;
const DATES = ['last_login_after', 'last_login_before', 'joined_after', 'joined_before'] as const;

type Hash = NonNullable<QueryOf<'GET', '/api/admin/users/'>['hash']>;

/** The ways to store a password that the server knows by name: all of them, or it would not compile. */
const HASHES = Object.keys({
  argon2: true,
  pbkdf2_sha256: true,
  pbkdf2_sha1: true,
  bcrypt_sha256: true,
  bcrypt: true,
  scrypt: true,
  sha1: true,
  md5: true,
  unsalted_md5: true,
  unsalted_sha1: true,
  crypt: true,
} satisfies Record<Hash, true>);

const YES_OR_NO = [
  { value: 'true', label: texts.common.yes },
  { value: 'false', label: texts.common.no },
];

/** How many filters are set, the search box not counted. */
export const filtersSet = (search: UserSearch) =>
  USER_FILTERS.filter((key) => key !== 'search' && search[key] !== undefined).length;

interface FiltersProps {
  readonly search: UserSearch;
  readonly onChange: (change: UserSearch) => void;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly data: { readonly value: string; readonly label: string }[];
  readonly searchable?: boolean;
  readonly limit?: number;
  readonly onChange: (value: string | undefined) => void;
}

function Choice({ value, onChange, ...rest }: ChoiceProps) {
  return (
    <Select
      {...rest}
      placeholder={texts.common.any}
      value={value ?? null}
      clearable
      clearButtonProps={{ 'aria-label': texts.users.clear }}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

function GroupChoice({ search, onChange }: FiltersProps) {
  const set = (group: string | undefined) => onChange({ group });
  const { group: label } = texts.users.filterNames;
  return <Choice {...useGroupChoices()} label={label} value={search.group} onChange={set} />;
}

/** A day as the person means it, as an instant; and back. */
const instantOf = (day: string) => (day === '' ? undefined : new Date(`${day}T00:00:00`).toISOString());
function dayOf(instant: string | undefined): string {
  const date = new Date(instant ?? '');
  if (Number.isNaN(date.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (instant: string | undefined) => void;
}

/** A day, or none. Whose year is being typed digit by digit passes the years 2, 20 and 202, which nobody means. */
function Day({ label, value, onChange }: DayProps) {
  const { typed, type, send } = useTyped(dayOf(value), (day) => onChange(instantOf(day)));
  return (
    <TextInput
      type="date"
      max="9999-12-31"
      label={label}
      value={typed}
      onChange={({ currentTarget: { value: day } }) => {
        type(day);
        if (!day.startsWith('0')) send(day);
      }}
    />
  );
}

/** What narrows the list, all of it kept in the address. */
export function Filters({ search, onChange }: FiltersProps) {
  const { may } = useRights();
  const set = (key: keyof UserSearch) => (value: string | undefined) => onChange({ [key]: value });
  const never = [{ value: 'never', label: texts.common.never }];
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {FLAGS.map((key) => (
          <Choice
            key={key}
            label={texts.users.fields[key]}
            value={search[key]}
            data={YES_OR_NO}
            onChange={set(key)}
          />
        ))}
        <Choice
          label={texts.users.fields.hash}
          value={search.hash}
          data={HASHES.map((name) => ({ value: name, label: name }))}
          onChange={set('hash')}
        />
        <Choice
          label={texts.users.filterNames.last_login}
          value={search.last_login}
          data={never}
          onChange={set('last_login')}
        />
        {may('view_group') && <GroupChoice search={search} onChange={onChange} />}
        {DATES.map((key) => (
          <Day key={key} label={texts.users.filterNames[key]} value={search[key]} onChange={set(key)} />
        ))}
      </SimpleGrid>
      <div>
        <Button
          variant="default"
          onClick={() => onChange(Object.fromEntries(USER_FILTERS.map((key) => [key, undefined])))}
        >
          {texts.users.clear}
        </Button>
      </div>
    </Stack>
  );
}
