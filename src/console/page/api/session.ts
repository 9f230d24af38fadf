import { useSyncExternalStore } from 'react';
import { noteUse, unusedMs } from './attendance.ts';
import { type ApiProblem, problemOf, unreachable } from './problem.ts';

/** Who is logged in, as `GET /v1/session` says. */
export interface Session {
  name: string;
  role: string | null;
  scopes: readonly string[];
  link: string | null;
  purpose: string | null;
  csrf: string;
  expiresAt: string;
  idleSeconds: number;
}

export type SessionState =
  | { is: 'loading' }
  | { is: 'in'; session: Session }
  | { is: 'out'; why?: 'over' | 'left' | 'idle' }
  | { is: 'unknown'; problem: ApiProblem };

/** The gateway writes when a session was seen this often: it may end so much earlier than the page counts. */
const SEEN_TO_MS = 90_000;

let state: SessionState = { is: 'loading' };
const listeners = new Set<() => void>();

function set(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Whether the person at the page may do one of these; what one may not do is not offered. */
export function useMay(...scopes: readonly string[]): boolean {
  const current = useSession();
  return current.is === 'in' && scopes.some((scope) => current.session.scopes.includes(scope));
}

export function currentSession(): Session | undefined {
  return state.is === 'in' ? state.session : undefined;
}

/** The cookie is not readable here: only the gateway knows whether there is a session. */
export async function loadSession(): Promise<void> {
  const before = state.is;
  try {
    const response = await fetch('/v1/session');
    if (response.ok) set({ is: 'in', session: (await response.json()) as Session });
    else if (response.status === 401 || response.status === 404)
      set(before === 'in' ? { is: 'out', why: 'over' } : { is: 'out' });
    else set({ is: 'unknown', problem: await problemOf(response) });
  } catch {
    set({ is: 'unknown', problem: unreachable() });
  }
}

/** Exchanges an access token for the cookie. @throws ApiProblem */
export async function logIn(token: string): Promise<void> {
  const response = await fetch('/v1/session', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  noteUse();
  set({ is: 'in', session: (await response.json()) as Session });
}

export async function logOut(): Promise<void> {
  const session = currentSession();
  set({ is: 'out', why: 'left' });
  if (!session) return;
  await fetch('/v1/session', { method: 'DELETE', headers: { 'x-csrf-token': session.csrf } }).catch(
    () => undefined,
  );
}

/** An answer of 401: the session is over. */
export function sessionOver(): void {
  if (state.is !== 'in') return;
  const idle = unusedMs() >= state.session.idleSeconds * 1000 - SEEN_TO_MS;
  set({ is: 'out', why: idle ? 'idle' : 'over' });
}

/** Asks whether the session still stands, without using it. Where the gateway does not answer, nobody knows. */
export async function endIfOver(): Promise<void> {
  const response = await fetch('/v1/session', { headers: { 'mra-unattended': '1' } }).catch(() => undefined);
  if (response?.status === 401) sessionOver();
}
