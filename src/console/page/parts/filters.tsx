import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { changeQuery, go, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';
import { Icon } from './icon.tsx';
import { Menu } from './menu.tsx';
import { SavedFilters } from './saved-filters.tsx';

export interface FilterField {
  /** The parameter of the address, and of the API where they are alike. */
  name: string;
  label: string;
  kind: 'text' | 'choice' | 'date' | 'instant';
  options?: readonly { value: string; name: string }[];
}

/**
 * Filters that are the address: what is set stands as chips, the rest is behind one button, and one text searches.
 *
 * @param children stands at the end of the row
 */
export function Filters({
  fields,
  search,
  savedAs,
  children,
}: {
  fields: readonly FilterField[];
  /** What the search text finds; absent: there is none. */
  search?: string;
  /** Where this browser keeps filters of this page under names. */
  savedAs?: string;
  children?: ReactNode;
}) {
  const t = useWords();
  const { path, query } = useRoute();
  const set = fields.filter(({ name }) => query[name] !== undefined);
  return (
    <div className="filters">
      {search !== undefined && <SearchText label={search} />}
      {set.map((field) => (
        <span className="chip" key={field.name}>
          <span className="chip-name">{field.label}</span> {shownValue(field, query[field.name] ?? '')}
          <button
            type="button"
            aria-label={t('filter.remove', { name: field.label })}
            onClick={() => changeQuery({ [field.name]: undefined })}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      <Menu
        className="filter-menu"
        button={
          <>
            <Icon name="filter" />
            {t('filter.add')}
          </>
        }
      >
        {(close) => <FilterForm fields={fields} done={close} />}
      </Menu>
      {savedAs !== undefined && <SavedFilters place={savedAs} />}
      {(set.length > 0 || query.q !== undefined) && (
        <button type="button" className="plain link" onClick={() => go(path)}>
          {t('filter.clear')}
        </button>
      )}
      <span className="grow" />
      {children}
    </div>
  );
}

function shownValue({ options, kind }: FilterField, value: string): string {
  if (kind === 'instant') return `${value.slice(0, 16).replace('T', ' ')} UTC`;
  return options?.find((option) => option.value === value)?.name ?? value;
}

function SearchText({ label }: { label: string }) {
  const { query } = useRoute();
  const asked = query.q ?? '';
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const search = (event: FormEvent): void => {
    event.preventDefault();
    changeQuery({ q: text.trim() });
  };
  return (
    <form className="search-text" onSubmit={search}>
      <Icon name="search" />
      <input
        type="search"
        value={text}
        maxLength={200}
        placeholder={label}
        aria-label={label}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value === '') changeQuery({ q: undefined });
        }}
      />
    </form>
  );
}

/** All filters at once; a choice counts at once, a text with Enter or the button. */
function FilterForm({ fields, done }: { fields: readonly FilterField[]; done(): void }) {
  const t = useWords();
  const form = useId();
  const { query } = useRoute();
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    changeQuery(
      Object.fromEntries(
        fields.map(({ name, kind }) => {
          const value = String(given.get(name) ?? '').trim();
          return [name, kind === 'instant' ? instantOf(value) : value];
        }),
      ),
    );
    done();
  };
  return (
    <form className="filter-form" onSubmit={apply}>
      {fields.map((field) => (
        <label className="field" key={field.name} htmlFor={`${form}-${field.name}`}>
          <span>
            {field.label}
            {field.kind === 'instant' && ` (${t('frame.utc')})`}
          </span>
          <FilterInput id={`${form}-${field.name}`} field={field} value={query[field.name] ?? ''} />
        </label>
      ))}
      <button type="submit" className="main">
        {t('filter.apply')}
      </button>
    </form>
  );
}

/** `2026-11-23 08:00`, or a day from its midnight, as the API takes it. */
function instantOf(text: string): string {
  if (text === '') return '';
  const [day, time = '00:00'] = text.split(' ');
  return `${day}T${time}:00.000Z`;
}

/** Not the browser's own fields for times: their order of day and month is that of the system, not of the console. */
const typed = {
  instant: {
    pattern: '\\d{4}-\\d\\d-\\d\\d( \\d\\d:\\d\\d)?',
    hint: 'filter.instant',
    shown: (value: string) => value.slice(0, 16).replace('T', ' '),
  },
  date: { pattern: '\\d{4}-\\d\\d-\\d\\d', hint: 'filter.day', shown: (value: string) => value },
} as const;

function FilterInput({
  id,
  field: { name, kind, options = [] },
  value,
}: {
  id: string;
  field: FilterField;
  value: string;
}) {
  const t = useWords();
  if (kind === 'instant' || kind === 'date') {
    const { pattern, hint, shown } = typed[kind];
    return (
      <input
        id={id}
        type="text"
        name={name}
        inputMode="numeric"
        pattern={pattern}
        title={t(hint)}
        placeholder={t(hint)}
        defaultValue={shown(value)}
      />
    );
  }
  if (kind === 'text') {
    return <input id={id} type="text" name={name} maxLength={200} defaultValue={value} />;
  }
  return (
    <select id={id} name={name} defaultValue={value}>
      <option value="">{t('filter.any')}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.name}
        </option>
      ))}
    </select>
  );
}
