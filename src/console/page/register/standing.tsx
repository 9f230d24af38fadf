import type { Name } from '../api/types.ts';
import type { Tone } from '../parts/badge.tsx';
import { codeName } from '../words/codes.ts';
import type { Enterprise, RecordData } from './register-types.ts';

/** Whether an enterprise gets benefits is no matter of taste: only a certified one stands well. */
export function standingTone(status: string): Tone {
  if (status === 'certified') return 'ok';
  if (status === 'suspended') return 'warn';
  return status === 'revoked' ? 'bad' : 'quiet';
}

/** Class of a Chinese enterprise, tier of a US one, by the word of the code list. */
export function gradeName(standing: { class?: string | null; tier?: string | null } | undefined) {
  if (standing?.class) return codeName('gacc-classes', standing.class);
  if (standing?.tier) return codeName('ctpat-tiers', standing.tier);
  return undefined;
}

export function nameOf({ record }: Pick<Enterprise, 'record'>): Name | null {
  return nameOfRecord(record?.enterprise.name);
}

export function nameOfRecord(name: RecordData['enterprise']['name']): Name | null {
  return name ? { native: name.native?.text ?? null, latin: name.latin ?? null } : null;
}
