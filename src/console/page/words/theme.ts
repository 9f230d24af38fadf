import { useSyncExternalStore } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const KEPT_AS = 'mra.theme';
const listeners = new Set<() => void>();
const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
systemDark.addEventListener('change', tell);
show();

function tell(): void {
  for (const listener of listeners) listener();
}

export function theme(): Theme {
  const kept = localStorage.getItem(KEPT_AS);
  return themes.find((known) => known === kept) ?? 'system';
}

export function setTheme(next: Theme): void {
  localStorage.setItem(KEPT_AS, next);
  show();
  tell();
}

function show(): void {
  document.documentElement.dataset.theme = theme();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme);
}

/** What is really shown, also when the system's wish changes. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, () =>
    theme() === 'system' ? systemDark.matches : theme() === 'dark',
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
