import { isKey, keysOf, language, say } from './language.ts';

interface CodeList {
  list: string;
  codes: { code: string; label: { en: string; zh: string } }[];
}

const files = import.meta.glob<CodeList>('../../../../schemas/codes/*.json', {
  eager: true,
  import: 'default',
});

const labels = new Map<string, { en: string; zh: string }>();
for (const { list, codes } of Object.values(files)) {
  for (const { code, label } of codes) labels.set(`${list}/${code}`, label);
}

/** The codes of a list, in its order, for a choice. */
export function codesOf(list: string): { value: string; name: string }[] {
  const found = Object.values(files).find((file) => file.list === list);
  return (found?.codes ?? []).map(({ code }) => ({ value: code, name: codeName(list, code) }));
}

/**
 * What a code of the contract is called, e.g. `codeName('statuses', 'suspended')`: the labels of the code lists that
 * both administrations agreed on. A code that is not in the list is shown as it is.
 */
export function codeName(list: string, code: string): string {
  const label = labels.get(`${list}/${code}`);
  if (!label) return code;
  return language() === 'zh-CN' ? label.zh : label.en;
}

/** What a code of the gateway's own API is called, by the key `group.code` of the catalogues. */
export function wordFor(group: string, code: string): string {
  const key = `${group}.${code}`;
  return isKey(key) ? say(key) : code;
}

/** Every code of a group that the catalogues have a word for, in the order of the words, for a choice. */
export function wordsOf(group: string): { value: string; name: string }[] {
  return keysOf(group)
    .map((code) => ({ value: code, name: wordFor(group, code) }))
    .toSorted((a, b) => a.name.localeCompare(b.name, language()));
}
