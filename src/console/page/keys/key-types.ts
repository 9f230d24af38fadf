/** Shapes of `GET /v1/ops/keys`. */

export interface OwnKey {
  kid: string;
  thumbprint: string;
  alg: string;
  state: 'next' | 'active' | 'retiring' | 'retired' | 'revoked';
  notBefore: string;
  notAfter: string | null;
  changedAt: string;
  revokedReason: string | null;
  announced: { link: string; at: string; confirmedAt: string | null }[];
}

export interface PinnedKey {
  kid: string;
  alg?: string;
  thumbprint: string;
  notBefore: string | null;
  notAfter: string | null;
}

export interface AnnouncedKey {
  link: string;
  kid: string;
  thumbprint: string;
  state: 'announced' | 'pinned' | 'refused' | 'revoked';
  reason: string | null;
  message: string | null;
  at: string;
  decidedAt: string | null;
  decidedBy: string | null;
}

export interface Keys {
  own: OwnKey[];
  partners: {
    link: string;
    rotation: string;
    encryption: string;
    keys: PinnedKey[];
    encryptionKeys: PinnedKey[];
  }[];
  announced: AnnouncedKey[];
  certificate: { subject: string; spki: string; notBefore: string; notAfter: string } | null;
  alerts: {
    code: string;
    severity: 'critical' | 'warning' | 'info';
    subject: string | null;
    link: string | null;
    message: string;
    since: string | null;
  }[];
}
