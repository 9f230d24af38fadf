import { describe, expect, it } from 'vitest';
import { readQueueAddress } from '../../../src/delivery/queue/queue-address.ts';

describe('the address of the queue', () => {
  it.each([
    ['redis://cache', { kind: 'single', tls: false, hosts: [{ host: 'cache', port: 6379 }], db: 0 }],
    [
      'rediss://mra:p%40ss@[::1]:7000/3',
      {
        kind: 'single',
        tls: true,
        hosts: [{ host: '::1', port: 7000 }],
        db: 3,
        username: 'mra',
        password: 'p@ss',
      },
    ],
    [
      'redis-sentinel://:word@s1,s2:26380/mra-master/1',
      {
        kind: 'sentinel',
        tls: false,
        hosts: [
          { host: 's1', port: 26_379 },
          { host: 's2', port: 26_380 },
        ],
        master: 'mra-master',
        db: 1,
        password: 'word',
      },
    ],
    [
      'rediss-cluster://a:1,b:2',
      {
        kind: 'cluster',
        tls: true,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        db: 0,
      },
    ],
  ])('%s is understood', (text, address) => {
    expect(readQueueAddress(text)).toEqual(address);
  });

  it.each([
    'http://cache',
    'redis://',
    'redis://a,b',
    'redis://a:0',
    'redis://a:99999',
    'redis://a/x',
    'redis://a/1/2',
    'redis-sentinel://s1',
    'redis-cluster://a/1',
    'redis://%zz:p@a',
    'redis://a?db=1',
  ])('%s is not, and the password is not quoted', (text) => {
    const read = readQueueAddress(text.replace('://', '://user:hunter2@'));
    const plain = readQueueAddress(text);
    expect(plain).toHaveProperty('fault');
    expect(JSON.stringify(read)).not.toMatch(/fault.*hunter2/);
  });
});
