import { download } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Evidence } from '../api/types.ts';
import { CheckBadge } from '../parts/badge.tsx';
import { Copy } from '../parts/copy.tsx';
import { Icon } from '../parts/icon.tsx';
import { Facts, Section } from '../parts/page-head.tsx';
import { Instant } from '../parts/time.tsx';
import { Link } from '../router.tsx';
import { codeName, wordFor } from '../words/codes.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { OwnWords } from '../words/said.tsx';

/** What proves it, checked when the page was opened, and what was checked. */
export function EvidenceList({ evidence, check }: { evidence: Evidence; check(): void }) {
  const t = useWords();
  const { signature, receipt, hash, checkedAt, checks } = evidence;
  return (
    <Section
      title={t('evidence.title')}
      tools={
        <>
          <span className="quiet">
            {t('evidence.checked')} <Instant at={checkedAt} />
          </span>
          <button type="button" onClick={check}>
            <Icon name="retry" />
            {t('evidence.again')}
          </button>
        </>
      }
    >
      <ul className="checks">
        {checks.map((each) => (
          <li key={each.name}>
            <CheckBadge ok={each.ok} text={wordFor('check', each.name)} />
            <span>
              <OwnWords text={each} />
            </span>
          </li>
        ))}
      </ul>
      <Facts
        items={[
          [t('evidence.key'), signature.kid && <Copy text={signature.kid} />],
          [t('evidence.key-state'), signature.keyState && wordFor('key-state', signature.keyState)],
          [t('evidence.algorithm'), signature.alg],
          [t('evidence.hash'), <Copy key="h" text={hash.sha256} />],
          [
            t('evidence.receipt'),
            receipt && (
              <>
                {codeName('receipt-outcomes', receipt.outcome)} ·{' '}
                <Link to={`/messages/${receipt.message}`}>{t('evidence.receipt-message')}</Link> ·{' '}
                <Instant at={receipt.receivedAt} ms />
              </>
            ),
          ],
          [t('evidence.receipt-key'), receipt?.signature?.kid && <Copy text={receipt.signature.kid} />],
        ]}
      />
      <AuditEntries evidence={evidence} />
    </Section>
  );
}

function AuditEntries({ evidence: { audit } }: { evidence: Evidence }) {
  const t = useWords();
  const mayAudit = useMay('audit:read');
  if (audit.length === 0) return null;
  return (
    <>
      <h3>{t('evidence.entries')}</h3>
      <ul className="entries">
        {audit.map(({ log, index, kind, time, proof }) => (
          <li key={`${log} ${index}`}>
            <span className="mono">
              {log} · {count(index)}
            </span>
            <span>{wordFor('audit-kind', kind)}</span>
            <Instant at={time} />
            <CheckBadge
              ok={proof?.ok ?? null}
              text={
                proof?.ok === true
                  ? proof.cosigned.length > 0
                    ? t('evidence.witnessed', { by: proof.cosigned.join(', ') })
                    : t('evidence.proven')
                  : proof?.ok === false
                    ? t('evidence.not-proven')
                    : t('evidence.not-published')
              }
            />
            {mayAudit && proof?.ok === true && (
              <button
                type="button"
                onClick={() =>
                  void download(
                    `/v1/ops/audit/entries/${encodeURIComponent(log)}/${index}/proof`,
                    `${log}-${index}.tlog-proof`,
                  )
                }
              >
                <Icon name="download" />
                {t('evidence.proof')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
