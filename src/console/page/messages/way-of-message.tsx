import type { Message } from '../api/types.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { codeName, wordFor } from '../words/codes.ts';
import { bothInstants, count } from '../words/figures.ts';
import { say, useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';

interface Step {
  event: string;
  at: string;
  detail: string | undefined;
  times: number;
}

const looks: Record<string, [tone: string, icon: IconName]> = {
  accepted: ['', 'ok'],
  received: ['ok', 'in'],
  sent: ['', 'out'],
  delivered: ['ok', 'ok'],
  receipted: ['ok', 'ok'],
  refused: ['bad', 'bad'],
  parked: ['bad', 'stop'],
  held: ['warn', 'pause'],
  'set-aside': ['warn', 'pause'],
  withdrawn: ['', 'dash'],
};

/** The life of a message as a line of time. Attempts that follow each other are one step with their number. */
export function WayOfMessage({ message }: { message: Message }) {
  const t = useWords();
  const steps = gather(message.timeline);
  const next = expected(message.state, message.direction);
  return (
    <ol className="steps" aria-label={t('messages.way')}>
      {steps.map((step) => {
        const [tone, icon] = looks[step.event] ?? ['', 'dash'];
        return (
          <li key={`${step.at} ${step.event}`} className={tone}>
            <span className="step-name">
              <Icon name={icon} /> {wordFor('step', step.event)}
              {step.times > 1 && ` ×${count(step.times)}`}
            </span>
            <time dateTime={step.at} title={bothInstants(new Date(step.at))}>
              {step.at.slice(0, 10) !== steps[0]?.at.slice(0, 10) || step === steps[0]
                ? `${step.at.slice(0, 10)} `
                : ''}
              {step.at.slice(11, 23)}
            </time>
            {step.detail !== undefined && (
              <span className="step-detail" title={step.detail}>
                <Said text={detailOf(step.event, step.detail)} />
              </span>
            )}
          </li>
        );
      })}
      {next.map((event) => (
        <li key={event} className="to-come">
          <span className="step-name">{wordFor('step', event)}</span>
          <span className="quiet">{t('messages.to-come')}</span>
        </li>
      ))}
    </ol>
  );
}

function gather(timeline: Message['timeline']): Step[] {
  const steps: Step[] = [];
  for (const { at, event, detail } of timeline) {
    const last = steps.at(-1);
    if (event === 'sent' && last?.event === 'sent') {
      last.times++;
      last.at = at;
      last.detail = detail ?? last.detail;
    } else steps.push({ event, at, times: 1, detail });
  }
  return steps;
}

/** The gateway's own sentences in the reader's language; what the partner or a person said stays as it was said. */
function detailOf(event: string, detail: string): string {
  const [, status, ms] = /^answered (\d+|nothing) in (\d+) ms$/.exec(detail) ?? [];
  if (event === 'sent' && status !== undefined && ms !== undefined) {
    return say('step-detail.answered', { status, ms: count(Number(ms)) });
  }
  if (event === 'receipted') return codeName('receipt-outcomes', detail);
  if (event === 'set-aside') return say('step-detail.set-aside');
  const [, id] = /^behind the parked message (\S+) of its subject$/.exec(detail) ?? [];
  if (id !== undefined) return say('step-detail.held-behind', { id: id.slice(-8) });
  const [, edition] = /^until the partner announces edition (\d+) of the contract$/.exec(detail) ?? [];
  return edition === undefined ? detail : say('step-detail.held-for', { edition });
}

/** What has still to happen, so that one sees where it stands. */
function expected(state: string, direction: string): string[] {
  if (direction === 'in') return state === 'received' ? ['receipted'] : [];
  if (state === 'delivered') return ['receipted'];
  if (state === 'accepted') return ['sent', 'delivered', 'receipted'];
  if (state === 'sent') return ['delivered', 'receipted'];
  return [];
}
