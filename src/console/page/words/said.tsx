import type { ReactNode } from 'react';
import { inChinese } from '../../../operations/words/in-chinese.ts';
import { issueInChinese } from '../../../operations/words/issue-words.ts';
import type { Issue, Text } from '../api/types.ts';
import { useLanguage } from './language.ts';

/** A sentence of the gateway, in the reader's language; what somebody else said in it is a quotation, as it was said. */
export function Said({ text }: { text: string | null | undefined }) {
  const chinese = useLanguage() === 'zh-CN';
  if (!text) return null;
  return chinese ? <Quoting text={inChinese(text)} /> : text;
}

/** A text with what others said in 「」: marked as not of this page's language, also for who has it read out. */
export function Quoting({ text }: { text: string }) {
  const parts = text.split(/「([^」]*)」/);
  return parts.map((part, index): ReactNode => {
    // The order of the parts of one text never changes.
    const key = `${index} ${part}`;
    return index % 2 === 1 ? (
      <q key={key} lang="en">
        {part}
      </q>
    ) : (
      part
    );
  });
}

/** A text that the gateway gives in both languages. */
export function OwnWords({ text }: { text: Text }) {
  return useLanguage() === 'zh-CN' ? <Quoting text={text.zh} /> : text.en;
}

/** The code of an issue in Chinese; in English the code says it. */
export function IssueCodeText({ code }: { code: string }) {
  return useLanguage() === 'zh-CN' ? issueInChinese(code) : null;
}

/** What is wrong with one member: in Chinese by its code, with the words of the answer. */
export function IssueText({ issue: { code, message } }: { issue: Pick<Issue, 'code' | 'message'> }) {
  if (useLanguage() !== 'zh-CN') return message;
  return (
    <>
      {issueInChinese(code)} <q lang="en">{message}</q>
    </>
  );
}
