import { hasLegalEntityCheck } from '../contract/identifiers/legal-entity-identifier.ts';
import { deriveMid } from '../contract/identifiers/manufacturer-id.ts';
import type { Identity } from './enterprise-story.ts';
import {
  AMERICAN_FORMS,
  AMERICAN_STREETS,
  AMERICAN_TRADES,
  type AmericanTrade,
  FIRST_WORDS,
  MEXICAN_WORDS,
  SECOND_WORDS,
} from './names/american-names.ts';
import { AMERICAN_PLACES, type AmericanPlace } from './names/american-places.ts';
import type { Random } from './random.ts';
import { spread } from './serial-numbers.ts';

/** Accounts below this are the pilot's sponsors. */
const ACCOUNT_FIRST = 20_000_000;
const ACCOUNT_RANGE = 79_999_999;
const ACCOUNT_STRIDE = 30_500_003;

/** An invented member of C-TPAT; the same index never gives the same account as another. */
export function americanIdentity(random: Random, index: number): Identity {
  const trade = random.weigh(AMERICAN_TRADES);
  const place = random.weigh(AMERICAN_PLACES.filter(({ country }) => trade.countries.includes(country)));
  const latin = nameOf(random, trade, place);
  const address: Identity['addresses'][number] = {
    type: 'registered',
    lines: [streetOf(random, place)],
    city: place.city,
    subdivision: place.subdivision,
    postalCode: place.postalCode,
    country: place.country,
  };
  const account = String(ACCOUNT_FIRST + spread(index, ACCOUNT_RANGE, ACCOUNT_STRIDE));
  return {
    id: `US${account}`,
    identifiers: [
      { scheme: 'cbp.ctpat-account', value: account },
      ...codesOfTrade(random, trade, latin, address),
      ...(random.chance(0.3) ? [{ scheme: 'duns' as const, value: digits(random, 9) }] : []),
      ...(random.chance(0.08) ? [{ scheme: 'lei' as const, value: legalEntityIdentifier(random) }] : []),
    ],
    name: { latin },
    addresses: [address],
    roles: trade.also !== undefined && random.chance(0.2) ? [trade.role, trade.also] : [trade.role],
  };
}

function nameOf(random: Random, { trades }: AmericanTrade, { country }: AmericanPlace): string {
  const form = random.pick(AMERICAN_FORMS[country]);
  const trade = random.pick(trades);
  if (country === 'MX')
    return `${trade} ${random.pick(MEXICAN_WORDS)} ${random.pick(MEXICAN_WORDS)}, ${form}`;
  const first = random.pick(FIRST_WORDS);
  return `${random.chance(0.6) ? `${first} ${random.pick(SECOND_WORDS)}` : first} ${trade} ${form}`;
}

function streetOf(random: Random, { country }: AmericanPlace): string {
  const street = random.pick(AMERICAN_STREETS[country]);
  const number = random.integer(10, 9999);
  return country === 'MX' ? `${street} ${number}` : `${number} ${street}`;
}

function codesOfTrade(
  random: Random,
  { role }: AmericanTrade,
  latin: string,
  address: Identity['addresses'][number],
): Identity['identifiers'] {
  switch (role) {
    case 'highway-carrier':
    case 'mexican-long-haul-carrier':
    case 'rail-carrier':
    case 'sea-carrier':
      return [{ scheme: 'scac', value: letters(random, 4) }];
    case 'air-carrier':
      return [
        { scheme: 'iata', value: `${letters(random, 1)}${random.pick(['2', '3', '5', '8', 'X', 'K'])}` },
      ];
    case 'consolidator':
      return [{ scheme: 'fmc', value: digits(random, 6) }];
    case 'foreign-manufacturer':
      return [{ scheme: 'cbp.mid', value: deriveMid(latin, address) }];
    default:
      return [];
  }
}

const digits = (random: Random, length: number): string =>
  Array.from({ length }, () => random.integer(0, 9)).join('');

const letters = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(65 + random.integer(0, 25))).join('');

/** Four digits of an issuer, `00`, twelve of the entity, two check digits of ISO 7064. */
function legalEntityIdentifier(random: Random): string {
  const base = `5493${'00'}${letters(random, 4)}${digits(random, 4)}${letters(random, 4)}`;
  for (let check = 2; check <= 98; check++) {
    const value = `${base}${String(check).padStart(2, '0')}`;
    if (hasLegalEntityCheck(value)) return value;
  }
  throw new Error(`no check digits fit ${base}`);
}
