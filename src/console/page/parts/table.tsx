import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { go, Link, type Query } from '../router.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { isOnControl, takesCommands } from './keyboard.ts';
import { Scrolling } from './scrolling.tsx';
import type { Selection } from './selection.ts';

export interface Column<Row> {
  key: string;
  head: ReactNode;
  cell(row: Row): ReactNode;
  /** Figures stand right; `wide` takes what room is left, cut with an ellipsis. */
  kind?: 'figure' | 'wide';
  /** On a narrow screen, where there is no head, its head stands before it: of what does not say itself what it is. */
  named?: boolean;
}

interface TableProps<Row> {
  /** What the table is called by a screen reader. */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf(row: Row): string;
  /** Where a row leads; the whole row opens it, and so does Enter. */
  to?(row: Row): { path: string; query?: Query | undefined };
  /** Instead of an address: what a row does. */
  open?(row: Row): void;
  selection?: Selection;
  /** How a row is called by its checkbox. */
  nameOf?(row: Row): string;
  toneOf?(row: Row): 'bad' | 'warn' | undefined;
}

/** Dense, with a sticky head; j and k walk, Enter opens, x selects. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, rows, columns, keyOf, selection } = props;
  const t = useWords();
  const [at, setAt] = useState(-1);
  const body = useRef<HTMLTableSectionElement>(null);
  const current = useRef({ props, at });
  current.current = { props, at };

  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (!takesCommands(event)) return;
      const { props: now, at: before } = current.current;
      const step = { j: 1, k: -1 }[event.key];
      const row = now.rows[before];
      if (step !== undefined) {
        const next = Math.min(now.rows.length - 1, Math.max(0, before + step));
        setAt(next);
        body.current?.children[next]?.scrollIntoView({ block: 'nearest' });
      } else if (event.key === 'Enter' && row !== undefined && !isOnControl(event)) {
        openRow(now, row);
      } else if (event.key === 'x' && row !== undefined) now.selection?.toggle(now.keyOf(row));
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);

  const keys = rows.map(keyOf);
  return (
    <Scrolling className="table" label={label}>
      <table>
        <thead>
          <tr>
            {selection && (
              <th className="check">
                <input
                  type="checkbox"
                  aria-label={t('table.select-page')}
                  checked={keys.length > 0 && keys.every((key) => selection.has(key))}
                  onChange={() => selection.togglePage(keys)}
                />
              </th>
            )}
            {columns.map(({ key, head, kind }) => (
              <th key={key} className={kind}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, index) => (
            <TableRow key={keyOf(row)} table={props} row={row} here={index === at} />
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function openRow<Row>({ to, open }: TableProps<Row>, row: Row): void {
  const place = to?.(row);
  if (place) go(place.path, place.query);
  else open?.(row);
}

function TableRow<Row>({ table, row, here }: { table: TableProps<Row>; row: Row; here: boolean }) {
  const { columns, keyOf, selection, nameOf, toneOf, to } = table;
  const t = useWords();
  const key = keyOf(row);
  const opens = to !== undefined || table.open !== undefined;
  // For the pointer alone: j, k and Enter do the same, and the row holds a link.
  const press = (event: MouseEvent<HTMLTableRowElement>): void => {
    if (!opens || (event.target as Element).closest('a, button, input, label, select')) return;
    // A drag over the text is for copying it.
    if (window.getSelection()?.isCollapsed === false) return;
    openRow(table, row);
  };
  const className = [opens ? 'opens' : '', here ? 'here' : '', toneOf?.(row) ?? ''].join(' ').trim();
  return (
    <tr className={className} onClick={press}>
      {selection && (
        <td className="check">
          <input
            type="checkbox"
            aria-label={t('table.select', { name: nameOf?.(row) ?? key })}
            checked={selection.has(key)}
            onChange={() => selection.toggle(key)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.key}
          className={[column.kind, column.named ? 'named' : ''].join(' ').trim() || undefined}
          data-label={typeof column.head === 'string' ? column.head : undefined}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** What opens its row where that leads to no address: what the keyboard and a screen reader use. */
export function RowButton({
  open,
  expanded,
  children,
}: {
  open(): void;
  expanded?: boolean;
  children: ReactNode;
}) {
  return (
    <button type="button" className="plain link" aria-expanded={expanded} onClick={open}>
      {children}
    </button>
  );
}

/** The link in a row that its row leads to: what the keyboard and a screen reader use. */
export function RowLink({ to, query, children }: { to: string; query?: Query; children: ReactNode }) {
  return (
    <Link className="row-link" to={to} query={query}>
      {children}
    </Link>
  );
}

/** Below a table: how many are shown, and the next ones. */
export function TableFoot({
  shown,
  total,
  atLeast = false,
  hasMore,
  loading,
  more,
}: {
  shown: number;
  total?: number | undefined;
  atLeast?: boolean;
  hasMore: boolean;
  loading: boolean;
  more(): void;
}) {
  const t = useWords();
  const words =
    total === undefined
      ? t('table.shown', { n: count(shown) })
      : t(atLeast ? 'table.shown-of-at-least' : 'table.shown-of', { n: count(shown), total: count(total) });
  return (
    <div className="table-foot">
      <span className="quiet">{words}</span>
      {hasMore && (
        <button type="button" disabled={loading} onClick={more}>
          {t('table.more')}
        </button>
      )}
    </div>
  );
}
