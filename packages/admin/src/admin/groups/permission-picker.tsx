import { MultiSelect } from '@mantine/core';
import { useThing } from '../api/queries.ts';
import type { Codename } from '../api/types.ts';
import { texts } from '../texts.ts';

interface PermissionPickerProps {
  readonly label: string;
  readonly value: readonly Codename[];
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  readonly onChange: (permissions: Codename[]) => void;
}

/** Chooses among the permissions there are, by their codenames. */
export function PermissionPicker({
  label,
  value,
  error,
  isDisabled = false,
  onChange,
}: PermissionPickerProps) {
  const { data } = useThing('/api/admin/permissions/');
  const codenames = new Set([...(data?.permissions ?? []), ...value]);
  return (
    <MultiSelect
      label={label}
      data={[...codenames]}
      value={[...value]}
      error={error}
      disabled={isDisabled}
      searchable
      placeholder={isDisabled ? '' : texts.groups.find}
      maxDropdownHeight={300}
      onChange={(chosen) => onChange(chosen.map((name) => name as Codename))}
    />
  );
}
