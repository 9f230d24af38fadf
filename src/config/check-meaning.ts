import { isIP, isIPv4 } from 'node:net';
import { readQueueAddress } from '../delivery/queue/queue-address.ts';
import { POST_QUANTUM_ALGORITHM } from '../envelope/algorithms.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { checkPartnerTrust } from './check-partner-trust.ts';
import { checkRecognition } from './check-recognition.ts';
import { checkWebhooks } from './check-webhooks.ts';
import type { ConfigFault } from './config-error.ts';

type Draft = Record<string, unknown>;

/**
 * Checks what the schema cannot say. The draft need not have the right shape: what is not there, or of another type,
 * has its fault already and is passed over, so that all faults come at once.
 */
export function checkMeaning(draft: unknown): ConfigFault[] {
  if (!isJsonObject(draft)) return [];
  const links = Array.isArray(draft.links) ? draft.links : [];
  const exchange = isJsonObject(draft.exchange) ? draft.exchange : {};
  return [
    ...checkIssuer('/issuer', draft.issuer),
    ...checkDatabase(draft.database),
    ...checkQueue(draft.queue),
    ...checkListeners(draft.internal, draft.exchange),
    ...checkIdentityProvider(draft.access),
    ...checkWebhook(draft.notifications),
    ...checkWebhooks(draft.webhooks, links),
    ...links.flatMap((link, index) => (isJsonObject(link) ? checkLink(`/links/${index}`, link, draft) : [])),
    ...checkPartnerTrust(exchange.tls, links),
    ...checkPostQuantum(draft.keys, links),
    ...checkRepeated(links, 'id', 'another link has this id'),
    ...checkRepeated(links, 'issuer', 'another link has this issuer; what arrives could not be told apart'),
    ...checkRepeated(links, 'jwks', 'another link has this file; each partner has keys of its own'),
  ];
}

function checkLink(pointer: string, link: Draft, draft: Draft): ConfigFault[] {
  const faults = [
    ...checkIssuer(`${pointer}/issuer`, link.issuer),
    ...checkExchangeUrl(pointer, link.exchangeUrl),
    ...checkRecognition(`${pointer}/recognition`, link.recognition),
  ];
  if (typeof link.partner === 'string' && link.partner === draft.party) {
    faults.push({ pointer: `${pointer}/partner`, message: 'is our own party' });
  }
  if (typeof link.issuer === 'string' && link.issuer === draft.issuer) {
    faults.push({ pointer: `${pointer}/issuer`, message: 'is our own issuer' });
  }
  const { firstMs, maxMs } = isJsonObject(link.retry) ? link.retry : {};
  if (typeof firstMs === 'number' && typeof maxMs === 'number' && maxMs < firstMs) {
    faults.push({ pointer: `${pointer}/retry/maxMs`, message: 'must not be less than firstMs' });
  }
  return faults;
}

/** An issuer is compared to the letter, so it has one spelling (OpenID SSF 1.0, 7.1.1: https, no query, no fragment). */
function checkIssuer(pointer: string, issuer: unknown): ConfigFault[] {
  if (typeof issuer !== 'string') return [];
  const url = URL.parse(issuer);
  if (url?.protocol === 'https:' && !/[?#@\s]/.test(issuer)) return [];
  return [{ pointer, message: 'must be an https address without user, query and fragment' }];
}

function checkExchangeUrl(pointer: string, address: unknown): ConfigFault[] {
  if (typeof address !== 'string') return [];
  const at = `${pointer}/exchangeUrl`;
  const url = URL.parse(address);
  if (!url || !['http:', 'https:'].includes(url.protocol) || /[?#@\s]/.test(address)) {
    return [{ pointer: at, message: 'must be an http or https address without user, query and fragment' }];
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return [{ pointer: at, message: 'must be https: unprotected http is for this machine only' }];
  }
  return [];
}

/** The address is not quoted: it may hold a password. */
function checkDatabase(database: unknown): ConfigFault[] {
  const { url } = isJsonObject(database) ? database : {};
  if (typeof url !== 'string') return [];
  const protocol = URL.parse(url)?.protocol;
  if (protocol === 'postgresql:' || protocol === 'postgres:') return [];
  return [{ pointer: '/database/url', message: 'must be a postgresql:// address' }];
}

/** Not quoted either. */
function checkQueue(queue: unknown): ConfigFault[] {
  const { url } = isJsonObject(queue) ? queue : {};
  if (typeof url !== 'string') return [];
  const address = readQueueAddress(url);
  return 'fault' in address ? [{ pointer: '/queue/url', message: address.fault }] : [];
}

function checkWebhook(notifications: unknown): ConfigFault[] {
  if (!isJsonObject(notifications)) return [];
  const { webhookUrl, webhookSecret } = notifications;
  if ((webhookUrl === undefined) !== (webhookSecret === undefined)) {
    return [{ pointer: '/notifications', message: 'must have webhookUrl and webhookSecret, or neither' }];
  }
  if (typeof webhookUrl !== 'string') return [];
  const url = URL.parse(webhookUrl);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return [];
  const message = 'must be an https address: unprotected http is for this machine only';
  return [{ pointer: '/notifications/webhookUrl', message }];
}

function checkIdentityProvider(access: unknown): ConfigFault[] {
  const provider = isJsonObject(access) ? access.identityProvider : undefined;
  if (!isJsonObject(provider)) return [];
  const at = '/access/identityProvider';
  if ((provider.jwks === undefined) === (provider.jwksUrl === undefined)) {
    return [{ pointer: at, message: 'must have jwks or jwksUrl, one of the two' }];
  }
  if (typeof provider.jwksUrl !== 'string') return [];
  const url = URL.parse(provider.jwksUrl);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return [];
  return [
    {
      pointer: `${at}/jwksUrl`,
      message: 'must be an https address: unprotected http is for this machine only',
    },
  ];
}

function checkListeners(internal: unknown, exchange: unknown): ConfigFault[] {
  const inside = isJsonObject(internal) ? internal : {};
  const outside = isJsonObject(exchange) ? exchange : {};
  const faults: ConfigFault[] = [];
  if (outside.tls === undefined && typeof outside.host === 'string' && !isLoopback(outside.host)) {
    faults.push({
      pointer: '/exchange/host',
      message:
        'must be a loopback address (127.0.0.1, ::1 or localhost): without exchange.tls the listener speaks plain HTTP',
    });
  }
  if (
    typeof inside.port === 'number' &&
    inside.port !== 0 &&
    inside.port === outside.port &&
    overlap(inside.host, outside.host)
  ) {
    faults.push({ pointer: '/exchange/port', message: 'is the port of the internal listener' });
  }
  return faults;
}

/** The names under which a host meets every other one. */
const anywhere = ['0.0.0.0', '::'];

function overlap(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const names = [a, b].map((host) => (host === 'localhost' ? '127.0.0.1' : host));
  return names[0] === names[1] || names.some((host) => anywhere.includes(host));
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) === 0) return bare.toLowerCase() === 'localhost';
  return isIPv4(bare) ? bare.startsWith('127.') : bare === '::1';
}

function checkRepeated(links: readonly unknown[], member: string, message: string): ConfigFault[] {
  const values = links.map((link) => (isJsonObject(link) ? link[member] : undefined));
  return values.flatMap((value, index) =>
    typeof value === 'string' && values.indexOf(value) < index
      ? [{ pointer: `/links/${index}/${member}`, message }]
      : [],
  );
}

/** The runtime calls it experimental: nobody gets it by naming it once. */
function checkPostQuantum(keys: unknown, links: readonly unknown[]): ConfigFault[] {
  if (isJsonObject(keys) && keys.postQuantum === true) return [];
  return links.flatMap((link, index) => {
    const algorithms = isJsonObject(link) && Array.isArray(link.algorithms) ? link.algorithms : [];
    const at = algorithms.indexOf(POST_QUANTUM_ALGORITHM);
    if (at === -1) return [];
    const message = `${POST_QUANTUM_ALGORITHM} needs keys.postQuantum`;
    return [{ pointer: `/links/${index}/algorithms/${at}`, message }];
  });
}
