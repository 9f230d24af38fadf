import type { Party } from '../contract/party.ts';
import { americanIdentity } from './american-identity.ts';
import { americanStory } from './american-stories.ts';
import { chineseIdentity } from './chinese-identity.ts';
import { chineseStory } from './chinese-stories.ts';
import { type DemoEnterprise, tellStory } from './enterprise-story.ts';
import { randomOf } from './random.ts';

/** Chinese AEOs at the end of 2025 and members of C-TPAT (domain.md 7). */
export const REGISTER_SIZES: Readonly<Record<Party, number>> = { CN: 6876, US: 11_400 };

/**
 * The invented register of one administration, enterprise by enterprise: memory stays flat whatever the size,
 * and the same seed gives the same register.
 */
export function* generateEnterprises(party: Party, seed: number, count: number): Generator<DemoEnterprise> {
  for (let index = 0; index < count; index++) yield generateEnterprise(party, seed, index);
}

export function generateEnterprise(party: Party, seed: number, index: number): DemoEnterprise {
  const random = randomOf(seed, `${party}/${index}`);
  if (party === 'CN') return tellStory(party, chineseIdentity(random, index), chineseStory(random));
  const identity = americanIdentity(random, index);
  return tellStory(party, identity, americanStory(random, identity.roles));
}
