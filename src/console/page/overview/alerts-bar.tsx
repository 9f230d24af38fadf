import { useState } from 'react';
import { useMay } from '../api/session.ts';
import type { Alert } from '../api/types.ts';
import { type Data, useData } from '../api/use-data.ts';
import { Badge, StateBadge } from '../parts/badge.tsx';
import { Menu } from '../parts/menu.tsx';
import { ProblemNote, Skeleton } from '../parts/states.tsx';
import { Instant, Since } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { Link } from '../router.tsx';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { OwnWords } from '../words/said.tsx';
import { acknowledge, addNote, mute, unmute } from './alert-actions.tsx';
import { placeOfAlert } from './place-of-alert.ts';

interface Alerts {
  items: Alert[];
}

/** Shown at once; the rest is behind a button, so that the figures below stay in sight. */
const SHOWN_FIRST = 4;

/** What stands now, the most severe first. What somebody took care of is folded away, not gone. */
export function AlertsBar() {
  const t = useWords();
  const alerts = useData<Alerts>('/v1/ops/alerts', {
    topics: ['alert-raised', 'alert-cleared'],
    everyMs: 15_000,
  });
  const [all, setAll] = useState(false);
  const items = alerts.data?.items ?? [];
  const open = items.filter(({ state }) => state === 'open');
  const handled = items.filter(({ state }) => state !== 'open');
  const shown = all ? [...open, ...handled] : open.slice(0, SHOWN_FIRST);
  if (alerts.problem && !alerts.data) return <ProblemNote problem={alerts.problem} retry={alerts.reload} />;
  if (!alerts.data) return <Skeleton rows={1} />;
  return (
    <section className="alerts" aria-label={t('alerts.title')}>
      {open.length === 0 && (
        <p className="all-well">
          <Badge tone="ok" icon="ok" text={t('alerts.none')} />
          {handled.length > 0 && (
            <span className="quiet">{t('alerts.handled', { count: handled.length })}</span>
          )}
        </p>
      )}
      <ul>
        {shown.map((alert) => (
          <AlertRow key={alert.id} alert={alert} alerts={alerts} />
        ))}
      </ul>
      {items.length > shown.length && (
        <button type="button" className="plain link" onClick={() => setAll(true)}>
          {t('alerts.more', { n: count(items.length - shown.length) })}
        </button>
      )}
      {all && items.length > SHOWN_FIRST && (
        <button type="button" className="plain link" onClick={() => setAll(false)}>
          {t('alerts.fewer')}
        </button>
      )}
    </section>
  );
}

function AlertRow({ alert, alerts }: { alert: Alert; alerts: Data<Alerts> }) {
  const t = useWords();
  const mayOperate = useMay('operate');
  const [dialog, ask] = useAction(alerts.reload);
  const place = placeOfAlert(alert);
  const tone = alert.state !== 'open' ? 'handled' : alert.severity === 'critical' ? 'bad' : 'warn';
  return (
    <li className={`alert ${tone}`}>
      <StateBadge state={alert.severity} />
      <div>
        <p>
          <strong>
            <OwnWords text={alert.text} />
          </strong>{' '}
          <span className="alert-age">
            <Since at={alert.since} />
          </span>
        </p>
        <p className="alert-do">
          <OwnWords text={alert.action} />
          {alert.runbook !== null && (
            <span className="runbook">
              {' '}
              {t('alerts.runbook')} <code>{alert.runbook}</code>
            </span>
          )}
        </p>
        <AlertHistory alert={alert} />
      </div>
      <div className="alert-tools">
        {place && (
          <Link className="button" to={place.path} query={place.query}>
            {t(place.word)}
          </Link>
        )}
        {mayOperate && alert.state === 'open' && (
          <button type="button" onClick={() => ask(acknowledge(alert))}>
            {t('alerts.acknowledge')}
          </button>
        )}
        {mayOperate && (
          <Menu button={t('alerts.more-acts')} className="from-right">
            {(close) => (
              <>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    ask(alert.state === 'muted' ? unmute(alert) : mute(alert));
                  }}
                >
                  {t(alert.state === 'muted' ? 'alerts.unmute' : 'alerts.mute')}
                </button>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    ask(addNote(alert));
                  }}
                >
                  {t('alerts.note')}
                </button>
              </>
            )}
          </Menu>
        )}
      </div>
      {dialog}
    </li>
  );
}

/** Who took care of it, and what was noted. */
function AlertHistory({ alert }: { alert: Alert }) {
  const t = useWords();
  const { acknowledged, mutedUntil, mutedBy, notes } = alert;
  if (!acknowledged && mutedUntil === null && notes.length === 0) return null;
  return (
    <ul className="alert-history">
      {acknowledged && (
        <li>
          {t('alerts.acknowledged-by', { by: acknowledged.by })} <Instant at={acknowledged.at} />
        </li>
      )}
      {mutedUntil !== null && (
        <li>
          {t('alerts.muted-by', { by: mutedBy ?? '' })} <Instant at={mutedUntil} />
        </li>
      )}
      {notes.map(({ id, by, at, text }) => (
        <li key={id}>
          <span className="quiet">
            <Instant at={at} /> {by}
          </span>{' '}
          {text}
        </li>
      ))}
    </ul>
  );
}
