import { isDeepStrictEqual } from 'node:util';
import type { Issue } from '../issue.ts';
import { followPointer } from '../json-pointer.ts';
import type { BusinessMessage } from '../messages.ts';

type Data = BusinessMessage['data'];

/**
 * domain.md 3.5: each change of a correction points at a member of the corrected data, which the message holds
 * whole, or, where `new` is null or absent, at one that is gone. It cannot be about the correction itself.
 */
export function checkCorrection(data: Data): Issue[] {
  const issues: Issue[] = [];
  for (const [i, change] of (data.correction?.changes ?? []).entries()) {
    const pointed = followPointer(data, change.pointer);
    const removed = (change.new ?? null) === null && !pointed.found && pointed.wellFormed;
    if ((pointed.found || removed) && !isAboutItself(change.pointer)) continue;
    issues.push({
      pointer: `/correction/changes/${i}/pointer`,
      code: 'correction-pointer',
      rule: '3.5',
      message: 'this pointer names no member of the corrected data',
    });
  }
  return issues;
}

/** What a correction says is new should be what the corrected data hold. */
export function doubtCorrection(data: Data): Issue[] {
  const issues: Issue[] = [];
  for (const [i, change] of (data.correction?.changes ?? []).entries()) {
    const pointed = followPointer(data, change.pointer);
    if (!pointed.found || isDeepStrictEqual(pointed.value, change.new)) continue;
    issues.push({
      pointer: `/correction/changes/${i}/new`,
      code: 'correction-differs',
      rule: '3.5',
      message: `the corrected data hold something else at ${change.pointer}`,
    });
  }
  return issues;
}

function isAboutItself(pointer: string): boolean {
  return pointer === '' || pointer === '/correction' || pointer.startsWith('/correction/');
}
