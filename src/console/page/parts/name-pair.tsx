import type { Name } from '../api/types.ts';
import { useLanguage } from '../words/language.ts';

/** A name in both scripts, the reader's own first. */
export function NamePair({ name }: { name: Name | null | undefined }) {
  const chinese = useLanguage() === 'zh-CN';
  if (!name) return null;
  const { native, latin } = name;
  const pair = chinese ? [native, latin] : [latin, native];
  const [first, second] = pair.filter((text) => text !== null);
  if (first === undefined) return null;
  return (
    <span className="name-pair" title={[first, second].filter(Boolean).join('\n')}>
      {first}
      {second !== undefined && <span className="quiet"> {second}</span>}
    </span>
  );
}
