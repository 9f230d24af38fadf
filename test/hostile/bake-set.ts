import { v7 as uuidv7 } from 'uuid';
import { type EventType, eventUri } from '../../src/envelope/event-types.ts';
import { changeOf, recordOf, validationOf } from '../support/messages.ts';
import { makePartnerSigner, type PartnerSigner } from '../support/partner-keys.ts';
import { AUDIENCE, LINKS, type Target } from '../support/target.ts';
import type { Json, SetRecipe } from './recipe.ts';
import { signatureOf } from './sign-badly.ts';

/** A SET as it goes over the wire. */
export interface BakedSet {
  /** Name of its member in a push. */
  member: string;
  jti: string;
  subject: string;
  jws: string;
  /** Whether a partner's key signed exactly this: anything else that is believed is a forgery. */
  genuine: boolean;
}

/** Bakes recipes for one gateway; remembers what was labelled. */
export class Bakery {
  readonly #signers: Target['signers'];
  readonly #labelled = new Map<string, BakedSet>();
  readonly #stranger: PartnerSigner;
  /** Enterprises that no other recipe speaks of. */
  readonly #serial: { next: number };

  private constructor(signers: Target['signers'], stranger: PartnerSigner, serial: { next: number }) {
    this.#signers = signers;
    this.#stranger = stranger;
    this.#serial = serial;
  }

  static async open({ signers }: Pick<Target, 'signers'>, firstSerial = 10_000_000): Promise<Bakery> {
    return new Bakery(signers, await makePartnerSigner('a-2026'), { next: firstSerial });
  }

  /** The same bakery with labels of its own. */
  apart(): Bakery {
    return new Bakery(this.#signers, this.#stranger, this.#serial);
  }

  freshId(): string {
    return `CN44${this.#serial.next++}`;
  }

  async bake(recipe: SetRecipe): Promise<BakedSet> {
    if (recipe.again !== undefined) {
      const kept = this.#labelled.get(recipe.again);
      if (!kept) throw new Error(`no set is labelled ${recipe.again}`);
      return { ...kept, member: recipe.member ?? kept.member };
    }
    const baked = await this.#bakeAnew(recipe);
    if (recipe.label !== undefined) this.#labelled.set(recipe.label, baked);
    return baked;
  }

  async #bakeAnew(recipe: SetRecipe): Promise<BakedSet> {
    const { link = 'cn-gacc', key = 'active', sign = 'valid', compact = '$H.$P.$S' } = recipe;
    const signer = this.#signerOf(link, key);
    const subject = recipe.subject ?? `${recipe.type === 'validation-result' ? 'JV-' : ''}${this.freshId()}`;
    const jti = uuidv7();
    const fill = (value: Json): unknown => this.#fill(value, { jti, subject, link, signer });
    const filled = { ...recipe, ...filledContent(recipe, fill) };
    const claims = merge(ordinaryClaims(filled, { jti, subject, link }), fill(recipe.claims ?? {}));
    const header = merge({ alg: 'ES256', kid: signer.kid, typ: 'secevent+jwt' }, fill(recipe.header ?? {}));
    const H = base64url(textWith(recipe.headerText, '$HEADER', header));
    const P = base64url(payloadBytes(recipe, claims));
    const S = (await signatureOf(sign, `${H}.${P}`, P, signer)).toString('base64url');
    const jws = compact.replaceAll('$H', H).replaceAll('$P', P).replaceAll('$S', S);
    const named = typeof claims.jti === 'string' ? claims.jti : jti;
    const signed = (sign === 'valid' || sign === 'high-s') && key !== 'stranger' && compact === '$H.$P.$S';
    const member = recipe.member === undefined ? named : String(fill(recipe.member));
    return { member, jti: named, subject, jws, genuine: signed };
  }

  #signerOf(link: 'cn-gacc' | 'cn-second', key: NonNullable<SetRecipe['key']>): PartnerSigner {
    if (key === 'stranger') return { ...this.#stranger, kid: this.#signers[link].active.kid };
    if (key === 'other-link') return this.#signers[link === 'cn-gacc' ? 'cn-second' : 'cn-gacc'].active;
    return this.#signers[link][key];
  }

  #fill(
    value: Json,
    of: { jti: string; subject: string; link: 'cn-gacc' | 'cn-second'; signer: PartnerSigner },
  ): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#fill(item, of));
    if (typeof value === 'object' && value !== null) {
      if ('$repeat' in value) return repeated(this.#fill(value.$repeat ?? null, of), Number(value.times));
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.#fill(member, of)]),
      );
    }
    if (typeof value !== 'string' || !value.startsWith('$')) return value;
    const time = /^\$now([+-]\d+)?$/.exec(value);
    if (time) return Math.floor(Date.now() / 1000) + Number(time[1] ?? 0);
    switch (value) {
      case '$jti':
        return of.jti;
      case '$id':
        return of.subject;
      case '$issuer':
        return LINKS[of.link];
      case '$audience':
        return AUDIENCE;
      case '$publicJwk':
        return of.signer.publicJwk;
      case '$strangerJwk':
        return this.#stranger.publicJwk;
      default:
        return value;
    }
  }
}

function filledContent({ data, edit }: SetRecipe, fill: (value: Json) => unknown): Partial<SetRecipe> {
  return {
    ...(data === undefined || data === '$absent' ? {} : { data: fill(data) as Json }),
    ...(edit === undefined ? {} : { edit: fill(edit) as Record<string, Json> }),
  };
}

function repeated(value: unknown, times: number): unknown {
  return typeof value === 'string' ? value.repeat(times) : Array.from({ length: times }, () => value);
}

/** Replaces members; what is `$absent` is left out. Keeps their order, and a member `__proto__` like the others. */
function merge(ordinary: Record<string, unknown>, replaced: unknown): Record<string, unknown> {
  const members = new Map(Object.entries(ordinary));
  for (const [name, value] of Object.entries(replaced as object)) {
    if (value === '$absent') members.delete(name);
    else members.set(name, value);
  }
  return Object.fromEntries(members);
}

function ordinaryClaims(
  recipe: SetRecipe,
  { jti, subject, link }: { jti: string; subject: string; link: 'cn-gacc' | 'cn-second' },
): Record<string, unknown> {
  const type: EventType = recipe.type ?? 'enterprise-status';
  const gateway = type === 'verification' || type === 'receipt';
  return {
    iss: LINKS[link],
    aud: AUDIENCE,
    jti,
    iat: Math.floor(Date.now() / 1000),
    sub_id: { format: 'opaque', id: gateway ? 'gateway' : subject },
    events: { [eventUri(type)]: eventOf(recipe, type, subject) },
  };
}

function eventOf(recipe: SetRecipe, type: EventType, subject: string): unknown {
  if (type === 'verification') return recipe.data ?? { state: 'fuzz' };
  if (recipe.data === '$absent') return { version: recipe.version === undefined ? 1 : recipe.version };
  const data =
    recipe.data !== undefined ? recipe.data : edited(ordinaryData(type, subject), recipe.edit ?? {});
  if (type === 'receipt') return { data };
  return recipe.version === '$absent'
    ? { data }
    : { version: recipe.version === undefined ? 1 : recipe.version, data };
}

function ordinaryData(type: EventType, subject: string): object {
  switch (type) {
    case 'certification-change':
      return changeOf(subject);
    case 'validation-result':
      return validationOf(subject);
    case 'receipt':
      return { receipts: [receiptItem()] };
    default:
      return recordOf(subject);
  }
}

/** For a message that was never sent. */
function receiptItem(): object {
  const receivedAt = new Date().toISOString();
  return { jti: uuidv7(), sha256: `${'A'.repeat(42)}E`, outcome: 'accepted', receivedAt };
}

/** @param edits by pointer; `$absent` removes; a pointer that leads nowhere changes nothing */
function edited(data: object, edits: Record<string, Json>): object {
  const copy = structuredClone(data);
  for (const [pointer, value] of Object.entries(edits)) {
    const steps = pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() ?? '';
    const holder = steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      copy,
    );
    if (typeof holder !== 'object' || holder === null) continue;
    if (value !== '$absent') {
      Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
    } else if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else Reflect.deleteProperty(holder, last);
  }
  return copy;
}

function payloadBytes({ payloadText, payloadHex }: SetRecipe, claims: Record<string, unknown>): Buffer {
  const text = textWith(payloadText, '$CLAIMS', claims);
  if (payloadHex === undefined) return Buffer.from(text);
  const [before = '', after = ''] = text.split('$HEX');
  return Buffer.concat([Buffer.from(before), Buffer.from(payloadHex, 'hex'), Buffer.from(after)]);
}

function textWith(template: string | undefined, name: string, members: Record<string, unknown>): string {
  const text = JSON.stringify(members);
  if (template === undefined) return text;
  const long = template.replaceAll(/\$TIMES\((\d+),(.*?)\)/g, (_, times, what) => what.repeat(Number(times)));
  return long.replaceAll(name, () => text.slice(1, -1));
}

function base64url(content: string | Buffer): string {
  return Buffer.from(content as string).toString('base64url');
}
