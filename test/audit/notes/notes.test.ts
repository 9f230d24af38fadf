import { describe, expect, it } from 'vitest';
import { checkpointText, readCheckpoint } from '../../../src/audit/notes/checkpoint.ts';
import { checkByPolicy, readPolicy, writePolicy } from '../../../src/audit/notes/policy.ts';
import { readProof, writeProof } from '../../../src/audit/notes/proof-file.ts';
import { checkNote, readNote, writeNote } from '../../../src/audit/notes/signed-note.ts';
import {
  cosignNote,
  readSigningKey,
  signingKey,
  signNote,
  writeSigningKey,
} from '../../../src/audit/notes/signing-key.ts';
import { keyOfLog, readVerifierKey, writeVerifierKey } from '../../../src/audit/notes/verifier-key.ts';
import { readWitnessRequest, writeWitnessRequest } from '../../../src/audit/notes/witness-request.ts';
import { EMPTY_ROOT } from '../../../src/audit/tree/hash.ts';

const log = signingKey('log', 'example.com/audit/2026', Buffer.alloc(32, 1));
const witness = signingKey('witness', 'example.org/witness', Buffer.alloc(32, 2));
const at = new Date('2026-11-23T08:00:00Z');
const text = checkpointText({ origin: log.verifier.name, size: 5, root: EMPTY_ROOT });
const note = writeNote(text, [signNote(log, text), cosignNote(witness, text, at)]);

describe('a signed note', () => {
  it('is read as it was written, with the signatures of its log and its witness', () => {
    const { checkpoint, note: read } = readCheckpoint(Buffer.from(note));
    expect(checkpoint).toEqual({ origin: 'example.com/audit/2026', size: 5, root: EMPTY_ROOT });
    const checked = checkNote(read, [log.verifier, witness.verifier]);
    expect(checked.map(({ key, seconds }) => [key.name, seconds])).toEqual([
      ['example.com/audit/2026', 0],
      ['example.org/witness', at.getTime() / 1000],
    ]);
  });

  it('with any one bit flipped is malformed, or a signature less, or a false one', () => {
    const bytes = Buffer.from(note);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      let verified = 0;
      try {
        verified = checkNote(readCheckpoint(flipped).note, [log.verifier, witness.verifier]).length;
      } catch (error) {
        expect(error).toHaveProperty('name', 'AuditError');
      }
      expect(verified).toBeLessThan(2);
    }
  });

  it('of the log of sum.golang.org style opens with its published verifier key', () => {
    // The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note.
    const key = readVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const example =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(checkNote(readNote(Buffer.from(example)), [key])).toHaveLength(1);
  });

  it.each([
    ['carriage return', note.replace('\n', '\r\n')],
    ['tab', note.replace('5', '\t5')],
    ['no blank line', note.replace('\n\n', '\n')],
    ['no newline at its end', note.slice(0, -1)],
    ['another dash', note.replaceAll('—', '-')],
    ['base64 without padding', note.replace('=\n\n', '\n\n')],
    ['base64 with bits left over', note.replace('FU=\n\n', 'FV=\n\n')],
    ['leading zero', note.replace('\n5\n', '\n05\n')],
    ['plus sign', note.replace('\n5\n', '\n+5\n')],
    ['a size beyond 2^53 - 1', note.replace('\n5\n', '\n9007199254740992\n')],
    ['an empty origin', note.replace(log.verifier.name, '')],
  ])('with %s is refused', (_what, changed) => {
    expect(changed).not.toBe(note);
    expect(() => readCheckpoint(Buffer.from(changed))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  it('that is not UTF-8 is refused', () => {
    expect(() => readNote(Buffer.concat([Buffer.from([0xff]), Buffer.from(note)]))).toThrow(/UTF-8/);
  });

  it('takes the greatest size that a number holds exactly', () => {
    const largest = readCheckpoint(Buffer.from(note.replace('\n5\n', '\n9007199254740991\n')));
    expect(largest.checkpoint.size).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('keys', () => {
  it('are read as they were written', () => {
    for (const key of [log, witness]) {
      const written = writeVerifierKey(key.verifier);
      expect(writeVerifierKey(readVerifierKey(written))).toBe(written);
    }
    const secret = writeSigningKey('log', 'example.com/audit', Buffer.alloc(32, 1));
    expect(keyOfLog(readSigningKey(secret, 'log').verifier, '2026')).toEqual(log.verifier);
  });

  it('of a log do not pass for those of a witness', () => {
    const secret = writeSigningKey('witness', 'example.org/witness', Buffer.alloc(32, 2));
    expect(() => readSigningKey(secret, 'log')).toThrow(/no private key of a log/);
  });

  it.each([
    '',
    'a+b',
    `${writeVerifierKey(log.verifier)}=`,
    writeVerifierKey(log.verifier).replace('example', 'exbmple'),
  ])('%s is none', (key) =>
    expect(() => readVerifierKey(key)).toThrow(expect.objectContaining({ code: 'malformed' })),
  );
});

describe('a policy', () => {
  const written = writePolicy([log.verifier], new Map([['partner', witness.verifier]]));
  const read = () => readCheckpoint(Buffer.from(note));

  it('is content with a checkpoint of its log and its quorum', () => {
    const { cosignatures } = checkByPolicy(read().note, log.verifier.name, readPolicy(Buffer.from(written)));
    expect([...cosignatures.keys()]).toEqual(['partner']);
  });

  it('asks for the witness', () => {
    const bare = readNote(Buffer.from(writeNote(text, [signNote(log, text)])));
    const policy = readPolicy(Buffer.from(written));
    expect(() => checkByPolicy(bare, log.verifier.name, policy)).toThrow(/lacks cosignatures/);
    policy.quorum = 'none';
    expect(checkByPolicy(bare, log.verifier.name, policy).cosignatures.size).toBe(0);
  });

  it('counts the members of groups', () => {
    const lines = `${written.split('quorum')[0]}group two 1 partner\ngroup both all two\nquorum both\n`;
    expect(checkByPolicy(read().note, log.verifier.name, readPolicy(Buffer.from(lines))).log.key.name).toBe(
      log.verifier.name,
    );
  });

  it.each([
    ['no quorum', 'log x\n'],
    ['an unknown witness', `${written.split('quorum')[0]}quorum nobody\n`],
    ['a word too many', written.replace('quorum partner', 'quorum partner partner')],
    ['a carriage return', written.replace('\n', '\r\n')],
    ['a log key for a witness', written.replace('witness partner', 'log')],
    ['no newline at its end', written.slice(0, -1)],
  ])('with %s is refused', (_what, policy) => {
    expect(() => readPolicy(Buffer.from(policy))).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});

describe('a proof file and a request to a witness', () => {
  it('are read as they were written', () => {
    const proof = readProof(Buffer.from(writeProof(Buffer.from('opening'), 4, [EMPTY_ROOT], note)));
    expect([proof.extra?.toString(), proof.index, proof.hashes, proof.checkpoint.size]).toEqual([
      'opening',
      4,
      [EMPTY_ROOT],
      5,
    ]);
    const bare = writeProof(Buffer.from('x'), 4, [], note).replace(/extra .*\n/, '');
    expect(readProof(Buffer.from(bare)).extra).toBeUndefined();
    const request = readWitnessRequest(Buffer.from(writeWitnessRequest(3, [EMPTY_ROOT, EMPTY_ROOT], note)));
    expect([request.oldSize, request.proof.length, request.checkpoint.size]).toEqual([3, 2, 5]);
    expect(readWitnessRequest(Buffer.from(writeWitnessRequest(0, [], note))).proof).toEqual([]);
  });

  it.each(['old 03', 'old', 'old 9007199254740992', 'new 3', 'old 3\r', 'old 3\nxyz'])(
    '%j is no beginning of a request',
    (first) => {
      expect(() => readWitnessRequest(Buffer.from(`${first}\n\n${note}`))).toThrow(
        expect.objectContaining({ code: 'malformed' }),
      );
    },
  );

  it('have at most 63 hashes', () => {
    const many = Array.from({ length: 64 }, () => EMPTY_ROOT);
    expect(() => readWitnessRequest(Buffer.from(writeWitnessRequest(3, many, note)))).toThrow(/at most 63/);
  });
});
