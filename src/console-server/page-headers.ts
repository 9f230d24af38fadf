/**
 * What a page of ours may do: load and call what this listener serves, and nothing else. No script, style, picture or
 * connection of another origin, no script in the page itself, no frame around it.
 */
export const CONTENT_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** In place of the headers that answers of the API bear (build-server.ts), which stand where nothing is said here. */
export const PAGE_HEADERS = {
  'content-security-policy': CONTENT_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** A page names the files of its build: a browser asks each time whether it is still the one. */
export const PAGE_CACHE = 'no-cache';

/** Files whose names hold the hash of their content never change. */
export const FILE_CACHE = 'public, max-age=31536000, immutable';
