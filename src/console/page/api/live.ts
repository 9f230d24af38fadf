import { useEffect, useRef, useSyncExternalStore } from 'react';
import { endIfOver } from './session.ts';

/** What the gateway tells by itself, as the events of `GET /v1/ops/events` are named. */
export const topics = ['overview', 'alert-raised', 'alert-cleared', 'lane', 'job'] as const;
export type Topic = (typeof topics)[number];

export type LiveState = 'off' | 'connecting' | 'live' | 'broken';

/** What depends on a topic is read again at most this often. */
const AGAIN_MS = 2_000;
/** A stream that the gateway refused (it takes 100 at once) is asked for again after this long. */
const RETRY_MS = 15_000;

type Listener = (data: unknown) => void;

const listeners = new Map<Topic, Set<Listener>>(topics.map((topic) => [topic, new Set()]));
const stateListeners = new Set<() => void>();
let state: LiveState = 'off';
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function setState(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** Opens the stream; to be closed at the log-out. */
export function openLive(): void {
  closeLive();
  setState('connecting');
  source = new EventSource('/v1/ops/events');
  source.onopen = () => setState('live');
  source.onerror = () => {
    setState('broken');
    // The browser comes back by itself unless the answer was not a stream.
    if (source?.readyState !== EventSource.CLOSED) return;
    timer = setTimeout(openLive, RETRY_MS);
    // It may have been refused because the session is over: then the page leads to the login.
    void endIfOver();
  };
  for (const topic of topics) {
    source.addEventListener(topic, (event: MessageEvent<string>) => {
      const data: unknown = JSON.parse(event.data);
      for (const listener of listeners.get(topic) ?? []) listener(data);
    });
  }
}

export function closeLive(): void {
  clearTimeout(timer);
  source?.close();
  source = undefined;
  setState('off');
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
  );
}

/** Calls back when one of the topics has news, gathered so that a burst is one call. */
export function useLive(wanted: readonly Topic[], call: () => void): void {
  const current = useRef(call);
  current.current = call;
  const key = wanted.join(' ');
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const hear = (): void => {
      if (waiting !== undefined) return;
      waiting = setTimeout(
        () => {
          waiting = undefined;
          last = Date.now();
          current.current();
        },
        Math.max(50, last + AGAIN_MS - Date.now()),
      );
    };
    const mine = key === '' ? [] : (key.split(' ') as Topic[]);
    for (const topic of mine) listeners.get(topic)?.add(hear);
    return () => {
      clearTimeout(waiting);
      for (const topic of mine) listeners.get(topic)?.delete(hear);
    };
  }, [key]);
}

/** Hears every event of one topic with its data. */
export function useEvents(topic: Topic, hear: Listener): void {
  const current = useRef(hear);
  current.current = hear;
  useEffect(() => {
    const listener: Listener = (data) => current.current(data);
    listeners.get(topic)?.add(listener);
    return () => {
      listeners.get(topic)?.delete(listener);
    };
  }, [topic]);
}
