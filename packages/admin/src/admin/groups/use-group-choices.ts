import { useGroups } from '../api/queries.ts';

/** For a field that chooses among the groups there are. Of a thousand one is found by its name. */
export function useGroupChoices() {
  const { data = [] } = useGroups();
  return {
    data: data.map(({ id, name }) => ({ value: String(id), label: name })),
    searchable: true,
    limit: 100,
  };
}
