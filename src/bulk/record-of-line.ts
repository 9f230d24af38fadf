import { regimeOn } from '../contract/codes.ts';
import { type Party, programmeOf } from '../contract/party.ts';
import { addressNumbers, type Column, columns, columnsByName, LIST_SEPARATOR } from './columns.ts';
import { restore } from './neutralise.ts';
import type { Mapping, Source } from './read-mapping.ts';

/** The data of an `enterprise-status` as a line says it, not checked yet. */
export interface LineRecord {
  data: Record<string, unknown>;
  /** Names of the file's columns by pointer into the data, to say where a fault is. */
  columnAt: ReadonlyMap<string, string>;
}

/** What a file of our own columns is read by. */
export const ownColumns: Mapping = {
  columns: new Map(columns.map(({ name }) => [name, { column: name }])),
};

/** Which columns of the file a mapping needs and the header lacks. Of our own form, any may be left out. */
export function missingColumns({ columns: sources }: Mapping, header: ReadonlySet<string>): string[] {
  const wanted = [...sources.values()].flatMap((source) => ('column' in source ? [source.column] : []));
  return [...new Set(wanted)].filter((name) => !header.has(name));
}

/** Reads a line by a mapping. What no column says is left out; programme and regime follow from the rest. */
export function recordOfLine(cells: ReadonlyMap<string, string>, mapping: Mapping, party: Party): LineRecord {
  const columnAt = new Map<string, string>();
  const values = new Map<string, string[]>();
  for (const [name, source] of mapping.columns) {
    const column = columnsByName.get(name);
    if (!column) continue;
    const items = itemsOf(source, column, cells);
    if (items.length === 0) continue;
    values.set(name, items);
    if ('column' in source && !columnAt.has(column.pointer)) columnAt.set(column.pointer, source.column);
  }
  return { data: dataOf(values, party), columnAt };
}

function itemsOf(source: Source, column: Column, cells: ReadonlyMap<string, string>): string[] {
  if ('value' in source) return [source.value];
  const cell = restore((cells.get(source.column) ?? '').trim()).trim();
  const parts = column.list ? cell.split(source.split ?? LIST_SEPARATOR) : [cell];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => source.values?.[part] ?? part)
    .map((part) => (column.date ? calendarDate(part) : part));
}

/** Dates as spreadsheets write them, year first; any other order could be two dates and is left to be refused. */
function calendarDate(cell: string): string {
  const [, year, month, day] =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(cell) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(cell) ?? [];
  return year && month && day ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : cell;
}

function dataOf(values: ReadonlyMap<string, string[]>, party: Party): Record<string, unknown> {
  const one = (name: string): string | undefined => values.get(name)?.[0];
  const identifiers = identifiersOf(values);
  const since = one('statusSince');
  const own = party === 'CN' ? 'gacc.customs-registration' : 'cbp.ctpat-account';
  const number = identifiers.find(({ scheme }) => scheme === own)?.value;
  const givenOn = one('consent.givenOn');
  const withdrawnOn = one('consent.withdrawnOn');
  return defined({
    enterprise: defined({
      id: one('id') ?? (number === undefined ? undefined : `${party}${number}`),
      identifiers,
      name: defined({ native: nativeName(one('name.native'), one('name.lang')), latin: one('name.latin') }),
      addresses: addressNumbers.flatMap((n) => addressOf(n, one, values) ?? []),
      roles: values.get('roles') ?? [],
      supersedes: values.get('supersedes'),
      supersededBy: values.get('supersededBy'),
    }),
    programme: programmeOf(party),
    regime: one('regime') ?? (since === undefined ? undefined : regimeOn(party, since)),
    class: one('class'),
    tier: one('tier'),
    status: one('status'),
    statusSince: since,
    certifiedOn: one('certifiedOn'),
    validUntil: one('validUntil'),
    lastValidatedOn: one('lastValidatedOn'),
    nextReviewDue: one('nextReviewDue'),
    consent: givenOn || withdrawnOn ? defined({ givenOn, withdrawnOn }) : undefined,
    occasion: one('occasion'),
    reason: one('reason'),
  });
}

function identifiersOf(values: ReadonlyMap<string, string[]>): { scheme: string; value: string }[] {
  return columns
    .filter(({ pointer }) => pointer === '/enterprise/identifiers')
    .flatMap(({ name }) => (values.get(name) ?? []).map((value) => ({ scheme: name, value })));
}

function nativeName(text: string | undefined, lang = 'zh-Hans'): object | undefined {
  return text === undefined ? undefined : { text, lang };
}

function addressOf(
  n: number,
  one: (name: string) => string | undefined,
  values: ReadonlyMap<string, string[]>,
): object | undefined {
  const at = `address.${n}`;
  const address = defined({
    type: one(`${at}.type`),
    lines: values.get(`${at}.lines`),
    city: one(`${at}.city`),
    subdivision: one(`${at}.subdivision`),
    postalCode: one(`${at}.postalCode`),
    country: one(`${at}.country`),
  });
  return Object.keys(address).length === 0 ? undefined : address;
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
