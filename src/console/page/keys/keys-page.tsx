import { useMay } from '../api/session.ts';
import { useData } from '../api/use-data.ts';
import { StateBadge } from '../parts/badge.tsx';
import { Copy } from '../parts/copy.tsx';
import { Facts, PageHead, Section } from '../parts/page-head.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { Age } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';
import { Expiry } from './expiry.tsx';
import { rotateKey } from './key-actions.tsx';
import type { Keys } from './key-types.ts';
import { OwnKeys } from './own-keys.tsx';
import { PartnerKeys } from './partner-keys.tsx';

/** What signs for us, whom we take for the partner, how long each is good for. */
export default function KeysPage() {
  const t = useWords();
  const keys = useData<Keys>('/v1/ops/keys', { everyMs: 30_000 });
  const may = useMay('keys');
  const [dialog, act] = useAction(keys.reload);
  return (
    <div className="page">
      <PageHead title={t('place.keys')}>
        {may && (
          <button type="button" onClick={() => act(rotateKey())}>
            {t('keys.rotate')}
          </button>
        )}
      </PageHead>
      {!may && <p className="quiet">{t('keys.may-not')}</p>}
      {dialog}
      <Shown of={keys} rows={8}>
        {({ own, partners, announced, certificate, alerts }) => (
          <>
            {alerts.map((alert) => (
              <div
                key={`${alert.code} ${alert.subject} ${alert.link}`}
                className={`note ${alert.severity === 'critical' ? 'bad' : 'warn'}`}
              >
                <StateBadge state={alert.severity} />
                <div>
                  <p>
                    <Said text={alert.message} />
                  </p>
                  {alert.since !== null && (
                    <p>
                      <Age at={alert.since} />
                    </p>
                  )}
                </div>
              </div>
            ))}
            <OwnKeys keys={own} act={act} />
            <PartnerKeys partners={partners} announced={announced} act={act} />
            <Section title={t('keys.certificate')}>
              {certificate ? (
                <Facts
                  items={[
                    [t('keys.subject'), certificate.subject],
                    [t('keys.spki'), <Copy key="spki" text={certificate.spki} />],
                    [
                      t('keys.valid'),
                      <Expiry key="valid" from={certificate.notBefore} until={certificate.notAfter} />,
                    ],
                  ]}
                />
              ) : (
                <Empty title={t('keys.no-certificate')}>{t('keys.no-certificate-how')}</Empty>
              )}
            </Section>
          </>
        )}
      </Shown>
    </div>
  );
}
