import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readQueueAddress } from '../../src/delivery/queue/queue-address.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const file = parse(read('docker-compose.yml'), { merge: true }) as ComposeFile;
const services = Object.entries(file.services);

interface Service {
  image?: string;
  build?: string;
  user: string;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  healthcheck?: { test: string[] };
  environment?: Record<string, string>;
  secrets?: { source: string; target: string }[];
  configs?: { source: string }[];
  networks: Record<string, unknown>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, unknown>;
  stop_grace_period?: string;
}

interface ComposeFile {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  configs: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
}

function composeValidator() {
  // The package of the Compose linter carries the schema of the Compose specification.
  const schema = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json'));
  // `additionalProperties` beside patterns, unions of types: the schema is not written for the strict mode.
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // The draft of the schema names itself by https, ajv knows it by http.
  return ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
}

it('docker-compose.yml is what the Compose specification allows', () => {
  const validate = composeValidator();
  validate(file);
  expect(validate.errors ?? []).toEqual([]);
  validate({ ...file, services: { ...file.services, wrong: { imagee: 'x', read_only: [] } } });
  expect((validate.errors ?? []).length).toBeGreaterThan(0);
});

it.each(services)(
  '%s runs closed: no root, read-only, no capabilities, health checked, pinned',
  (_, service) => {
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.image).toMatch(/:\d+\.\d+(\.\d+)?(-\w+)?$/);
  },
);

it.each(services)('%s gets secrets as files, never in its environment', (_, service) => {
  for (const [name, value] of Object.entries(service.environment ?? {})) {
    if (/URL|PASSWORD|SECRET|KEY/.test(name)) expect(name).toMatch(/_FILE$/);
    expect(String(value)).not.toMatch(/:\/\/[^/]*@/);
  }
});

it.each(services)('%s refers only to what is defined', (_, service) => {
  for (const { source } of service.secrets ?? []) expect(file.secrets).toHaveProperty(source);
  for (const { source } of service.configs ?? []) expect(read(file.configs[source]?.file ?? '')).not.toBe('');
  for (const network of Object.keys(service.networks)) expect(file.networks).toHaveProperty(network);
  for (const other of Object.keys(service.depends_on ?? {})) expect(file.services).toHaveProperty(other);
  for (const volume of service.volumes ?? []) {
    const [source = ''] = volume.split(':');
    if (!source.startsWith('.')) expect(file.volumes).toHaveProperty(source);
  }
});

it.each(['cn', 'us'])(
  'side %s: two gateways behind one address, a database and a queue nobody else reaches',
  (side) => {
    const names = services.map(([name]) => name).filter((name) => name.startsWith(`${side}-`));
    expect(names.sort()).toEqual(
      ['front', 'gateway-1', 'gateway-2', 'postgres', 'redis'].map((part) => `${side}-${part}`),
    );
    for (const inner of ['postgres', 'redis']) {
      expect(Object.keys(file.services[`${side}-${inner}`]?.networks ?? {})).toEqual([side]);
    }
    expect(file.networks[side]).toEqual({ internal: true });
    expect(file.services[`${side}-front`]?.ports?.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    for (const line of ['gateway-1:8701', 'gateway-2:8701', 'gateway-1:8702', 'gateway-2:8702']) {
      expect(read('deploy/haproxy.cfg')).toContain(`"\${SIDE}-${line}"`);
    }
  },
);

it('Redis appends to disk and never evicts', () => {
  expect(read('deploy/redis.conf')).toMatch(/^appendonly yes$/m);
  expect(read('deploy/redis.conf')).toMatch(/^maxmemory-policy noeviction$/m);
});

it('the addresses that deploy/prepare.ts writes are understood', () => {
  expect(readQueueAddress('redis://:00ff@cn-redis:6379')).toMatchObject({ kind: 'single', password: '00ff' });
});
