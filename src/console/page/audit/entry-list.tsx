import { useEffect, useState } from 'react';
import { download, getText } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { usePaged } from '../api/use-data.ts';
import { CheckBadge } from '../parts/badge.tsx';
import { Filters } from '../parts/filters.tsx';
import { Icon } from '../parts/icon.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { Empty, ProblemNote, Skeleton } from '../parts/states.tsx';
import { type Column, Table, TableFoot } from '../parts/table.tsx';
import { Instant, None } from '../parts/time.tsx';
import { changeQuery, Link, useRoute } from '../router.tsx';
import { wordFor, wordsOf } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import type { AuditEntry } from './audit-types.ts';
import { type Checked, checkEntry } from './check-entry.ts';

const keyOf = ({ log, index }: AuditEntry): string => `${log}.${index}`;

/** Every step of every message and every act of a person, newest first. */
export function EntryList() {
  const t = useWords();
  const { query } = useRoute();
  const entries = usePaged<AuditEntry>('/v1/ops/audit/entries', {
    query: { kind: query.kind, message: query.message },
  });
  const open = entries.items.find((entry) => keyOf(entry) === query.entry);
  return (
    <>
      <Filters
        fields={[
          { name: 'kind', label: t('audit.kind'), kind: 'choice', options: wordsOf('audit-kind') },
          { name: 'message', label: t('audit.message'), kind: 'text' },
        ]}
      />
      {open && <EntryDetail key={keyOf(open)} entry={open} />}
      {entries.problem && <ProblemNote problem={entries.problem} retry={entries.reload} />}
      {!entries.ready && !entries.problem && <Skeleton rows={10} />}
      {entries.ready && entries.items.length === 0 && !entries.hasMore && (
        <Empty title={t('audit.no-entries')}>{t('audit.no-entries-how')}</Empty>
      )}
      {entries.items.length > 0 && (
        <Table
          label={t('audit.tab-entries')}
          rows={entries.items}
          columns={columnsOf(t)}
          keyOf={keyOf}
          open={(entry) => changeQuery({ entry: keyOf(entry) === query.entry ? undefined : keyOf(entry) })}
        />
      )}
      {(entries.items.length > 0 || entries.hasMore) && (
        <TableFoot
          shown={entries.items.length}
          hasMore={entries.hasMore}
          loading={entries.loading}
          more={entries.more}
        />
      )}
    </>
  );
}

function textOf(content: AuditEntry['content'], name: string): string | undefined {
  const value = content?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function kindOf(content: AuditEntry['content']): string | undefined {
  const kind = textOf(content, 'kind');
  return kind && wordFor('audit-kind', kind);
}

function columnsOf(t: ReturnType<typeof useWords>): Column<AuditEntry>[] {
  return [
    { key: 'index', head: t('audit.entry'), kind: 'figure', cell: ({ index }) => count(index) },
    { key: 'time', head: t('audit.time'), cell: ({ time }) => <Instant at={time} /> },
    {
      key: 'kind',
      head: t('audit.kind'),
      cell: (entry) => (
        <button type="button" className="plain link" onClick={() => changeQuery({ entry: keyOf(entry) })}>
          {kindOf(entry.content) ?? t('audit.erased')}
        </button>
      ),
    },
    {
      key: 'who',
      head: t('audit.who'),
      cell: ({ content }) =>
        textOf(content, 'by') ?? textOf(content, 'actor') ?? textOf(content, 'principal') ?? <None />,
    },
    {
      key: 'about',
      head: t('audit.about'),
      cell: ({ content }) => textOf(content, 'subject') ?? textOf(content, 'link') ?? <None />,
    },
    {
      key: 'message',
      head: t('audit.message'),
      kind: 'wide',
      cell: ({ message }) =>
        message === null ? (
          <None />
        ) : (
          <Link to={`/messages/${message}`} className="mono">
            …{message.slice(-8)}
          </Link>
        ),
    },
  ];
}

function EntryDetail({ entry }: { entry: AuditEntry }) {
  const t = useWords();
  const { log, index, content, origin, digest, salt, time } = entry;
  const proof = `/v1/ops/audit/entries/${encodeURIComponent(log)}/${index}/proof`;
  return (
    <Section
      title={t('audit.entry-n', { n: count(index), log })}
      tools={
        <button type="button" onClick={() => void download(proof, `${log}-${index}.tlog-proof`)}>
          <Icon name="download" />
          {t('audit.proof')}
        </button>
      }
    >
      <Facts
        items={[
          [t('audit.log'), origin],
          [t('audit.time'), <Instant key="time" at={time} ms />],
          [t('audit.verified'), <Verified key="verified" proof={proof} />],
          [t('audit.digest'), <code key="digest">{digest}</code>],
          [t('audit.salt'), salt === null ? null : <code key="salt">{salt}</code>],
        ]}
      />
      {content === null ? (
        <p className="note warn">{t('audit.erased-why')}</p>
      ) : (
        <Scrolling label={t('audit.said')}>
          <pre>{JSON.stringify(content, null, 2)}</pre>
        </Scrolling>
      )}
    </Section>
  );
}

/** Checked when the entry is opened, in this browser; says what was checked. */
function Verified({ proof }: { proof: string }) {
  const t = useWords();
  const [checked, setChecked] = useState<Checked | 'not-yet' | 'cannot'>();
  useEffect(() => {
    const stop = new AbortController();
    getText(proof, { signal: stop.signal })
      .then(checkEntry)
      .then(setChecked)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setChecked(error instanceof ApiProblem ? 'not-yet' : 'cannot');
      });
    return () => stop.abort();
  }, [proof]);
  if (checked === undefined) return <span className="quiet">{t('audit.checking')}</span>;
  if (typeof checked === 'string') return <CheckBadge ok={null} text={t(`audit.check-${checked}`)} />;
  const { included, opened, size, signers } = checked;
  return (
    <ul>
      <li>
        <CheckBadge
          ok={included}
          text={t(included ? 'audit.included' : 'audit.not-included', { n: count(size) })}
        />
      </li>
      <li>
        <CheckBadge
          ok={opened}
          text={t(opened === null ? 'audit.opening-gone' : opened ? 'audit.opened' : 'audit.not-opened')}
        />
      </li>
      <li className="quiet">{t('audit.signers', { names: signers.join(', ') })}</li>
    </ul>
  );
}
