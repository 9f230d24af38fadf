import { wordFor } from '../words/codes.ts';
import { useLanguage } from '../words/language.ts';
import { Icon, type IconName } from './icon.tsx';

/** Colour means state and nothing else, and never stands alone. */
export type Tone = 'ok' | 'warn' | 'bad' | 'quiet';

const looks: Record<string, [Tone, IconName]> = {
  // Messages
  accepted: ['quiet', 'waiting'],
  sent: ['quiet', 'out'],
  delivered: ['ok', 'ok'],
  receipted: ['ok', 'ok'],
  received: ['ok', 'in'],
  refused: ['bad', 'bad'],
  parked: ['bad', 'stop'],
  held: ['warn', 'pause'],
  withdrawn: ['quiet', 'dash'],
  'set-aside': ['warn', 'pause'],
  // Lanes and links
  flowing: ['ok', 'ok'],
  delivering: ['ok', 'out'],
  idle: ['quiet', 'dash'],
  waiting: ['warn', 'waiting'],
  'backing-off': ['bad', 'attention'],
  paused: ['warn', 'pause'],
  halted: ['bad', 'stop'],
  silent: ['warn', 'attention'],
  // Own consumers
  failing: ['bad', 'attention'],
  // Alerts
  critical: ['bad', 'attention'],
  warning: ['warn', 'attention'],
  info: ['quiet', 'info'],
  // Attempts
  answered: ['ok', 'ok'],
  unclear: ['warn', 'attention'],
  'link-fault': ['bad', 'bad'],
  'too-large': ['warn', 'attention'],
  // Jobs and approvals
  'waiting-approval': ['warn', 'waiting'],
  queued: ['quiet', 'waiting'],
  running: ['quiet', 'play'],
  done: ['ok', 'ok'],
  cancelled: ['quiet', 'dash'],
  failed: ['bad', 'bad'],
  approved: ['ok', 'ok'],
  rejected: ['bad', 'bad'],
  expired: ['quiet', 'dash'],
  // Comparisons and witness
  equal: ['ok', 'ok'],
  differs: ['bad', 'attention'],
  compared: ['ok', 'ok'],
  behind: ['warn', 'waiting'],
  forked: ['bad', 'attention'],
  away: ['warn', 'unlinked'],
};

/** Of a state that is known by its tone alone. */
const ICONS: Readonly<Record<Tone, IconName>> = { ok: 'ok', warn: 'attention', bad: 'bad', quiet: 'dash' };

/**
 * A state as icon, word and colour. The word is `<group>.<state>` of the catalogues.
 *
 * @param text instead of it, e.g. a label of a code list
 */
export function StateBadge({
  state,
  group = 'state',
  text,
  tone,
}: {
  state: string;
  group?: string;
  text?: string;
  tone?: Tone;
}) {
  useLanguage();
  const [usual, icon] = looks[state] ?? ([tone ?? 'quiet', ICONS[tone ?? 'quiet']] as const);
  return <Badge tone={tone ?? usual} icon={icon} text={text ?? wordFor(group, state)} />;
}

export function Badge({ tone, icon, text }: { tone: Tone; icon: IconName; text: string }) {
  return (
    <span className={`badge ${tone}`}>
      <Icon name={icon} />
      {text}
    </span>
  );
}

/** The word of a check: right, wrong, or not to be said yet. */
export function CheckBadge({ ok, text }: { ok: boolean | null; text: string }) {
  const [tone, icon] =
    ok === true
      ? (['ok', 'ok'] as const)
      : ok === false
        ? (['bad', 'bad'] as const)
        : (['quiet', 'waiting'] as const);
  return <Badge tone={tone} icon={icon} text={text} />;
}
