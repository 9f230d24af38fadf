import type { FormEvent } from 'react';
import { changeQuery, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';

/** The two times of the register: how it stood on a day, and what was known of that at an instant. */
export function AtTime() {
  const t = useWords();
  const { query } = useRoute();
  const { on, asOf } = query;
  const look = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const [day = '', time = '00:00'] = String(given.get('asOf') ?? '')
      .trim()
      .split(' ');
    changeQuery({
      on: String(given.get('on') ?? '').trim(),
      asOf: day === '' ? undefined : `${day}T${time}:00.000Z`,
    });
  };
  return (
    <form className="at-time" key={`${on} ${asOf}`} onSubmit={look}>
      <label className="field">
        <span>{t('register.on')}</span>
        <input
          type="text"
          name="on"
          inputMode="numeric"
          size={12}
          pattern="\d{4}-\d\d-\d\d"
          title={t('filter.day')}
          placeholder={t('filter.day')}
          defaultValue={on}
        />
      </label>
      <label className="field">
        <span>{t('register.as-of')}</span>
        <input
          type="text"
          name="asOf"
          inputMode="numeric"
          size={18}
          pattern="\d{4}-\d\d-\d\d( \d\d:\d\d)?"
          title={t('filter.instant')}
          placeholder={t('filter.instant')}
          defaultValue={asOf?.slice(0, 16).replace('T', ' ')}
        />
      </label>
      <button type="submit">{t('register.look')}</button>
      {(on ?? asOf) !== undefined && (
        <button
          type="button"
          className="plain link"
          onClick={() => changeQuery({ on: undefined, asOf: undefined })}
        >
          {t('register.today')}
        </button>
      )}
    </form>
  );
}
