/** What a token may allow. */
export const scopes = [
  'messages:submit',
  'messages:read',
  'register:read',
  'streams:read',
  'operate',
  'audit:read',
  'keys',
  'access',
  'erase',
] as const;

export type Scope = (typeof scopes)[number];

/** Who holds a token, and what it allows unless it was granted with scopes of its own. */
export const roles = {
  backend: ['messages:submit', 'messages:read', 'register:read', 'streams:read'],
  reader: ['register:read'],
  operator: ['operate', 'messages:read', 'register:read'],
  auditor: ['audit:read', 'messages:read'],
  admin: ['keys', 'access', 'erase'],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof roles;

export function isRole(value: string): value is Role {
  return Object.hasOwn(roles, value);
}

export function isScope(value: string): value is Scope {
  return (scopes as readonly string[]).includes(value);
}
