import { Icon } from '../parts/icon.tsx';
import { type Language, languages, setLanguage, useLanguage, useWords } from '../words/language.ts';
import { setTheme, themes, useTheme } from '../words/theme.ts';

export function LanguageSwitch() {
  const t = useWords();
  const current = useLanguage();
  return (
    <fieldset className="switch">
      <legend className="visually-hidden">{t('frame.language')}</legend>
      {(Object.entries(languages) as [Language, string][]).map(([code, name]) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={code === current}
          onClick={() => setLanguage(code)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}

/** One button goes round: as the system, light, dark. */
export function ThemeSwitch() {
  const t = useWords();
  const current = useTheme();
  const next = themes[(themes.indexOf(current) + 1) % themes.length] ?? 'system';
  const label = t('frame.theme-is', { theme: t(`theme.${current}`) });
  return (
    <button
      type="button"
      className="plain theme"
      aria-label={label}
      title={label}
      onClick={() => setTheme(next)}
    >
      <Icon name={current === 'system' ? 'half' : current === 'light' ? 'sun' : 'moon'} />
    </button>
  );
}
