import { isIP } from 'node:net';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { isForbiddenAddress, isLoopbackHost } from '../webhooks/guard-target.ts';
import type { ConfigFault } from './config-error.ts';

/** Checks what the schema cannot say of the webhooks: where they go, and whose messages they are of. */
export function checkWebhooks(webhooks: unknown, links: readonly unknown[]): ConfigFault[] {
  if (!Array.isArray(webhooks)) return [];
  const ids = links.flatMap((link) => (isJsonObject(link) && typeof link.id === 'string' ? [link.id] : []));
  const names = webhooks.map((webhook) => (isJsonObject(webhook) ? webhook.name : undefined));
  return webhooks.flatMap((webhook, index) => {
    if (!isJsonObject(webhook)) return [];
    const at = `/webhooks/${index}`;
    return [
      ...checkTarget(`${at}/url`, webhook.url),
      ...checkLink(`${at}/link`, webhook.link, ids),
      ...(typeof webhook.name === 'string' && names.indexOf(webhook.name) < index
        ? [{ pointer: `${at}/name`, message: 'another webhook has this name' }]
        : []),
    ];
  });
}

function checkTarget(pointer: string, address: unknown): ConfigFault[] {
  if (typeof address !== 'string') return [];
  const url = URL.parse(address);
  if (!url || !['http:', 'https:'].includes(url.protocol) || /[#@\s]/.test(address)) {
    return [{ pointer, message: 'must be an http or https address without user and fragment' }];
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (url.protocol === 'http:' && !isLoopbackHost(host)) {
    return [{ pointer, message: 'must be https: unprotected http is for this machine only' }];
  }
  if (isIP(host) !== 0 && isForbiddenAddress(host, isLoopbackHost(host))) {
    return [{ pointer, message: 'must not be a link-local, multicast or unspecified address' }];
  }
  return [];
}

function checkLink(pointer: string, link: unknown, ids: readonly string[]): ConfigFault[] {
  const choice = ids.length === 0 ? 'and there is none' : `one of ${ids.join(', ')}`;
  if (link === undefined) {
    return ids.length === 1 ? [] : [{ pointer, message: `must name the link, ${choice}` }];
  }
  if (typeof link !== 'string' || ids.includes(link)) return [];
  return [{ pointer, message: `must be the id of a link, ${choice}` }];
}
