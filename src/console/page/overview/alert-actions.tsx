import { send } from '../api/client.ts';
import type { Alert } from '../api/types.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { say } from '../words/language.ts';
import { OwnWords } from '../words/said.tsx';

function post(alert: Alert, act: string, body: object = {}): Promise<unknown> {
  return send('POST', `/v1/ops/alerts/${encodeURIComponent(alert.id)}/${act}`, { body });
}

/** Somebody takes care of it: the others see who. */
export function acknowledge(alert: Alert): Action {
  return {
    title: say('alerts.acknowledge'),
    preview: <OwnWords text={alert.text} />,
    verb: say('alerts.acknowledge'),
    reason: 'optional',
    async run({ reason }) {
      await post(alert, 'acknowledge', reason === '' ? {} : { note: reason });
      return undefined;
    },
  };
}

const HOURS = [1, 4, 12, 24, 72] as const;

/** No noise until a time; at most 7 days. */
export function mute(alert: Alert): Action {
  let hours = 4;
  return {
    title: say('alerts.mute'),
    preview: <OwnWords text={alert.text} />,
    verb: say('alerts.mute'),
    reason: 'required',
    more: (
      <label className="field">
        <span>{say('alerts.mute-for')}</span>
        <select
          defaultValue={hours}
          onChange={({ target }) => {
            hours = Number(target.value);
          }}
        >
          {HOURS.map((each) => (
            <option key={each} value={each}>
              {say('figure.h', { n: each })}
            </option>
          ))}
        </select>
      </label>
    ),
    async run({ reason }) {
      await post(alert, 'mute', { until: new Date(Date.now() + hours * 3_600_000).toISOString(), reason });
      return undefined;
    },
  };
}

export function unmute(alert: Alert): Action {
  return {
    title: say('alerts.unmute'),
    preview: <OwnWords text={alert.text} />,
    verb: say('alerts.unmute'),
    reason: 'none',
    async run() {
      await post(alert, 'unmute');
      return undefined;
    },
  };
}

export function addNote(alert: Alert): Action {
  let text = '';
  return {
    title: say('alerts.note'),
    preview: <OwnWords text={alert.text} />,
    verb: say('notes.add'),
    reason: 'none',
    more: (
      <label className="field">
        <span>{say('notes.text')}</span>
        <textarea
          rows={3}
          maxLength={2000}
          required
          onChange={({ target }) => {
            text = target.value;
          }}
        />
      </label>
    ),
    async run() {
      await post(alert, 'note', { text });
      return undefined;
    },
  };
}
