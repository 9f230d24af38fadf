import { findsImporterNumber } from '../identifiers/importer-number.ts';
import type { Issue } from '../issue.ts';
import { escapePointerStep } from '../json-pointer.ts';

/** domain.md 2: an importer-of-record number stands nowhere, in no identifier and in no text. */
export function checkImporterNumbers(data: object): Issue[] {
  return findings(data, findsImporterNumber).map((pointer) => ({
    pointer,
    code: 'importer-number',
    rule: '2',
    message: 'this looks like an importer-of-record number, which can be a Social Security Number',
  }));
}

const eMail = /[^\s@<>()]@[^\s@<>()]+\.[A-Za-z]/;

/** domain.md 3.1: contact goes through the liaison officers, so no e-mail address is needed. */
export function doubtEMail(data: object): Issue[] {
  return findings(data, (text) => text.includes('@') && eMail.test(text)).map((pointer) => ({
    pointer,
    code: 'e-mail-address',
    rule: '3.1',
    message: 'this looks like an e-mail address; personal data are not exchanged',
  }));
}

/** Pointers of the strings that `test` accepts. They are made only once there is one to be named. */
function findings(data: object, test: (text: string) => boolean): string[] {
  const pointers: string[] = [];
  if (holds(data, test)) collect(data, '', test, pointers);
  return pointers;
}

function holds(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const member of Object.values(value)) if (holds(member, test)) return true;
  return false;
}

function collect(value: unknown, at: string, test: (text: string) => boolean, pointers: string[]): void {
  if (typeof value === 'string') {
    if (test(value)) pointers.push(at);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      collect(member, `${at}/${escapePointerStep(key)}`, test, pointers);
    }
  }
}
