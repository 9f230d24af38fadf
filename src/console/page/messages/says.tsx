import type { ReactNode } from 'react';
import type { Name } from '../api/types.ts';
import { NamePair } from '../parts/name-pair.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { Instant } from '../parts/time.tsx';
import { codeName } from '../words/codes.ts';
import { useLanguage, useWords } from '../words/language.ts';
import { type Schema, schemaOf, targetOf, titleOf } from './message-schema.ts';

/** The name of the enterprise or the facility that some data are about. */
export function nameIn(data: unknown): Name | null {
  if (!isRecord(data)) return null;
  const named = isRecord(data.enterprise)
    ? data.enterprise
    : isRecord(data.facility)
      ? data.facility
      : undefined;
  const name = named?.name;
  if (!isRecord(name)) return null;
  const native = isRecord(name.native) ? name.native.text : null;
  return {
    native: typeof native === 'string' ? native : null,
    latin: typeof name.latin === 'string' ? name.latin : null,
  };
}

/** What a message says in the words of the contract: the titles of its schema, the labels of its codes. */
export function Says({ type, data }: { type: string; data: unknown }) {
  const t = useWords();
  useLanguage();
  const schema = schemaOf(type);
  if (!schema || !isRecord(data)) return <p className="quiet">{t('messages.no-form')}</p>;
  return <Members schema={schema} data={data} />;
}

type Item = Record<string, unknown>;

function isRecord(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function Members({ schema, data }: { schema: Schema; data: Item }) {
  return (
    <dl className="says">
      {Object.entries(data).map(([name, value]) => {
        const member = schema.properties?.[name] ?? {};
        const deep = isDeep(member, value);
        return (
          <div key={name} className={deep ? 'deep' : undefined}>
            <dt>{titleOf(member, name)}</dt>
            <dd>
              <Value schema={member} value={value} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** What stands in its own box, under its title. */
function isDeep(schema: Schema, value: unknown): boolean {
  const { name } = targetOf(schema);
  if (name === 'name' || name === 'standing' || name === 'target' || name === 'address') return false;
  if (Array.isArray(value)) return value.some(isRecord) && targetOf(schema.items ?? {}).name !== 'identifier';
  return isRecord(value) && !isSpan(value);
}

function isSpan(value: Item): value is { from: string; to: string } {
  return Object.keys(value).length === 2 && typeof value.from === 'string' && typeof value.to === 'string';
}

function Value({ schema, value }: { schema: Schema; value: unknown }): ReactNode {
  const t = useWords();
  const { schema: target, name, codes } = targetOf(schema);
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return t(value ? 'word.yes' : 'word.no');
  if (typeof value === 'string') {
    if (codes !== undefined) return codeName(codes, value);
    if (name === 'instant') return <Instant at={value} ms />;
    return value;
  }
  if (Array.isArray(value)) return <List list={target} items={value} />;
  if (!isRecord(value)) return String(value);
  if (name === 'name') return <NamePair name={nameIn({ enterprise: { name: value } })} />;
  if (name === 'standing' || name === 'target') return standingOf(value);
  if (name === 'address') return addressOf(value);
  if (isSpan(value)) return value.from === value.to ? value.from : `${value.from} – ${value.to}`;
  return <Members schema={target} data={value} />;
}

function standingOf(value: Item): string {
  const parts = [codeName('statuses', String(value.status))];
  if (value.class !== undefined) parts.push(codeName('gacc-classes', String(value.class)));
  if (value.tier !== undefined) parts.push(codeName('ctpat-tiers', String(value.tier)));
  if (value.regime !== undefined) parts.push(codeName('regimes', String(value.regime)));
  return parts.join(' · ');
}

function addressOf({ type, lines, city, subdivision, postalCode, country }: Item): string {
  const street = Array.isArray(lines) ? lines.join(', ') : '';
  const place = [street, city, subdivision, postalCode, country].filter((part) => part !== undefined);
  return `${place.join(', ')} (${codeName('address-types', String(type))})`;
}

function List({ list, items }: { list: Schema; items: readonly unknown[] }) {
  const schema = list.items ?? {};
  const { name, schema: target } = targetOf(schema);
  const records = items.filter(isRecord);
  if (records.length === 0) {
    return (
      <ul className="comma">
        {items.map((item) => (
          <li key={String(item)}>
            <Value schema={schema} value={item} />
          </li>
        ))}
      </ul>
    );
  }
  if (name === 'identifier') {
    return (
      <ul>
        {records.map(({ scheme, value }) => (
          <li key={`${scheme} ${value}`}>
            <span className="quiet">{codeName('identifier-schemes', String(scheme))}</span>{' '}
            <span className="mono">{String(value)}</span>
          </li>
        ))}
      </ul>
    );
  }
  if (name === 'address') {
    return (
      <ul>
        {records.map((record) => (
          <li key={JSON.stringify(record)}>{addressOf(record)}</li>
        ))}
      </ul>
    );
  }
  return <ListTable label={titleOf(list, '')} schema={target} records={records} />;
}

/** Records of one kind, e.g. findings: a column for each member that one of them has. */
function ListTable({ label, schema, records }: { label: string; schema: Schema; records: readonly Item[] }) {
  const members = Object.keys(schema.properties ?? {}).filter((member) =>
    records.some((record) => record[member] !== undefined),
  );
  return (
    <Scrolling className="says-table" label={label}>
      <table>
        <thead>
          <tr>
            {members.map((member) => (
              <th key={member}>{titleOf(schema.properties?.[member] ?? {}, member)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={JSON.stringify(record)}>
              {members.map((member) => (
                <td key={member}>
                  <Cell schema={schema.properties?.[member] ?? {}} value={record[member]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function Cell({ schema, value }: { schema: Schema; value: unknown }): ReactNode {
  if (value === undefined) return null;
  if (isFlat(value) && isDeep(schema, value)) return Object.values(value).join(' · ');
  return <Value schema={schema} value={value} />;
}

/** A cell has no room for members under their titles. */
function isFlat(value: unknown): value is Readonly<Record<string, string | number>> {
  return (
    isRecord(value) &&
    !isSpan(value) &&
    Object.values(value).every((member) => typeof member === 'string' || typeof member === 'number')
  );
}
