import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Icon } from '../parts/icon.tsx';
import { isTyping } from '../parts/keyboard.ts';
import { go, useRoute } from '../router.tsx';
import { useWords } from '../words/language.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One search for ids, enterprises and cases; `/` goes there. A whole message id opens the message. */
export function SearchBox() {
  const t = useWords();
  const { path, query } = useRoute();
  const asked = path === '/messages' ? (query.q ?? '') : '';
  const [text, setText] = useState(asked);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
  const search = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted === '') return;
    if (UUID.test(wanted)) go(`/messages/${wanted.toLowerCase()}`);
    else go('/messages', { q: wanted });
    box.current?.blur();
  };
  return (
    <search className="search">
      <form onSubmit={search}>
        <Icon name="search" />
        <input
          ref={box}
          type="search"
          value={text}
          maxLength={200}
          placeholder={t('frame.search')}
          aria-label={t('frame.search')}
          aria-keyshortcuts="/"
          onChange={({ target }) => setText(target.value)}
        />
        <span className="key" aria-hidden>
          /
        </span>
      </form>
    </search>
  );
}
