import { useEffect, useRef } from 'react';
import { useMay } from '../api/session.ts';
import type { Evidence, Message } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { Copy } from '../parts/copy.tsx';
import { Icon } from '../parts/icon.tsx';
import { NamePair } from '../parts/name-pair.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { ProblemNote, Shown, Skeleton } from '../parts/states.tsx';
import { Choice } from '../parts/tabs.tsx';
import { Instant } from '../parts/time.tsx';
import { changeQuery, Link, useRoute } from '../router.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { IssueText, Said } from '../words/said.tsx';
import { AttemptList } from './attempt-list.tsx';
import { EvidenceList } from './evidence-list.tsx';
import { MessageActions, type OpenedMessage } from './message-actions.tsx';
import { nameIn, Says } from './says.tsx';
import { WayOfMessage } from './way-of-message.tsx';

/** One message: its way, what it says, what was tried, and what proves it. */
export function MessageDetail({ id }: { id: string }) {
  const message = useData<Message>(`/v1/messages/${encodeURIComponent(id)}`, {
    topics: ['overview', 'job', 'lane'],
    everyMs: 15_000,
  });
  const evidence = useData<Evidence>(`/v1/ops/messages/${encodeURIComponent(id)}/evidence`);
  const state = message.data?.state;
  const { reload } = evidence;
  const seen = useRef(state);
  useEffect(() => {
    // A new state has new evidence: a receipt, an entry in the log.
    if (seen.current !== undefined && seen.current !== state) reload();
    seen.current = state;
  }, [state, reload]);
  return (
    <div className="page message">
      <Shown of={message} rows={8}>
        {(found) => (
          <>
            <Head
              message={found}
              evidence={evidence.data}
              changed={() => {
                message.reload();
                evidence.reload();
              }}
            />
            <WayOfMessage message={found} />
            <Replacement message={found} />
            <div className="message-parts">
              <Content evidence={evidence.data} failed={evidence.problem !== undefined} />
              <div>
                <AttemptList
                  message={found}
                  attempts={evidence.data?.attempts}
                  failed={evidence.problem !== undefined}
                />
                {evidence.problem && <ProblemNote problem={evidence.problem} retry={evidence.reload} />}
                {evidence.data ? (
                  <EvidenceList evidence={evidence.data} check={evidence.reload} />
                ) : (
                  !evidence.problem && <Skeleton rows={4} />
                )}
              </div>
            </div>
          </>
        )}
      </Shown>
    </div>
  );
}

function Head({ message, evidence, changed }: OpenedMessage) {
  const t = useWords();
  const mayRegister = useMay('register:read');
  const { id, type, subject, state, version, urgent, direction, link, lane, txn } = message;
  const isEnterprise = /^[A-Z]{2}[0-9A-Z]{1,17}$/.test(subject);
  return (
    <>
      <div className="page-head">
        <h1 className="message-title">
          {wordFor('type', type)}{' '}
          {isEnterprise && mayRegister ? (
            <Link to={`/register/${subject}`}>{subject}</Link>
          ) : (
            <span>{subject}</span>
          )}{' '}
          <span className="message-name">
            <NamePair name={message.name ?? nameIn(evidence?.set?.data)} />
          </span>
        </h1>
        <MessageActions message={message} evidence={evidence} changed={changed} />
      </div>
      <p className="message-line">
        <StateBadge state={state} />
        {urgent && <span className="tag">{t('word.urgent')}</span>}
        <span>
          <Icon name={direction} /> {wordFor('word', direction)} · {link}
          {lane !== null && (
            <>
              {' · '}
              <Link to="/lanes" query={{ link, open: `${link}/${lane}` }}>
                {t('word.lane')} {lane}
              </Link>
            </>
          )}
        </span>
        {version !== null && (
          <span>
            {t('word.version')} {version}
          </span>
        )}
        {txn !== null && (
          <span>
            {t('word.case')} <Copy text={txn} />
          </span>
        )}
        <Copy text={id} />
      </p>
    </>
  );
}

function Replacement({
  message: { replaces, replacedBy, lastError, state, warnings },
}: {
  message: Message;
}) {
  const t = useWords();
  return (
    <>
      {lastError !== null && (state === 'parked' || state === 'refused' || state === 'sent') && (
        <div className={`note ${state === 'sent' ? 'warn' : 'bad'}`}>
          <Icon name="attention" />
          <div>
            <Said text={lastError} />
          </div>
        </div>
      )}
      {replaces !== null && (
        <p>
          {t('messages.replaces')} <Link to={`/messages/${replaces}`}>{replaces}</Link>
        </p>
      )}
      {replacedBy !== null && (
        <p>
          {t('messages.replaced-by')} <Link to={`/messages/${replacedBy}`}>{replacedBy}</Link>
        </p>
      )}
      {warnings.length > 0 && (
        <div className="note warn">
          <Icon name="attention" />
          <ul>
            {warnings.map((warning) => (
              <li key={`${warning.pointer} ${warning.code}`}>
                <code>{warning.pointer}</code> <IssueText issue={warning} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

const views = ['form', 'json', 'jws'] as const;

function Content({ evidence, failed }: { evidence: Evidence | undefined; failed: boolean }) {
  const t = useWords();
  const { query } = useRoute();
  const view = views.find((known) => known === query.view) ?? 'form';
  const set = evidence?.set;
  return (
    <Section
      title={t('messages.says')}
      tools={
        <Choice
          label={t('messages.view')}
          value={view}
          options={views.map((value) => ({ value, name: t(`messages.view-${value}`) }))}
          choose={(value) => changeQuery({ view: value === 'form' ? undefined : value }, { replace: true })}
        />
      }
    >
      {evidence === undefined && !failed && <Skeleton rows={8} />}
      {set === null && <p className="quiet">{t('messages.erased')}</p>}
      {set && view === 'form' && <Says type={set.type} data={set.data} />}
      {set && view === 'json' && <Json label={t('messages.view-json')} value={set.data} />}
      {set && view === 'jws' && (
        <div className="jws">
          <Facts
            items={[
              [t('evidence.issued'), <Instant key="i" at={instantOf(set.claims.iat)} />],
              [t('evidence.size'), t('figure.bytes', { n: set.bytes })],
            ]}
          />
          <h3>{t('evidence.header')}</h3>
          <Json label={t('evidence.header')} value={set.header} />
          <h3>{t('evidence.claims')}</h3>
          <Json label={t('evidence.claims')} value={set.claims} />
          <h3>{t('evidence.compact')}</h3>
          <pre className="wrap">{set.jws}</pre>
        </div>
      )}
    </Section>
  );
}

function instantOf(seconds: unknown): string | null {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : null;
}

function Json({ label, value }: { label: string; value: unknown }) {
  return (
    <Scrolling label={label}>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </Scrolling>
  );
}
