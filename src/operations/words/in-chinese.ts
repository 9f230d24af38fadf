import { detailSentences } from './detail-sentences.ts';
import { faultSentences } from './fault-sentences.ts';
import { keySentences } from './key-sentences.ts';
import { quoted, type Sentence } from './sentence.ts';
import { trustSentences } from './trust-sentences.ts';

const sentences: readonly Sentence[] = [
  ...faultSentences(inChinese),
  ...detailSentences(),
  ...trustSentences(),
  ...keySentences(),
];

/**
 * A sentence that this gateway wrote in English, in Chinese. What others said (a partner, an operating system, a
 * person) is not ours to translate: it stands within 「」, as does a text that is none of our sentences.
 */
export function inChinese(text: string): string {
  if (text === '' || HAN.test(text)) return text;
  for (const [english, chinese] of sentences) {
    const found = english.exec(text);
    if (found) return chinese(...found.slice(1).map((parameter) => parameter ?? ''));
  }
  return quoted(text);
}

/** Whether it is one of our sentences. */
export function isOurs(text: string): boolean {
  return sentences.some(([english]) => english.test(text));
}

const HAN = /\p{Script=Han}/u;
