import { type AnchorHTMLAttributes, type MouseEvent, useMemo, useSyncExternalStore } from 'react';

/** Every address of the console begins with this. */
const BASE = '/console';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', tell);

/** A place of the console: the path without the base, and the query, which is the state of its filters. */
export interface Route {
  path: string;
  query: Readonly<Record<string, string>>;
}

/** Names and values of a query; what is undefined or empty is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export function queryText(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The address of a place, to be shared: `addressOf('/messages', {state: 'parked'})`. */
export function addressOf(path: string, query: Query = {}): string {
  return `${BASE}${path === '/' ? '/' : path}${queryText(query)}`;
}

function locationText(): string {
  return window.location.pathname + window.location.search;
}

export function useRoute(): Route {
  const text = useSyncExternalStore(subscribe, locationText);
  return useMemo(() => {
    const url = new URL(text, window.location.origin);
    const path = url.pathname.slice(BASE.length).replace(/\/+$/, '');
    return { path: path === '' ? '/' : path, query: Object.fromEntries(url.searchParams) };
  }, [text]);
}

/** Goes to a place. @param replace the present one in the history, e.g. while a filter is being typed */
export function go(path: string, query: Query = {}, { replace = false }: { replace?: boolean } = {}): void {
  const to = addressOf(path, query);
  if (to === locationText()) return;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', to);
  if (!replace) window.scrollTo(0, 0);
  tell();
}

/** Changes some parameters of the present place; undefined or '' takes one away. */
export function changeQuery(changes: Query, options: { replace?: boolean } = {}): void {
  const url = new URL(window.location.href);
  const path = url.pathname.slice(BASE.length).replace(/\/+$/, '') || '/';
  go(path, { ...Object.fromEntries(url.searchParams), ...changes }, options);
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string;
  query?: Query | undefined;
}

/** A link inside the console: a real address, opened without loading the page anew. */
export function Link({ to, query = {}, onClick, ...rest }: LinkProps) {
  const open = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const otherwise = event.defaultPrevented || event.button !== 0;
    if (otherwise || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to, query);
  };
  return <a {...rest} href={addressOf(to, query)} onClick={open} />;
}
