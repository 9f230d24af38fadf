import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Overview } from './api/types.ts';
import type { Key } from './words/language.ts';

/** A page gets what is left of the path after its place: '' for the list, an id for one thing. */
export interface PageProps {
  rest: string;
}

type Page = { default: ComponentType<PageProps> };

export interface Place {
  path: string;
  name: Key;
  /** Offered only to who may do one of these. */
  scopes: readonly string[];
  page: LazyExoticComponent<ComponentType<PageProps>>;
  /** How many things there wait for a person. */
  due?(overview: Overview): number;
}

function page(load: () => Promise<Page>): Place['page'] {
  return lazy(load);
}

/** The places of the side navigation, in its order. A page is loaded when it is first opened. */
export const places: readonly Place[] = [
  {
    path: '/',
    name: 'place.overview',
    scopes: ['operate'],
    page: page(() => import('./overview/overview-page.tsx')),
  },
  {
    path: '/messages',
    name: 'place.messages',
    scopes: ['messages:read'],
    page: page(() => import('./messages/messages-page.tsx')),
  },
  {
    path: '/lanes',
    name: 'place.lanes',
    scopes: ['operate'],
    page: page(() => import('./lanes/lanes-page.tsx')),
  },
  {
    path: '/consumers',
    name: 'place.consumers',
    scopes: ['operate'],
    page: page(() => import('./consumers/consumers-page.tsx')),
  },
  {
    path: '/dead-letters',
    name: 'place.dead-letters',
    scopes: ['operate'],
    page: page(() => import('./dead-letters/dead-letters-page.tsx')),
    due: ({ deadLetters }) => (deadLetters ? deadLetters.parked + deadLetters.refused : 0),
  },
  {
    path: '/quarantine',
    name: 'place.quarantine',
    scopes: ['operate'],
    page: page(() => import('./quarantine/quarantine-page.tsx')),
    due: ({ quarantined }) => quarantined ?? 0,
  },
  {
    path: '/register',
    name: 'place.register',
    scopes: ['register:read'],
    page: page(() => import('./register/register-page.tsx')),
  },
  {
    path: '/validations',
    name: 'place.validations',
    scopes: ['register:read'],
    page: page(() => import('./validations/validations-page.tsx')),
  },
  {
    path: '/reconciliation',
    name: 'place.reconciliation',
    scopes: ['operate'],
    page: page(() => import('./reconciliation/reconciliation-page.tsx')),
  },
  {
    path: '/keys',
    name: 'place.keys',
    scopes: ['operate', 'keys'],
    page: page(() => import('./keys/keys-page.tsx')),
  },
  {
    path: '/audit',
    name: 'place.audit',
    scopes: ['audit:read'],
    page: page(() => import('./audit/audit-page.tsx')),
  },
  {
    path: '/access',
    name: 'place.access',
    scopes: ['access', 'operate', 'erase'],
    page: page(() => import('./access/access-page.tsx')),
    due: ({ approvals }) => approvals?.waiting ?? 0,
  },
];

/** The place that an address belongs to, and what is left of it. */
export function placeOf(path: string): { place: Place; rest: string } | undefined {
  for (const place of places) {
    if (path === place.path) return { place, rest: '' };
    if (place.path !== '/' && path.startsWith(`${place.path}/`))
      return { place, rest: decodeURIComponent(path.slice(place.path.length + 1)) };
  }
  return undefined;
}
