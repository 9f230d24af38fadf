import { useState } from 'react';
import { purposeOfReading, purposes, setPurposeOfReading } from '../api/purpose.ts';
import { logOut, useSession } from '../api/session.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { Instant } from '../parts/time.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';

export function AccountMenu() {
  const t = useWords();
  const state = useSession();
  const [purpose, setPurpose] = useState(purposeOfReading);
  if (state.is !== 'in') return null;
  const { session } = state;
  return (
    <Menu
      className="account"
      label={t('account.of', { name: session.name })}
      button={
        <>
          <Icon name="person" />
          <span className="account-name">{session.name}</span>
        </>
      }
    >
      <dl className="facts narrow">
        <dt>{t('account.role')}</dt>
        <dd>{session.role === null ? session.scopes.join(' ') : wordFor('role', session.role)}</dd>
        {session.link !== null && (
          <>
            <dt>{t('account.link')}</dt>
            <dd>{session.link}</dd>
          </>
        )}
        <dt>{t('account.until')}</dt>
        <dd>
          <Instant at={session.expiresAt} />
        </dd>
      </dl>
      <label className="field">
        <span>{t('account.purpose')}</span>
        <select
          value={session.purpose ?? purpose}
          disabled={session.purpose !== null}
          onChange={({ target }) => {
            setPurposeOfReading(target.value);
            setPurpose(target.value);
          }}
        >
          {purposes.map((code) => (
            <option key={code} value={code}>
              {t(`purpose.${code}`)}
            </option>
          ))}
        </select>
        <small>{t('account.purpose-why')}</small>
      </label>
      <button type="button" onClick={() => void logOut()}>
        {t('account.log-out')}
      </button>
    </Menu>
  );
}
