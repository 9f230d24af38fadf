import { download, saveFile, send } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import type { Evidence, Message } from '../api/types.ts';
import { resubmit } from '../dead-letters/resubmit.tsx';
import type { Action } from '../parts/action-dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { useAction } from '../parts/use-action.tsx';
import { say, useWords } from '../words/language.ts';

/** A message as its page shows it. */
export interface OpenedMessage {
  message: Message;
  evidence: Evidence | undefined;
  changed(): void;
}

/** What can be done with one message in its state, and its bytes to take along. */
export function MessageActions({ message, evidence, changed }: OpenedMessage) {
  const t = useWords();
  const [dialog, ask] = useAction(changed);
  const mayOperate = useMay('operate');
  const { id, state, direction } = message;
  const out = direction === 'out' && mayOperate;
  const pending = ['accepted', 'sent', 'held', 'parked'].includes(state);
  return (
    <div className="page-tools">
      {out && state === 'parked' && (
        <button type="button" className="main" onClick={() => ask(act(message, 'retry'))}>
          <Icon name="retry" />
          {t('act.retry')}
        </button>
      )}
      {out && state === 'refused' && message.replacedBy === null && (
        <>
          <button
            type="button"
            className="main"
            onClick={() => ask(resubmit({ id, subject: message.subject, data: evidence?.set?.data }))}
          >
            <Icon name="edit" />
            {t('act.resubmit')}
          </button>
          <button type="button" onClick={() => ask(act(message, 'dismiss'))}>
            {t('act.dismiss')}
          </button>
        </>
      )}
      {out && pending && (
        <button type="button" className="danger" onClick={() => ask(act(message, 'withdraw'))}>
          {t('act.withdraw')}
        </button>
      )}
      <button
        type="button"
        disabled={!evidence}
        onClick={() =>
          saveFile(
            new Blob([JSON.stringify(evidence, null, 2)], { type: 'application/json' }),
            `${id}.evidence.json`,
          )
        }
      >
        <Icon name="download" />
        {t('messages.evidence-file')}
      </button>
      <button
        type="button"
        disabled={evidence?.set === null}
        onClick={() => void download(`/v1/messages/${id}/set`, `${id}.jwt`)}
      >
        <Icon name="download" />
        {t('messages.set-file')}
      </button>
      {dialog}
    </div>
  );
}

/** One act on one message. Withdrawing takes any that the partner has not answered. */
export function act(
  message: Pick<Message, 'id' | 'subject' | 'version' | 'link'>,
  kind: 'retry' | 'withdraw' | 'dismiss',
): Action {
  const { id, subject, version, link } = message;
  const path = kind === 'withdraw' ? `/v1/ops/messages/${id}/withdraw` : `/v1/ops/dead-letters/${id}/${kind}`;
  return {
    title: say(`act.${kind}`),
    preview: say(`act.${kind}-one`, { subject, version: version ?? '–', link }),
    verb: say(`act.${kind}`),
    dangerous: kind === 'withdraw',
    reason: 'required',
    async run({ reason }) {
      await send('POST', path, { body: { reason } });
      return undefined;
    },
  };
}
