export interface AccessToken {
  id: string;
  name: string;
  role: string;
  scopes: string[];
  purpose: string | null;
  link: string | null;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  state: 'valid' | 'expired' | 'revoked';
}

export interface Approval {
  id: string;
  kind: string;
  state: 'waiting' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
  summary: string;
  reason: string;
  requestedBy: string;
  requestedAt: string;
  expiresAt: string;
  decidedBy: string | null;
  decidedAt: string | null;
}

export interface ListedSession {
  id: string;
  name: string;
  role: string | null;
  openedAt: string;
  seenAt: string;
  expiresAt: string;
  /** The one of this browser. */
  own: boolean;
}
