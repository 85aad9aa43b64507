import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useTyped } from './use-typed.ts';

interface SearchBoxProps {
  readonly label: string;
  /** what the address says */
  readonly value: string | undefined;
  readonly onSearch: (text: string | undefined) => void;
}

/** Searches when nothing was typed for a moment. */
export function SearchBox({ label, value = '', onSearch }: SearchBoxProps) {
  const { typed, type, send } = useTyped(value, (text) => onSearch(text || undefined));
  const search = useDebouncedCallback(send, 250);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={({ currentTarget }) => {
        type(currentTarget.value);
        search(currentTarget.value);
      }}
      flex={1}
      miw={220}
    />
  );
}
