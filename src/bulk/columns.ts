import type { EnterpriseStatus } from '../contract/messages.ts';
import { identifierSchemes } from '../generated/codes.ts';

/** Lists stand in one cell, parted by this. */
export const LIST_SEPARATOR = '|';

/** More places of one enterprise than these are exchanged by NDJSON. */
const ADDRESSES_MAX = 4;

type Address = EnterpriseStatus['enterprise']['addresses'][number];

/** One column of the flat form of a record: what it is in a file, and where it is in the data. */
export interface Column {
  name: string;
  /** RFC 6901 pointer into the data; an identifier's is that of the list. */
  pointer: string;
  /** Whether the cell is a list. */
  list: boolean;
  /** Whether the cell is a calendar date. */
  date: boolean;
  /** Its text in a record; a list's items. */
  of: (data: EnterpriseStatus) => string | readonly string[] | undefined;
}

const text = (name: string, pointer: string, of: Column['of']): Column => ({
  name,
  pointer,
  list: false,
  date: false,
  of,
});
const list = (name: string, pointer: string, of: Column['of']): Column => ({
  name,
  pointer,
  list: true,
  date: false,
  of,
});
const date = (name: string, pointer: string, of: Column['of']): Column => ({
  name,
  pointer,
  list: false,
  date: true,
  of,
});

const address = (n: number): Column[] => {
  const at = (data: EnterpriseStatus): Address | undefined => data.enterprise.addresses[n];
  const name = `address.${n + 1}`;
  const pointer = `/enterprise/addresses/${n}`;
  return [
    text(`${name}.type`, `${pointer}/type`, (data) => at(data)?.type),
    list(`${name}.lines`, `${pointer}/lines`, (data) => at(data)?.lines),
    text(`${name}.city`, `${pointer}/city`, (data) => at(data)?.city),
    text(`${name}.subdivision`, `${pointer}/subdivision`, (data) => at(data)?.subdivision),
    text(`${name}.postalCode`, `${pointer}/postalCode`, (data) => at(data)?.postalCode),
    text(`${name}.country`, `${pointer}/country`, (data) => at(data)?.country),
  ];
};

/** The columns of a file in the order in which they are written. */
export const columns: readonly Column[] = [
  text('id', '/enterprise/id', (data) => data.enterprise.id),
  text('name.latin', '/enterprise/name/latin', (data) => data.enterprise.name.latin),
  text('name.native', '/enterprise/name/native/text', (data) => data.enterprise.name.native?.text),
  text('name.lang', '/enterprise/name/native/lang', (data) => data.enterprise.name.native?.lang),
  text('regime', '/regime', (data) => data.regime),
  text('class', '/class', (data) => data.class),
  text('tier', '/tier', (data) => data.tier),
  text('status', '/status', (data) => data.status),
  date('statusSince', '/statusSince', (data) => data.statusSince),
  date('certifiedOn', '/certifiedOn', (data) => data.certifiedOn),
  date('validUntil', '/validUntil', (data) => data.validUntil),
  date('lastValidatedOn', '/lastValidatedOn', (data) => data.lastValidatedOn),
  date('nextReviewDue', '/nextReviewDue', (data) => data.nextReviewDue),
  date('consent.givenOn', '/consent/givenOn', (data) => data.consent?.givenOn),
  date('consent.withdrawnOn', '/consent/withdrawnOn', (data) => data.consent?.withdrawnOn),
  list('roles', '/enterprise/roles', (data) => data.enterprise.roles),
  ...identifierSchemes.map(({ code }) =>
    list(code, '/enterprise/identifiers', (data) =>
      data.enterprise.identifiers.flatMap(({ scheme, value }) => (scheme === code ? [value] : [])),
    ),
  ),
  list('supersedes', '/enterprise/supersedes', (data) => data.enterprise.supersedes),
  list('supersededBy', '/enterprise/supersededBy', (data) => data.enterprise.supersededBy),
  ...Array.from({ length: ADDRESSES_MAX }, (_, n) => address(n)).flat(),
  text('occasion', '/occasion', (data) => data.occasion),
  text('reason', '/reason', (data) => data.reason),
];

export const columnsByName: ReadonlyMap<string, Column> = new Map(
  columns.map((column) => [column.name, column]),
);

export const addressNumbers: readonly number[] = Array.from({ length: ADDRESSES_MAX }, (_, n) => n + 1);

/** A record as one row of text, in the order of {@link columns}. */
export function cellsOf(data: EnterpriseStatus): string[] {
  return columns.map(({ of }) => {
    const value = of(data);
    return typeof value === 'string' ? value : (value ?? []).join(LIST_SEPARATOR);
  });
}
