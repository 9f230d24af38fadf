import { type FormEvent, useState } from 'react';
import { Link, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';
import { Icon } from './icon.tsx';
import { Menu } from './menu.tsx';

interface Saved {
  name: string;
  query: Record<string, string>;
}

const SAVED_MAX = 30;

function read(place: string): Saved[] {
  try {
    return JSON.parse(localStorage.getItem(`mra.filters.${place}`) ?? '[]') as Saved[];
  } catch {
    return [];
  }
}

/** Filters that this browser keeps under names. To share one, its address is enough. */
export function SavedFilters({ place }: { place: string }) {
  const t = useWords();
  const { path, query } = useRoute();
  const [saved, setSaved] = useState(() => read(place));
  const keep = (next: Saved[]): void => {
    localStorage.setItem(`mra.filters.${place}`, JSON.stringify(next));
    setSaved(next);
  };
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (name === '') return;
    keep([...saved.filter((other) => other.name !== name), { name, query: { ...query } }].slice(-SAVED_MAX));
    event.currentTarget.reset();
  };
  return (
    <Menu
      button={
        <>
          <Icon name="star" />
          {t('filter.saved')}
        </>
      }
    >
      {(close) => (
        <>
          {saved.length === 0 && <p className="quiet">{t('filter.none-saved')}</p>}
          <ul className="saved">
            {saved.map((filter) => (
              <li key={filter.name}>
                <Link to={path} query={filter.query} onClick={close}>
                  {filter.name}
                </Link>
                <button
                  type="button"
                  className="plain"
                  aria-label={t('filter.forget', { name: filter.name })}
                  onClick={() => keep(saved.filter((other) => other !== filter))}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
          {Object.keys(query).length > 0 && (
            <form className="save" onSubmit={save}>
              <input
                name="name"
                maxLength={60}
                required
                aria-label={t('filter.name')}
                placeholder={t('filter.name')}
              />
              <button type="submit">{t('filter.save')}</button>
            </form>
          )}
        </>
      )}
    </Menu>
  );
}
