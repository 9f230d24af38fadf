import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Where no back end is, but cloud metadata, neighbours of the wire and everybody at once are. */
const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('224.0.0.0', 3, 'ipv4');
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');

export function isLoopbackHost(host: string): boolean {
  return isIP(host) === 0 ? host.toLowerCase() === 'localhost' : within(loopback, host);
}

/** @param loopbackAllowed the configured address is on this machine by its own words */
export function isForbiddenAddress(address: string, loopbackAllowed: boolean): boolean {
  return within(forbidden, address) || (!loopbackAllowed && within(loopback, address));
}

function within(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Looks a configured name up at each connection and refuses what it must not lead to: whoever rules the name could
 * else turn our requests, which bear the partner's data, to the machine's own services. Private networks are where back
 * ends are, and allowed.
 */
export function guardedLookup(host: string): LookupFunction {
  const loopbackAllowed = isLoopbackHost(host);
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 4);
      const allowed = addresses.filter(({ address }) => !isForbiddenAddress(address, loopbackAllowed));
      const [first] = allowed;
      if (!first) return callback(new Error(`${name} leads to an address that no webhook may call`), '', 4);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}
