import i18next from 'i18next';
import { useSyncExternalStore } from 'react';
import en from '../../locales/en.json';
import zh from '../../locales/zh-CN.json';

export const languages = { 'zh-CN': '中文', en: 'EN' } as const;
export type Language = keyof typeof languages;

type Entry = keyof typeof en;
/** A key of the catalogues; of a word with plural forms, the part before `_one` and `_other`. */
export type Key = Entry extends infer E ? (E extends `${infer K}_one` | `${infer K}_other` ? K : E) : never;

const KEPT_AS = 'mra.language';

const catalogue = i18next.createInstance();
void catalogue.init({
  lng: firstLanguage(),
  fallbackLng: 'en',
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  resources: { en: { translation: en }, 'zh-CN': { translation: zh } },
});
document.documentElement.lang = language();

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept !== null && kept in languages) return kept as Language;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export function language(): Language {
  return catalogue.language as Language;
}

export function setLanguage(next: Language): void {
  localStorage.setItem(KEPT_AS, next);
  document.documentElement.lang = next;
  void catalogue.changeLanguage(next);
}

export type Values = Readonly<Record<string, string | number>>;

/** A text in the present language, for code outside a component. */
export function say(key: Key, values: Values = {}): string {
  return catalogue.t(key, values);
}

/** Whether the catalogues have a text of this key, which came from the gateway. */
export function isKey(key: string): key is Key & string {
  return catalogue.exists(key);
}

/** What follows `group.` in the keys of the catalogues. */
export function keysOf(group: string): string[] {
  const beginning = `${group}.`;
  return Object.keys(en).flatMap((key) => (key.startsWith(beginning) ? [key.slice(beginning.length)] : []));
}

/** The texts, in a component that is drawn again when the language changes; another function for each language. */
export function useWords(): (key: Key, values?: Values) => string {
  return sayIn[useLanguage()];
}

const sayIn: Readonly<Record<Language, typeof say>> = {
  en: (key, values) => say(key, values),
  'zh-CN': (key, values) => say(key, values),
};

export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    catalogue.on('languageChanged', listener);
    return () => catalogue.off('languageChanged', listener);
  }, language);
}

/** A text that the gateway gives in both languages. */
export function inOwnWords(text: { en: string; zh: string }): string {
  return language() === 'zh-CN' ? text.zh : text.en;
}
