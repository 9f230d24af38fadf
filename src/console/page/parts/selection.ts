import { useState } from 'react';

/** Which rows are meant: some by key, or all that match the filter, whether shown or not. */
export interface Selection {
  keys: ReadonlySet<string>;
  all: boolean;
  has(key: string): boolean;
  toggle(key: string): void;
  togglePage(keys: readonly string[]): void;
  selectAll(): void;
  clear(): void;
}

/** @param scope of another filter nothing is selected */
export function useSelection(scope: string): Selection {
  const [state, setState] = useState<{ scope: string; keys: ReadonlySet<string>; all: boolean }>(none(scope));
  const { keys, all } = state.scope === scope ? state : none(scope);
  return {
    keys,
    all,
    has: (key) => all || keys.has(key),
    toggle(key) {
      const next = new Set(keys);
      if (!next.delete(key)) next.add(key);
      setState({ scope, keys: next, all: false });
    },
    togglePage(page) {
      const wasWhole = page.every((key) => keys.has(key));
      setState({ scope, keys: new Set(wasWhole || all ? [] : [...keys, ...page]), all: false });
    },
    selectAll: () => setState({ scope, keys: new Set(), all: true }),
    clear: () => setState(none(scope)),
  };
}

function none(scope: string) {
  return { scope, keys: new Set<string>(), all: false };
}
