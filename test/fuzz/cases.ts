import fc from 'fast-check';
import { SET_BYTES_MAX } from '../../src/envelope/compact-jws.ts';
import { type Json, type SetRecipe, signatureKinds } from '../hostile/recipe.ts';
import { contentRecipe, faultyContent, hostileText, hostileValue, jsonText } from './contents.ts';

/** Bytes of a body, changed: places are fractions of its length. */
export type ByteChange =
  | { op: 'flip'; at: number; bit: number }
  | { op: 'cut'; at: number }
  | { op: 'drop'; at: number; length: number }
  | { op: 'insert'; at: number; text: string }
  | { op: 'double'; at: number; length: number };

/** One request that the fuzzer sends. Everything in it is drawn by fast-check from the seed. */
export type FuzzCase =
  | {
      kind: 'push';
      sets: readonly SetRecipe[];
      changes?: readonly ByteChange[];
      headers?: Record<string, string>;
    }
  | { kind: 'event'; set: SetRecipe; changes?: readonly ByteChange[] }
  /** About a message that was accepted before: the same bytes, other bytes under its id, or its version again. */
  | { kind: 'again'; how: 'same' | 'jti' | 'version'; pick: number }
  | { kind: 'stranger'; set: SetRecipe }
  | { kind: 'poll'; body: string }
  | { kind: 'ledger'; path: string; body: string }
  | {
      kind: 'submit';
      path: string;
      body: string;
      changes: readonly ByteChange[];
      token: TokenKind;
      lines: boolean;
    }
  | { kind: 'ask'; path: string; token: TokenKind; headers: Record<string, string> }
  | { kind: 'bytes'; text: string; changes: ByteChange[] };

export type TokenKind = 'right' | 'wrong-role' | 'changed' | 'none' | 'jwt';

const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

const byteChange: fc.Arbitrary<ByteChange> = fc.oneof(
  fc.record({ op: fc.constant('flip' as const), at: fraction, bit: fc.nat(7) }),
  fc.record({ op: fc.constant('cut' as const), at: fraction }),
  fc.record({ op: fc.constant('drop' as const), at: fraction, length: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ op: fc.constant('insert' as const), at: fraction, text: hostileText }),
  fc.record({ op: fc.constant('double' as const), at: fraction, length: fc.integer({ min: 1, max: 200 }) }),
);
const byteChanges = fc.array(byteChange, { minLength: 1, maxLength: 3 });

/** A recipe with one claim replaced. */
function claim(name: string, values: fc.Arbitrary<Json>): fc.Arbitrary<SetRecipe> {
  return values.map((value) => ({ claims: { [name]: value } }));
}

function header(members: fc.Arbitrary<Record<string, Json>>): fc.Arbitrary<SetRecipe> {
  return members.map((replaced) => ({ header: replaced }));
}

const algorithms = ['none', 'None', 'HS256', 'RS256', 'ES384', 'es256', 'PS256', 'EdDSA', 'dir', ''];
const kids = ['b-2026', 'a-2026 ', 'A-2026', '../a-2026', '__proto__', 'constructor', "a-2026' or 1=1", ''];
const issuers = ['https://mra.evil.example', 'https://mra.customs.example/', '$audience', ''];
const audiences = ['https://mra.other.example', '$issuer', 'https://mra.cbp.example/', '*'];
const compactForms = [
  '$H.$P',
  '$H.$P.$S.',
  '$H..$S',
  '$H.$P.$S=',
  ' $H.$P.$S',
  '$H.$P.$S\n',
  '$H.$P.$S.$S',
  '$P',
  '',
];

/** Each with the step of protocol.md 2 that should refuse it, where there is one alone. */
export const setRecipes = {
  valid: contentRecipe,
  jws: fc.constantFrom(...compactForms).map((compact): SetRecipe => ({ compact })),
  typ: header(fc.record({ typ: fc.oneof(fc.constantFrom('JWT', 'at+jwt', '$absent', ''), hostileValue) })),
  alg: header(fc.record({ alg: fc.oneof(fc.constantFrom(...algorithms), hostileValue) })),
  kid: header(fc.record({ kid: fc.oneof(fc.constantFrom(...kids), hostileValue) })),
  crit: header(
    fc.oneof(
      fc.record({ crit: fc.oneof(fc.constantFrom<Json[]>(['exp'], ['b64'], []), hostileValue) }),
      fc.record({ b64: fc.boolean() }),
    ),
  ),
  signature: fc
    .constantFrom(...signatureKinds.filter((kind) => kind !== 'valid'))
    .map((sign): SetRecipe => ({ sign })),
  stranger: header(
    fc.constantFrom(
      { jwk: '$strangerJwk' },
      { jku: 'https://127.0.0.1:9/' },
      { x5u: 'https://127.0.0.1:9/' },
      { x5c: ['MIIB'] },
    ),
  ).map((recipe): SetRecipe => ({ ...recipe, key: 'stranger' })),
  payload: fc.oneof(
    jsonText.map((text): SetRecipe => ({ payloadText: `{$CLAIMS,"x":${text}}` })),
    fc
      .constantFrom('iss', 'aud', 'jti', 'events')
      .map((name): SetRecipe => ({ payloadText: `{"${name}":"x",$CLAIMS}` })),
  ),
  iss: claim('iss', fc.oneof(fc.constantFrom(...issuers), hostileValue)),
  aud: claim('aud', fc.oneof(fc.constantFrom(...audiences), hostileValue)),
  iat: fc.oneof(
    claim(
      'iat',
      fc.oneof(
        fc.constantFrom('$now+130', '$now+86400', '$now-7862400', -1, 0, 1e12, '1795449600'),
        hostileValue,
      ),
    ),
    fc.constantFrom('retired' as const, 'next' as const).map((key): SetRecipe => ({ key })),
  ),
  claims: fc.oneof(
    claim('jti', fc.oneof(fc.constantFrom('x', 'f47ac10b-58cc-4372-a567-0e02b2c3d479'), hostileValue)),
    claim('sub_id', hostileValue),
    claim('events', hostileValue),
    claim('txn', hostileValue),
    claim('toe', hostileValue),
    claim('exp', fc.constant('$now+60')),
    hostileValue.map((version): SetRecipe => ({ version })),
    fc
      .constantFrom('__proto__', '01a2076b-4400-7abc-8def-0123456789ab', '')
      .map((member): SetRecipe => ({ member })),
  ),
  content: faultyContent,
};

const anyRecipe = fc.oneof(...Object.values(setRecipes));
const one = (recipe: fc.Arbitrary<SetRecipe>) =>
  recipe.map((set): FuzzCase => ({ kind: 'push', sets: [set] }));

const mediaTypes = [
  'text/plain',
  'application/jwt',
  'application/json; charset=utf-16',
  'application/x-ndjson',
  '',
];
const badHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof<fc.Arbitrary<Record<string, string>>[]>(
  fc.constantFrom(...mediaTypes).map((type) => ({ 'content-type': type })),
  fc.constantFrom('gzip', 'br', 'deflate', 'x').map((coding) => ({ 'content-encoding': coding })),
);

const ids = fc.oneof(
  fc.constantFrom(
    'CN4410000000',
    'US10000042',
    '01a2076b-4400-7abc-8def-0123456789ab',
    '__proto__',
    '..%2f..',
    '%00',
  ),
  hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
);
const paths = [
  '/v1/messages/',
  '/v1/enterprises/',
  '/v1/validation-rounds/',
  '/v1/recognition/',
  '/v1/ops/approvals/',
  '/v1/streams/',
  '/v1/',
];
const queries = [
  '/v1/changes',
  '/v1/messages',
  '/v1/validation-results',
  '/v1/enterprises',
  '/v1/ops/quarantine',
  '/v1/ops/lanes',
  '/v1/session',
];
const parameters = fc.array(
  fc.tuple(
    fc.constantFrom(
      'limit',
      'wait',
      'after',
      'cursor',
      'link',
      'type',
      'since',
      'q',
      'state',
      'round',
      '__proto__',
    ),
    fc.oneof(fc.constantFrom('0', '1', '-1', '1e9', 'cn-gacc', 'NaN', ''), hostileText),
  ),
  { maxLength: 3 },
);
const addresses = fc.oneof(
  fc.tuple(fc.constantFrom(...paths), ids).map(([path, id]) => `${path}${id}`),
  fc
    .tuple(fc.constantFrom(...queries), parameters)
    .map(([path, pairs]) => `${path}?${new URLSearchParams(pairs).toString()}`),
);

const token = fc.oneof(
  { weight: 8, arbitrary: fc.constant('right' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('wrong-role' as const, 'changed' as const, 'none' as const, 'jwt' as const),
  },
);

const requestLines = [
  'POST /exchange/sets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  'GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /exchange/sets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
];

const maybeChanges = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: byteChanges },
);

/** How often each is drawn, of a thousand; every step of protocol.md 2 must refuse at least ten, a hundred be accepted. */
export const fuzzCase: fc.Arbitrary<FuzzCase> = fc.oneof(
  { weight: 200, arbitrary: one(setRecipes.valid) },
  {
    weight: 50,
    arbitrary: fc
      .array(fc.oneof({ weight: 2, arbitrary: setRecipes.valid }, { weight: 1, arbitrary: anyRecipe }), {
        minLength: 2,
        maxLength: 6,
      })
      .map((sets): FuzzCase => ({ kind: 'push', sets })),
  },
  { weight: 18, arbitrary: setRecipes.valid.map((set): FuzzCase => ({ kind: 'stranger', set })) },
  {
    weight: 26,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      sets: fc.tuple(setRecipes.valid),
      headers: badHeaders,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constant<FuzzCase>({
      kind: 'push',
      sets: [{ compact: `$H.$P.${'A'.repeat(SET_BYTES_MAX)}` }],
    }),
  },
  {
    weight: 70,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      sets: fc.tuple(setRecipes.valid),
      changes: byteChanges,
    }),
  },
  { weight: 25, arbitrary: one(setRecipes.jws) },
  { weight: 22, arbitrary: one(setRecipes.typ) },
  { weight: 25, arbitrary: one(setRecipes.alg) },
  { weight: 25, arbitrary: one(setRecipes.kid) },
  { weight: 22, arbitrary: one(setRecipes.crit) },
  { weight: 50, arbitrary: one(setRecipes.signature) },
  { weight: 12, arbitrary: one(setRecipes.stranger) },
  { weight: 35, arbitrary: one(setRecipes.payload) },
  { weight: 25, arbitrary: one(setRecipes.iss) },
  { weight: 25, arbitrary: one(setRecipes.aud) },
  { weight: 30, arbitrary: one(setRecipes.iat) },
  { weight: 35, arbitrary: one(setRecipes.claims) },
  { weight: 85, arbitrary: one(setRecipes.content) },
  {
    weight: 80,
    arbitrary: fc.record({
      kind: fc.constant('again' as const),
      how: fc.constantFrom('same' as const, 'jti' as const, 'version' as const),
      pick: fraction,
    }),
  },
  {
    weight: 25,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      set: fc.oneof(
        fc.constant<SetRecipe>({}),
        setRecipes.signature,
        setRecipes.alg,
        setRecipes.aud,
        setRecipes.iat,
      ),
      changes: maybeChanges,
    }),
  },
  {
    weight: 15,
    arbitrary: jsonText.map((body): FuzzCase => ({ kind: 'poll', body: `{"maxEvents":${body}}` })),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('ledger' as const),
      path: fc.constantFrom('/exchange/ledger', '/exchange/ledger/sets', '/exchange/poll', '/add-checkpoint'),
      body: fc.oneof(
        jsonText,
        jsonText.map((value) => `{"since":${value},"jtis":[${value}],"ack":[${value}]}`),
      ),
    }),
  },
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      path: fc.constantFrom(
        '/v1/messages',
        '/v1/messages',
        '/v1/messages/batch',
        '/v1/recognition',
        '/v1/streams/none/poll',
        '/v1/streams/none/seek',
      ),
      body: fc.oneof(
        jsonText.map((value) => `{"type":"enterprise-status","link":"cn-second","data":${value}}`),
        jsonText,
      ),
      changes: maybeChanges,
      token,
      lines: fc.boolean(),
    }),
  },
  {
    weight: 40,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      path: addresses,
      token,
      headers: fc.constantFrom<Record<string, string>>(
        {},
        { 'data-purpose': 'clearance' },
        { 'data-purpose': 'x' },
      ),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('bytes' as const),
      text: fc.constantFrom(...requestLines),
      changes: byteChanges,
    }),
  },
);
