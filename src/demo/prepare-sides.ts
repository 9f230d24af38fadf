import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { loadAuditKeys, makeAuditKeys } from '../audit/own-audit-keys.ts';
import { writePublicAuditKeys } from '../audit/partner-audit-keys.ts';
import { type Party, partnerOf } from '../contract/party.ts';
import type { ConfigFile } from '../generated/config.ts';
import { generateKey } from '../keys/generate-key.ts';
import { loadKeyRing } from '../keys/key-ring.ts';
import { pinPartnerKeys } from '../keys/pin-partner-keys.ts';
import { publicJwks } from '../keys/public-jwks.ts';
import { PARTIES } from './demo-side.ts';
import { findPort } from './find-port.ts';
import { type CertificateFiles, makeCertificates } from './make-certificates.ts';
import { stopOrphan } from './stop-orphan.ts';

/** A side that can be started: configuration, keys and trust are there, no process yet. */
export interface PreparedSide {
  party: Party;
  link: string;
  folder: string;
  config: string;
  /** Folder of its embedded database. */
  dataDir: string;
  internal: string;
  exchange: string;
  tls: CertificateFiles;
}

const HOST = '127.0.0.1';
const DATA_DIR = 'data';

const SIDES: Readonly<Record<Party, { link: string; issuer: string; internal: number; exchange: number }>> = {
  CN: { link: 'us-cbp', issuer: 'https://mra.customs.example', internal: 8701, exchange: 8702 },
  US: { link: 'cn-gacc', issuer: 'https://mra.cbp.example', internal: 8801, exchange: 8802 },
};

/**
 * Makes both sides anew in `cn` and `us` of the folder: configuration, keys, certificates, and each other's public
 * keys, pinned under thumbprints that one side reads out and the other compares.
 *
 * @param portOffset added to the usual ports, for two pairs on one machine
 * @param keysFrom since when the signing keys are valid
 */
export async function prepareSides(
  folder: string,
  portOffset = 0,
  keysFrom = new Date(),
): Promise<Record<Party, PreparedSide>> {
  const [CN, US] = await Promise.all([
    makeSide('CN', folder, portOffset, keysFrom),
    makeSide('US', folder, portOffset, keysFrom),
  ]);
  const sides = { CN, US };
  for (const party of PARTIES) await writeConfig(sides[party], sides[partnerOf(party)]);
  for (const party of PARTIES) await trust(sides[party], sides[partnerOf(party)]);
  return sides;
}

async function makeSide(
  party: Party,
  parent: string,
  portOffset: number,
  keysFrom: Date,
): Promise<PreparedSide> {
  const folder = join(parent, party.toLowerCase());
  await stopOrphan(folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await generateKey({ party, alg: 'ES256', directory: join(folder, 'keys', 'private'), now: keysFrom });
  makeAuditKeys(join(folder, 'keys', 'private'), SIDES[party].issuer);
  const { link, issuer, internal, exchange } = SIDES[party];
  return {
    party,
    link,
    folder,
    config: join(folder, 'mra.config.json'),
    dataDir: join(folder, DATA_DIR),
    internal: `http://${HOST}:${await findPort(internal + portOffset)}`,
    exchange: `https://${HOST}:${await findPort(exchange + portOffset)}`,
    tls: await makeCertificates(folder, issuer),
  };
}

async function writeConfig(own: PreparedSide, partner: PreparedSide): Promise<void> {
  const config: ConfigFile = {
    party: own.party,
    issuer: SIDES[own.party].issuer,
    dataDir: DATA_DIR,
    keys: { private: 'keys/private' },
    internal: { host: HOST, port: portOf(own.internal) },
    exchange: {
      host: HOST,
      port: portOf(own.exchange),
      tls: { cert: relative(own.folder, own.tls.cert), key: relative(own.folder, own.tls.key) },
    },
    links: [
      {
        id: own.link,
        partner: partner.party,
        issuer: SIDES[partner.party].issuer,
        exchangeUrl: partner.exchange,
        jwks: partnerKeys(own),
        tls: { ca: partnerAuthority(own) },
        auditKeys: partnerAuditKeys(own),
      },
    ],
  };
  await writeFile(own.config, `${JSON.stringify(config, null, 2)}\n`);
}

const portOf = (address: string): number => Number(new URL(address).port);

const partnerKeys = ({ link }: PreparedSide): string => `keys/partners/${link}.jwks.json`;

const partnerAuthority = ({ link }: PreparedSide): string => `tls/partners/${link}.ca.pem`;
const partnerAuditKeys = ({ link }: PreparedSide): string => `keys/partners/${link}.audit-keys`;

async function trust(own: PreparedSide, partner: PreparedSide): Promise<void> {
  const ring = await loadKeyRing(join(partner.folder, 'keys', 'private'));
  const handedOver = join(own.folder, 'keys', 'handed-over.jwks.json');
  await writeFile(handedOver, `${JSON.stringify(publicJwks(ring), null, 2)}\n`);
  await pinPartnerKeys({
    source: handedOver,
    thumbprints: ring.keys.map(({ thumbprint }) => thumbprint),
    target: join(own.folder, partnerKeys(own)),
  });
  const authority = join(own.folder, partnerAuthority(own));
  await mkdir(dirname(authority), { recursive: true });
  await copyFile(partner.tls.ca, authority);
  const auditKeys = loadAuditKeys(join(partner.folder, 'keys', 'private'));
  await writeFile(join(own.folder, partnerAuditKeys(own)), writePublicAuditKeys(auditKeys, partner.party));
}
