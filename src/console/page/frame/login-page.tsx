import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { logIn } from '../api/session.ts';
import { ProblemNote } from '../parts/states.tsx';
import { useWords } from '../words/language.ts';
import { LanguageSwitch, ThemeSwitch } from './look-switches.tsx';

/** An access token is shown once and becomes a cookie that scripts cannot read. */
export function LoginPage({ why }: { why: 'over' | 'left' | 'idle' | undefined }) {
  const t = useWords();
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await logIn(token.trim());
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <main className="alone">
      <form className="login" onSubmit={(event) => void submit(event)}>
        <div className="login-head">
          <h1>mra</h1>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
        <p>{t('login.what')}</p>
        {why && <p className="quiet">{t(`login.${why}`)}</p>}
        <label className="field">
          <span>{t('login.token')}</span>
          <input
            type="password"
            name="token"
            autoComplete="current-password"
            required
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
          <small>{t('login.how')}</small>
        </label>
        {problem && <ProblemNote problem={problem} />}
        <button type="submit" className="main" disabled={busy || token.trim() === ''}>
          {t('login.do')}
        </button>
      </form>
    </main>
  );
}
