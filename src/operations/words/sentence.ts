/** A sentence of ours as it stands in logs and answers, and the same in Chinese, given its parameters. */
export type Sentence = readonly [english: RegExp, chinese: (...parameters: string[]) => string];

/** What is not ours to translate, as a quotation. */
export function quoted(said: string): string {
  return said === '' ? '' : `「${said.replaceAll(/[「」]/g, '"')}」`;
}
