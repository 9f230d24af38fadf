import { useEffect, useState } from 'react';
import { useWords } from '../words/language.ts';
import { Icon } from './icon.tsx';

/** A long id by its telling end; a click copies the whole. UUIDs of version 7 begin with the time, alike for many. */
export function ShortId({ id, keep = 8 }: { id: string; keep?: number }) {
  const short = id.length <= keep + 2 ? id : `…${id.slice(-keep)}`;
  return <Copy text={id} shown={short} />;
}

/** Text that a click copies. */
export function Copy({ text, shown }: { text: string; shown?: string }) {
  const t = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="copy"
      title={text}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
    >
      <span className="mono">{shown ?? text}</span>
      <Icon name={copied ? 'ok' : 'copy'} label={t(copied ? 'part.copied' : 'part.copy')} />
    </button>
  );
}
