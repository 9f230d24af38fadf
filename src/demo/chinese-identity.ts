import { deriveMid } from '../contract/identifiers/manufacturer-id.ts';
import {
  organisationCheck,
  unifiedSocialCreditCheck,
} from '../contract/identifiers/unified-social-credit-code.ts';
import type { Identity } from './enterprise-story.ts';
import { CHINESE_CITIES, type ChineseCity } from './names/chinese-cities.ts';
import {
  CHINESE_FORMS,
  CHINESE_SITES,
  CHINESE_STREETS,
  CHINESE_TRADES,
  type ChineseTrade,
  SYLLABLES,
} from './names/chinese-names.ts';
import type { Random } from './random.ts';
import { spread } from './serial-numbers.ts';

/** Serials below this are the pilot's. */
const SERIAL_FIRST = 36 ** 2;
const SERIAL_RANGE = 36 ** 4 - SERIAL_FIRST;
const SERIAL_STRIDE = 611_953;

/** Organisation codes given out since 2015 begin with MA. */
const ORGANISATION_RANGE = 10 ** 6;

/** An invented Chinese enterprise; the same index never gives the same numbers as another. */
export function chineseIdentity(random: Random, index: number): Identity {
  const city = random.weigh(CHINESE_CITIES);
  const trade = random.weigh(CHINESE_TRADES);
  const name = nameOf(random, city, trade);
  const registered = addressOf(random, city, 'registered');
  const sites = random.chance(0.3) ? [addressOf(random, city, 'site')] : [];
  const registration = registrationOf(random, city, trade, index);
  const makes = trade.roles.includes('foreign-manufacturer');
  return {
    id: `CN${registration}`,
    identifiers: [
      { scheme: 'gacc.customs-registration', value: registration },
      { scheme: 'gacc.uscc', value: socialCreditCode(city, index) },
      ...(makes ? manufacturerIds(name.latin, [registered, ...sites]) : []),
    ],
    name,
    addresses: [registered, ...sites],
    roles: [...trade.roles],
  };
}

function nameOf(
  random: Random,
  city: ChineseCity,
  trade: ChineseTrade,
): Identity['name'] & { latin: string } {
  const syllables = Array.from({ length: random.chance(0.15) ? 3 : 2 }, () => random.pick(SYLLABLES));
  const form = random.weigh(CHINESE_FORMS);
  const brand = syllables.map((s) => s.pinyin).join('');
  const native = `${city.native}${syllables.map((s) => s.native).join('')}${trade.native}${form.native}`;
  return {
    native: { text: native, lang: 'zh-Hans' },
    latin: `${city.latin} ${brand.charAt(0).toUpperCase()}${brand.slice(1)} ${trade.latin} ${form.latin}`,
  };
}

function addressOf(
  random: Random,
  city: ChineseCity,
  type: 'registered' | 'site',
): Identity['addresses'][number] {
  const street = `No. ${random.integer(1, 2999)} ${random.pick(CHINESE_STREETS)}`;
  const lines = random.chance(0.35)
    ? [`Building ${random.integer(1, 30)}, ${random.pick(CHINESE_SITES)}`, street]
    : [street];
  const { latin, subdivision, postalCode } = city;
  return { type, lines, city: latin, subdivision, postalCode, country: 'CN' };
}

/** Division, economic zone, kind of enterprise, serial. */
function registrationOf(random: Random, city: ChineseCity, trade: ChineseTrade, index: number): string {
  const zone = random.pick(['1', '2', '3', '4', '6', '9', '9', '9']);
  const kind = trade.kind ?? random.pick(['1', '2', '3', '4', '4', '6', '6', '6']);
  const serial = SERIAL_FIRST + spread(index, SERIAL_RANGE, SERIAL_STRIDE);
  return `${city.customsDivision}${zone}${kind}${serial.toString(36).toUpperCase().padStart(4, '0')}`;
}

/** 9 = market regulation, 1 = enterprise, division, organisation code with its check, check. */
function socialCreditCode(city: ChineseCity, index: number): string {
  const serial = String(spread(index % ORGANISATION_RANGE, ORGANISATION_RANGE, 384_847)).padStart(6, '0');
  const kind = index < ORGANISATION_RANGE ? 'MA' : 'MB';
  const head = `91${city.division}${kind}${serial}`;
  const organisation = `${head}${organisationCheck(head)}`;
  return `${organisation}${unifiedSocialCreditCheck(organisation)}`;
}

function manufacturerIds(latin: string, addresses: Identity['addresses']): Identity['identifiers'] {
  const mids = new Set(addresses.map((address) => deriveMid(latin, address)));
  return [...mids].map((value) => ({ scheme: 'cbp.mid', value }));
}
