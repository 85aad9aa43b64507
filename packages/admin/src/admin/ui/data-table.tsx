// biome-ignore-all lint/a11y/noRedundantRoles: `display: block` on a narrow screen takes a table's own roles away
import { Checkbox, Text, UnstyledButton } from '@mantine/core';
import {
  type ColumnDef,
  type ColumnVisibilityState,
  columnVisibilityFeature,
  type RowData,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { texts } from '../texts.ts';
import classes from './data-table.module.css';

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });

/** One column: what it is called, how a row fills it, and whether the server sorts by it (its id). */
export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly sorts?: boolean;
}

export interface DataTableProps<Row> {
  /** what a screen reader calls it */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** columns that are left out */
  readonly hidden?: readonly string[];
  /** `-last_login`: newest first */
  readonly ordering?: string | undefined;
  readonly onOrder?: (ordering: string) => void;
  readonly selected?: RowSelectionState;
  readonly onSelect?: (selected: RowSelectionState) => void;
  /** names a row in the label of its checkbox */
  readonly nameOf?: (row: Row) => string;
  readonly empty?: string;
}

const NOTHING: RowSelectionState = {};

/** Column definitions of the table library for ours; made once per list of columns. */
function definitionsOf<Row extends RowData>(
  columns: readonly Column<Row>[],
): ColumnDef<typeof features, Row>[] {
  return columns.map(({ id, header, cell }) => ({ id, header, cell: ({ row }) => cell(row.original) }));
}

const definitions = new WeakMap<object, unknown>();
function stableDefinitionsOf<Row extends RowData>(columns: readonly Column<Row>[]) {
  if (!definitions.has(columns)) definitions.set(columns, definitionsOf(columns));
  return definitions.get(columns) as ColumnDef<typeof features, Row>[];
}

function visibilityOf(hidden: readonly string[]): ColumnVisibilityState {
  return Object.fromEntries(hidden.map((id) => [id, false]));
}

const DIRECTIONS = { up: 'ascending', down: 'descending', not: 'none' } as const;

function Heading({ id, title, ordering, onOrder }: HeadingProps) {
  const direction = ordering === id ? 'up' : ordering === `-${id}` ? 'down' : 'not';
  return (
    <th scope="col" role="columnheader" aria-sort={DIRECTIONS[direction]}>
      <UnstyledButton fw={600} fz="sm" onClick={() => onOrder(direction === 'down' ? id : `-${id}`)}>
        {title}
        <span aria-hidden="true" className={classes.arrow} data-direction={direction} />
      </UnstyledButton>
    </th>
  );
}

interface HeadingProps {
  readonly id: string;
  readonly title: string;
  readonly ordering: string | undefined;
  readonly onOrder: (ordering: string) => void;
}

/**
 * A list of the server's rows. Sorting and paging are the server's; the table knows columns and what is chosen. On a narrow
 * screen every row is a card.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, columns, rows, idOf, hidden = [], ordering, onOrder, onSelect, nameOf = idOf } = props;
  const table = useTable({
    features,
    columns: stableDefinitionsOf(columns),
    data: rows as Row[],
    getRowId: idOf,
    state: { rowSelection: props.selected ?? NOTHING, columnVisibility: visibilityOf(hidden) },
    onRowSelectionChange: (next) =>
      onSelect?.(typeof next === 'function' ? next(props.selected ?? NOTHING) : next),
  });
  const columnOf = new Map(columns.map((column) => [column.id, column]));
  if (rows.length === 0) return <Text p="lg">{props.empty ?? texts.common.nothingFound}</Text>;
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={label} role="table">
        <thead role="rowgroup">
          <tr role="row" data-sort-by={onOrder && texts.common.sortBy}>
            {onSelect && (
              <th scope="col" role="columnheader">
                <Checkbox
                  aria-label={texts.common.chooseAll}
                  checked={table.getIsAllRowsSelected()}
                  indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                />
              </th>
            )}
            {table.getVisibleLeafColumns().map(({ id }) => {
              const { header = id, sorts = false } = columnOf.get(id) ?? {};
              if (sorts && onOrder)
                return <Heading key={id} id={id} title={header} ordering={ordering} onOrder={onOrder} />;
              return (
                <th key={id} scope="col" role="columnheader">
                  {header}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} role="row" data-chosen={row.getIsSelected() || undefined}>
              {onSelect && (
                <td role="cell">
                  <Checkbox
                    aria-label={texts.common.choose(nameOf(row.original))}
                    checked={row.getIsSelected()}
                    onChange={row.getToggleSelectedHandler()}
                  />
                </td>
              )}
              {row.getVisibleCells().map((cell) => (
                <td key={cell.id} role="cell" data-label={columnOf.get(cell.column.id)?.header}>
                  <div>
                    <table.FlexRender cell={cell} />
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
