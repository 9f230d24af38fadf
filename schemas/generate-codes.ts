import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Code {
  code: string;
  label: { en: string; zh: string };
  [more: string]: unknown;
}

/** One file of `schemas/codes/`: the only place where a code of the contract is written down. */
export interface CodeList {
  list: string;
  type: string;
  title: { en: string; zh: string };
  description?: { en: string; zh: string };
  codes: Code[];
  /** Lists of their own made of the codes whose member `where` is true. */
  subsets?: { list: string; type: string; title: { en: string; zh: string }; where: string }[];
}

export function readCodeLists(folder: string): CodeList[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const list = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CodeList;
      if (`${list.list}.json` !== name) throw new Error(`${name} calls itself ${list.list}`);
      const seen = new Set(list.codes.map((code) => code.code));
      if (seen.size !== list.codes.length) throw new Error(`${name} holds a code twice`);
      return [list, ...subsetsOf(list)];
    });
}

function subsetsOf({ subsets = [], codes }: CodeList): CodeList[] {
  return subsets.map(({ where, ...subset }) => ({
    ...subset,
    codes: codes.filter((code) => code[where] === true),
  }));
}

/** The definitions to which the message schemas refer for a coded member. */
export function codeSchema(lists: CodeList[], base: string): string {
  const $defs: Record<string, unknown> = {};
  for (const { list, title, description, codes } of lists) {
    const meanings = (language: 'en' | 'zh') => codes.map((code) => `${code.code}: ${code.label[language]}`);
    $defs[list] = {
      title: title.en,
      'x-title-zh': title.zh,
      description: [description?.en, `${meanings('en').join('; ')}.`].filter(Boolean).join(' '),
      'x-description-zh': [description?.zh, `${meanings('zh').join('；')}。`].filter(Boolean).join(''),
      type: 'string',
      enum: codes.map((code) => code.code),
    };
  }
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${base}codes.v1.json`,
    $comment: 'Generated from schemas/codes/ by schemas/generate.ts; not to be edited.',
    title: 'Code lists',
    'x-title-zh': '代码表',
    $defs,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The lists as constants, each with the union of its codes. */
export function codeConstants(lists: CodeList[]): string {
  const parts = lists.map(({ list, type, codes }) => {
    const name = camel(list);
    const rows = codes.map((code) => `  ${JSON.stringify(code)},`).join('\n');
    const union = codes.map((code) => `  | ${JSON.stringify(code.code)}`).join('\n');
    return `export type ${type} =\n${union};\n\nexport const ${name} = [\n${rows}\n] as const;\n`;
  });
  return parts.join('\n');
}

function camel(kebab: string): string {
  return kebab.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
