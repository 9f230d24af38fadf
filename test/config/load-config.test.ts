import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, type ConfigSource, loadConfig } from '../../src/config/config.ts';
import { ConfigError, type ConfigFault } from '../../src/config/config-error.ts';
import { readEnvironment } from '../../src/config/env.ts';
import { benefits } from '../../src/generated/codes.ts';
import { generateKey } from '../../src/keys/generate-key.ts';
import { loadKeyRing } from '../../src/keys/key-ring.ts';
import { publicJwks } from '../../src/keys/public-jwks.ts';
import { makeSelfSigned, writeCertificate } from '../support/certificates.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let privateKey: string;

beforeEach(async () => {
  folder = await createTemporaryFolder();
  const directory = join(folder.path, 'keys/private');
  privateKey = (await generateKey({ party: 'CN', alg: 'ES256', directory, now: new Date() })).file;
  const jwks = JSON.stringify(publicJwks(await loadKeyRing(directory)));
  for (const name of ['us.json', 'us2.json']) writeFileSync(join(folder.path, name), jwks);
});
afterEach(() => folder[Symbol.asyncDispose]());

const link = {
  id: 'us-cbp',
  partner: 'US',
  issuer: 'https://mra.cbp.example',
  exchangeUrl: 'http://127.0.0.1:8802',
  jwks: 'us.json',
};
const minimal = { party: 'CN', issuer: 'https://mra.customs.example', links: [link] };
const nothing = readEnvironment({});

function write(content: unknown): string {
  const file = join(folder.path, 'mra.config.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function load(content: unknown, source: ConfigSource = {}): Promise<Config> {
  return loadConfig({ file: write(content), env: nothing, ...source });
}

async function faultsOf(content: unknown, source: ConfigSource = {}): Promise<readonly ConfigFault[]> {
  const error = await load(content, source).catch((caught: unknown) => caught);
  if (error instanceof ConfigError) return error.faults;
  throw new Error('was loaded', { cause: error });
}

/** The faults of a link, in one place of a configuration that is right elsewhere. */
const faultsOfLink = (members: object) => faultsOf({ ...minimal, links: [{ ...link, ...members }] });

const fault = (pointer: string, message: RegExp) => ({ pointer, message: expect.stringMatching(message) });

describe('a configuration', () => {
  it('is complete and absolute after it was loaded', async () => {
    const at = (path: string) => join(folder.path, path);
    expect(await load(minimal)).toEqual({
      file: at('mra.config.json'),
      notifications: {},
      webhooks: [],
      retention: { attemptDays: 30, accessLogDays: 1095, comparisonDays: 400 },
      party: 'CN',
      issuer: 'https://mra.customs.example',
      dataDir: at('.mra'),
      erasureList: at('erasures.jsonl'),
      database: {},
      queue: {},
      keys: { private: at('keys/private'), postQuantum: false },
      internal: { host: '127.0.0.1', port: 8701 },
      exchange: { host: '127.0.0.1', port: 8702 },
      access: {},
      limits: {
        internalRequestsPerSecond: 5000,
        exchangeRequestsPerSecond: 1000,
        internalConnections: 2000,
        exchangeConnections: 1000,
      },
      log: { level: 'info' },
      links: [
        {
          ...link,
          jwks: at('us.json'),
          lanes: 8,
          outboxMax: 1_000_000,
          algorithms: ['ES256'],
          delivery: 'multi-push',
          reception: 'push',
          rotation: 'confirmed',
          overlapMs: 604_800_000,
          encryption: 'none',
          skewMs: 120_000,
          retentionMs: 7_776_000_000,
          batchSetsMax: 500,
          batchBytesMax: 4_194_304,
          retry: { firstMs: 1_000, maxMs: 300_000 },
          profile: 'mra',
          receipts: 'required',
          recognition: ['advanced-certified', 'II', 'III'].map((grade) => ({
            grade,
            from: grade === 'advanced-certified' ? '2014-12-01' : '2001-11-01',
            benefits: benefits.map(({ code }) => code),
          })),
          policy: { usccCheckDigits: 'refuse', consentRequired: true },
        },
      ],
    });
  });

  it('keeps what the file says, and addresses without a slash at their end', async () => {
    const config = await load({
      ...minimal,
      dataDir: '/var/lib/mra',
      links: [
        {
          ...link,
          exchangeUrl: 'https://mra.cbp.example/gateway/',
          retry: { firstMs: 50 },
          receipts: 'none',
        },
      ],
    });
    expect(config.dataDir).toBe('/var/lib/mra');
    expect(config.links[0]).toMatchObject({
      exchangeUrl: 'https://mra.cbp.example/gateway',
      retry: { firstMs: 50, maxMs: 300_000 },
      receipts: 'none',
    });
  });

  it('knows an identity provider by the keys in a file or at an address', async () => {
    const provider = { issuer: 'https://sso.customs.example', audience: 'mra', jwks: 'sso.json' };
    const config = await load({ ...minimal, access: { identityProvider: provider } });
    expect(config.access.identityProvider).toEqual({
      issuer: 'https://sso.customs.example',
      audience: 'mra',
      algorithms: ['RS256', 'PS256', 'ES256'],
      scopePrefix: '',
      lifetimeMsMax: 43_200_000,
      keys: { file: join(folder.path, 'sso.json') },
    });
    const { jwks: _, ...named } = provider;
    const jwksUrl = 'https://sso.customs.example/jwks';
    const at = { ...minimal, access: { identityProvider: { ...named, jwksUrl } } };
    expect((await load(at)).access.identityProvider?.keys).toEqual({ url: jwksUrl });
  });

  it.each([
    [{}, '/access/identityProvider'],
    [{ jwks: 'a.json', jwksUrl: 'https://a.example' }, '/access/identityProvider'],
    [{ jwksUrl: 'http://sso.customs.example/jwks' }, '/access/identityProvider/jwksUrl'],
    [{ jwksUrl: 'file:///etc/jwks' }, '/access/identityProvider/jwksUrl'],
    [{ jwks: 'a.json', algorithms: ['HS256'] }, '/access/identityProvider/algorithms/0'],
  ])('does not take an identity provider with %j', async (members, pointer) => {
    const identityProvider = { issuer: 'https://sso.customs.example', audience: 'mra', ...members };
    expect(await faultsOf({ ...minimal, access: { identityProvider } })).toEqual([fault(pointer, /must/)]);
  });

  it('is found by --config before MRA_CONFIG', async () => {
    const env = readEnvironment({ MRA_CONFIG: write(minimal) });
    expect((await loadConfig({ env })).party).toBe('CN');
    const other = join(folder.path, 'other.json');
    writeFileSync(other, JSON.stringify({ ...minimal, dataDir: 'other' }));
    expect((await loadConfig({ file: other, env })).dataDir).toBe(join(folder.path, 'other'));
  });

  it('gives way to the environment', async () => {
    const env = readEnvironment({
      DATABASE_URL: 'postgresql://mra:hunter2@db.example/mra',
      MRA_DATA_DIR: 'elsewhere',
      MRA_INTERNAL_HOST: '0.0.0.0',
      MRA_INTERNAL_PORT: '0',
      MRA_EXCHANGE_HOST: '::1',
      MRA_EXCHANGE_PORT: '9000',
      MRA_LOG_LEVEL: 'debug',
    });
    const config = await load({ ...minimal, log: { level: 'warn' } }, { env });
    expect(config).toMatchObject({
      dataDir: join(folder.path, 'elsewhere'),
      internal: { host: '0.0.0.0', port: 0 },
      exchange: { host: '::1', port: 9000 },
      log: { level: 'debug' },
    });
    expect(config.database.url?.reveal()).toBe('postgresql://mra:hunter2@db.example/mra');
  });

  it('takes addresses with passwords from files, and the environment before the file', async () => {
    writeFileSync(join(folder.path, 'db-url'), 'postgresql://mra:hunter2@db.example/mra\n');
    writeFileSync(join(folder.path, 'queue-url'), 'rediss://:hunter3@queue.example/2\n');
    const env = readEnvironment({ MRA_QUEUE_URL_FILE: 'queue-url', DATABASE_URL: '' });
    const content = { ...minimal, database: { urlFile: 'db-url' }, queue: { url: 'redis://elsewhere' } };
    const config = await load(content, { env });
    expect(config.database.url?.reveal()).toBe('postgresql://mra:hunter2@db.example/mra');
    expect(config.queue.url?.reveal()).toBe('rediss://:hunter3@queue.example/2');
    expect(inspect(config, { depth: 9 })).not.toMatch(/hunter/);
    const given = readEnvironment({ DATABASE_URL: 'postgresql://db.example/other' });
    expect((await load(content, { env: given })).database.url?.reveal()).toContain('other');
  });

  it('does not print the address of the database', async () => {
    const config = await load({ ...minimal, database: { url: 'postgresql://mra:hunter2@db.example/mra' } });
    const prints = [JSON.stringify(config), inspect(config, { depth: 9 }), `${config.database.url}`];
    for (const print of prints) expect(print).toContain('[secret]');
    expect(prints.join()).not.toContain('hunter2');
  });

  it('for making and pinning keys needs none yet, but refuses wrong ones', async () => {
    const early = { ...minimal, keys: { private: 'none' }, links: [{ ...link, jwks: 'none.json' }] };
    expect((await load(early, { keyFiles: 'optional' })).party).toBe('CN');
    chmodSync(privateKey, 0o644);
    writeFileSync(join(folder.path, 'us.json'), '{"keys":[]}');
    expect(await faultsOf(minimal, { keyFiles: 'optional' })).toEqual([
      fault('/keys/private', /others may open/),
      fault('/links/0/jwks', /no key/),
    ]);
  });

  it.each(['cn', 'us'])('can be the example %s.json once its keys are there', async (name) => {
    const file = join(import.meta.dirname, `../../examples/config/${name}.json`);
    const config = await loadConfig({ file, env: nothing, keyFiles: 'optional' });
    expect(config.party).toBe(name.toUpperCase());
  });

  it('can be one of the two examples, which fit each other', async () => {
    const [cn, us] = await Promise.all(
      ['cn', 'us'].map((name) =>
        loadConfig({
          file: join(import.meta.dirname, `../../examples/config/${name}.json`),
          env: nothing,
          keyFiles: 'optional',
        }),
      ),
    );
    for (const [one, other] of [
      [cn, us],
      [us, cn],
    ]) {
      expect(one?.links[0]).toMatchObject({
        partner: other?.party,
        issuer: other?.issuer,
        exchangeUrl: `http://127.0.0.1:${other?.exchange.port}`,
      });
    }
  });
});

describe('a wrong configuration', () => {
  it('says what is wrong with a webhook: its address, its link, its name, its secrets', async () => {
    const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
    const hook = {
      name: 'one',
      url: 'https://back-end.customs.example/mra',
      purpose: 'clearance',
      secrets: [secret],
    };
    const faults = (webhooks: object[]) => faultsOf({ ...minimal, webhooks });
    expect((await load({ ...minimal, webhooks: [hook] })).webhooks).toMatchObject([
      { name: 'one', link: link.id, from: 'now', pauseAfterMs: 86_400_000 },
    ]);
    expect(await faults([{ ...hook, url: 'http://back-end.customs.example' }])).toEqual([
      fault('/webhooks/0/url', /must be https/),
    ]);
    for (const url of ['https://u:p@b.example', 'ftp://b.example', 'no address'])
      expect(await faults([{ ...hook, url }])).toEqual([
        fault('/webhooks/0/url', /without user and fragment/),
      ]);
    for (const url of ['https://169.254.169.254/latest', 'https://[fe80::1]/', 'https://0.0.0.0/'])
      expect(await faults([{ ...hook, url }])).toEqual([fault('/webhooks/0/url', /link-local/)]);
    expect(await faults([hook, hook])).toEqual([fault('/webhooks/1/name', /another webhook/)]);
    expect(await faults([{ ...hook, link: 'nobody' }])).toEqual([fault('/webhooks/0/link', /one of us-cbp/)]);
    const { secrets: _none, ...bare } = hook;
    expect(await faults([bare])).toContainEqual(fault('/webhooks/0', /secretFiles or secrets/));
    expect(await faults([{ ...bare, secretFiles: ['nowhere.txt'] }])).toContainEqual(
      fault('/webhooks/0/secretFiles/0', /cannot be read/),
    );
    const [malformed] = await faults([{ ...hook, secrets: ['whsec_short'] }]);
    expect(malformed?.pointer).toBe('/webhooks/0/secrets/0');
    expect(JSON.stringify(malformed)).not.toContain('whsec_short');
  });

  it('names a file of a secret that is missing, empty, or given beside the secret', async () => {
    writeFileSync(join(folder.path, 'empty'), '\n');
    const faults = await faultsOf({
      ...minimal,
      database: { urlFile: 'nowhere' },
      queue: { urlFile: 'empty' },
    });
    expect(faults).toEqual([
      fault('/database/urlFile', /nowhere cannot be read \(ENOENT\)/),
      fault('/queue/urlFile', /is empty/),
    ]);
    const both = await faultsOf({ ...minimal, queue: { url: 'redis://a', urlFile: 'empty' } });
    expect(both).toEqual([fault('/queue/urlFile', /give one/)]);
    expect(await faultsOf({ ...minimal, queue: { url: 'amqp://user:hunter2@q' } })).toEqual([
      fault('/queue/url', /must be redis:[^2]*$/),
    ]);
  });

  it('lists every fault at once, of shape, meaning, files and environment', async () => {
    chmodSync(privateKey, 0o644);
    mkdirSync(join(folder.path, 'folder.json'));
    const env = readEnvironment({ DATABASE_URL: 'mysql://root:hunter2@db/mra', MRA_LOG_LEVEL: 'loud' });
    const faults = await faultsOf(
      {
        party: 'CN',
        issuer: 'http://mra.customs.example',
        colour: 'red',
        internal: { port: 8702 },
        exchange: { host: '0.0.0.0' },
        links: [
          { ...link, lanes: 0, algorithms: ['none'], jwks: 'missing.json' },
          {
            ...link,
            partner: 'CN',
            issuer: 'https://mra.cbp.example',
            jwks: 'folder.json',
            retry: { firstMs: 500, maxMs: 50 },
          },
          { id: 'Us', partner: 'EU', issuer: 'https://third.example', exchangeUrl: 'ftp://x' },
        ],
      },
      { env },
    );
    expect([...faults].sort((a, b) => (a.pointer < b.pointer ? -1 : 1))).toEqual([
      fault('/colour', /no such setting/),
      fault('/database/url', /postgresql.*given by DATABASE_URL/),
      fault('/exchange/host', /loopback/),
      fault('/exchange/port', /port of the internal listener/),
      fault('/issuer', /https/),
      fault('/keys/private', /chmod 600/),
      fault('/links/0/algorithms/0', /one of ES256, Ed25519/),
      fault('/links/0/jwks', /missing\.json: does not exist\. Run: mra keys import/),
      fault('/links/0/lanes', />= 1/),
      fault('/links/1/id', /another link/),
      fault('/links/1/issuer', /another link/),
      fault('/links/1/jwks', /cannot be read/),
      fault('/links/1/partner', /our own party/),
      fault('/links/1/retry/maxMs', /less than firstMs/),
      fault('/links/2/exchangeUrl', /http/),
      fault('/links/2/id', /small letters/),
      fault('/links/2/jwks', /missing/),
      fault('/links/2/partner', /one of CN, US/),
      fault('/log/level', /one of fatal.*given by MRA_LOG_LEVEL/),
    ]);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  it('says in one text what is wrong, line by line', async () => {
    const error = await load({ ...minimal, colour: 'red', log: { level: 'loud' } }).catch(
      (caught: unknown) => caught,
    );
    expect(String(error)).toMatch(/mra\.config\.json cannot be used:\n {2}\/colour: .*\n {2}\/log\/level: /);
  });

  it('is one that does not exist, or is no strict JSON', async () => {
    const missing = loadConfig({ file: join(folder.path, 'none.json'), env: nothing });
    await expect(missing).rejects.toThrow('does not exist. Name the file with --config or MRA_CONFIG');
    await expect(loadConfig({ file: folder.path, env: nothing })).rejects.toThrow('cannot be read (EISDIR)');
    expect(await faultsOf('{"party":"CN",}')).toEqual([fault('', /not JSON, at offset 14/)]);
    expect(await faultsOf('{"party":"CN","party":"US"}')).toEqual([
      fault('/party', /two members of one name/),
    ]);
    expect(await faultsOf('[]')).toEqual([fault('', /object/)]);
  });

  it('has settings of the wrong type, and the rest is still looked at', async () => {
    const faults = await faultsOf({
      party: 1,
      issuer: [],
      database: 5,
      keys: [],
      internal: 'x',
      exchange: null,
      links: {},
    });
    expect(faults.map(({ pointer }) => pointer).sort()).toEqual(
      ['/database', '/exchange', '/internal', '/issuer', '/keys', '/links', '/party', '/party'].sort(),
    );
    expect(await faultsOf({ ...minimal, links: [5, { ...link, id: 5, retry: 5 }] })).toHaveLength(3);
  });

  it('takes the environment’s port for what it is', async () => {
    const env = readEnvironment({ MRA_EXCHANGE_PORT: '87o2', MRA_INTERNAL_PORT: '70000' });
    expect(await faultsOf(minimal, { env })).toEqual([
      fault('/internal/port', /<= 65535.*MRA_INTERNAL_PORT/),
      fault('/exchange/port', /integer.*MRA_EXCHANGE_PORT/),
    ]);
  });

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'mra.customs.example',
    '127.0.0.1.evil.example',
    'localhost.example',
    '',
  ])('has the exchange listener on %j, which is not loopback', async (host) => {
    expect((await faultsOf({ ...minimal, exchange: { host } })).map(({ pointer }) => pointer)).toContain(
      '/exchange/host',
    );
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])(
    'is not one with the exchange listener on %s',
    async (host) => {
      expect((await load({ ...minimal, exchange: { host } })).exchange.host).toBe(host);
    },
  );

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ])('has both listeners on one port of %s and %s', async (internal, exchange) => {
    const ports = (port: number) => ({
      ...minimal,
      internal: { host: internal, port },
      exchange: { host: exchange, port },
    });
    expect(await faultsOf(ports(8700))).toEqual([fault('/exchange/port', /internal listener/)]);
    expect((await load(ports(0))).internal.port).toBe(0);
  });

  it.each([
    'http://10.0.0.1:8802',
    'ftp://x',
    'mra.cbp.example',
    'https://a:b@x',
    'https://x/?a',
    'https://x/#a',
    '',
  ])('sends to %j', async (exchangeUrl) => {
    expect(await faultsOfLink({ exchangeUrl })).toEqual([fault('/links/0/exchangeUrl', /must be/)]);
  });

  it.each(['http://x.example', 'https://x.example/?a', 'https://u@x.example', 'urn:x', 'x', ''])(
    'takes messages of the issuer %j',
    async (issuer) => {
      expect(await faultsOfLink({ issuer })).toEqual([fault('/links/0/issuer', /https address/)]);
    },
  );

  it('takes its own messages for the partner’s', async () => {
    expect(await faultsOfLink({ issuer: minimal.issuer })).toEqual([
      fault('/links/0/issuer', /our own issuer/),
    ]);
    expect(await faultsOfLink({ partner: 'CN' })).toEqual([fault('/links/0/partner', /our own party/)]);
  });

  it('has two links that cannot be told apart', async () => {
    const second = { ...link, id: 'us-2', issuer: 'https://second.example', jwks: 'us2.json' };
    const both = (members: object) => ({ ...minimal, links: [link, { ...second, ...members }] });
    expect((await load(both({}))).links).toHaveLength(2);
    for (const name of ['id', 'issuer', 'jwks'] as const) {
      expect(await faultsOf(both({ [name]: link[name] }))).toEqual([
        fault(`/links/1/${name}`, /another link/),
      ]);
    }
  });

  it('has TLS for the listener and not for a link, or the other way round', async () => {
    const own = writeCertificate(folder.path, 'own', await makeSelfSigned('own'));
    const pin = `${'A'.repeat(43)}=`;
    const secure = { ...link, exchangeUrl: 'https://mra.cbp.example', tls: { spki: [pin] } };
    const withTls = (members: object, second: object[] = []) => ({
      ...minimal,
      exchange: { host: '0.0.0.0', tls: own },
      links: [{ ...secure, ...members }, ...second],
    });
    expect((await load(withTls({}))).links[0]?.tls).toEqual({ name: 'mra.cbp.example', spki: [pin] });
    expect(await faultsOf(withTls({ tls: undefined }))).toEqual([fault('/links/0/tls', /is missing/)]);
    expect(await faultsOf(withTls({ tls: { name: 'x' } }))).toEqual([fault('/links/0/tls', /neither/)]);
    expect(await faultsOf(withTls({ tls: { spki: ['x'] } }))).toEqual([
      fault('/links/0/tls/spki/0', /SHA-256/),
    ]);
    expect(await faultsOf(withTls({ exchangeUrl: link.exchangeUrl }))).toEqual([
      fault('/links/0/exchangeUrl', /must be https/),
    ]);
    const second = { ...secure, id: 'us-2', issuer: 'https://second.example', jwks: 'us2.json' };
    expect(await faultsOf(withTls({}, [second]))).toEqual([fault('/links/1/tls/spki/0', /another link/)]);
    expect(await faultsOfLink({ tls: { spki: [pin] } })).toEqual([
      fault('/links/0/tls', /needs exchange.tls/),
    ]);
  });

  it('has a certificate that cannot be used', async () => {
    const [own, other] = await Promise.all([makeSelfSigned('own'), makeSelfSigned('other')]);
    const files = writeCertificate(folder.path, 'own', own);
    const { key } = writeCertificate(folder.path, 'other', other);
    const faultsOfTls = (tls: object, ca = files.cert) =>
      faultsOf({
        ...minimal,
        exchange: { tls },
        links: [{ ...link, exchangeUrl: 'https://mra.cbp.example', tls: { ca } }],
      });
    const notAuthority = fault('/links/0/tls/ca', /not an authority/);
    expect(await faultsOfTls({ ...files, key })).toEqual([
      fault('/exchange/tls', /not the key of/),
      notAuthority,
    ]);
    expect(await faultsOfTls({ ...files, cert: privateKey })).toEqual([
      fault('/exchange/tls', /no certificate/),
      notAuthority,
    ]);
    expect(await faultsOfTls(files, 'none.pem')).toEqual([fault('/links/0/tls/ca', /does not exist/)]);
    chmodSync(files.key, 0o644);
    expect(await faultsOfTls(files)).toEqual([fault('/exchange/tls', /chmod 600/), notAuthority]);
  });

  it('has no private key, or a partner’s file with one', async () => {
    expect(await faultsOf({ ...minimal, keys: { private: 'none' } })).toEqual([
      fault('/keys/private', /no private key\. Run: mra keys generate/),
    ]);
    const { jwk } = JSON.parse(readFileSync(privateKey, 'utf8'));
    writeFileSync(join(folder.path, 'us.json'), JSON.stringify({ keys: [jwk] }));
    expect(await faultsOf(minimal)).toEqual([fault('/links/0/jwks', /is a private key/)]);
  });
});
