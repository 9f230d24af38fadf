import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { count } from '../words/figures.ts';
import { useWords } from '../words/language.ts';
import { ProblemNote } from './states.tsx';

/** How far it is, as far as it tells. */
export interface Progress {
  done: number;
  total: number;
  failed: number;
}

export interface ActionRun {
  reason: string;
  /** Aborted when the person cancels. */
  signal: AbortSignal;
  progress(progress: Progress): void;
}

export interface Action {
  title: string;
  /** What it will touch and what follows, said before it is done; may ask the gateway (a dry run). */
  preview: ReactNode | ((signal: AbortSignal) => Promise<ReactNode>);
  /** The word of the button that does it. */
  verb: string;
  dangerous?: boolean;
  /** A reason goes to the audit log; `none` only for what changes nothing. */
  reason: 'required' | 'optional' | 'none';
  /** More that is asked, e.g. corrected data. */
  more?: ReactNode;
  wide?: boolean;
  /** Whether it can be stopped on its way; what is done stays done. */
  cancellable?: boolean;
  /** @returns what was done, shown at the end; nothing: the dialog closes at once */
  run(run: ActionRun): Promise<ReactNode | undefined>;
}

type Step =
  | { is: 'asking' }
  | { is: 'running'; progress?: Progress; cancelling?: boolean }
  | { is: 'done'; result: ReactNode };

/** Says what will be touched, asks why, shows how far it is, can be cancelled, says what was done. */
export function ActionDialog({ action, close }: { action: Action; close(): void }) {
  const t = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const stop = useRef<AbortController>(undefined);
  const [step, setStep] = useState<Step>({ is: 'asking' });
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const [preview, refused] = usePreview(action);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);

  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    stop.current = new AbortController();
    setProblem(undefined);
    setStep({ is: 'running' });
    try {
      const result = await action.run({
        reason: reason.trim(),
        signal: stop.current.signal,
        progress: (progress) => setStep((now) => (now.is === 'running' ? { ...now, progress } : now)),
      });
      if (result === undefined) close();
      else setStep({ is: 'done', result });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
      setStep({ is: 'asking' });
    }
  };
  const cancel = (): void => {
    stop.current?.abort();
    setStep((now) => (now.is === 'running' ? { ...now, cancelling: true } : now));
  };
  const needsReason = action.reason === 'required' && reason.trim() === '';
  return (
    <dialog
      ref={dialog}
      className={action.wide ? 'wide' : undefined}
      aria-labelledby={title}
      onCancel={(event) => {
        if (step.is === 'running') event.preventDefault();
      }}
      onClose={close}
    >
      <form onSubmit={(event) => void start(event)}>
        <h2 id={title}>{action.title}</h2>
        {step.is === 'done' ? (
          <div role="status">{step.result}</div>
        ) : (
          <>
            <div className="preview" aria-live="polite">
              {preview ?? (!refused && <span className="quiet">{t('action.counting')}</span>)}
            </div>
            {action.more}
            {action.reason !== 'none' && (
              <label className="field">
                <span>{t(action.reason === 'required' ? 'action.reason' : 'action.reason-optional')}</span>
                <textarea
                  rows={2}
                  maxLength={500}
                  required={action.reason === 'required'}
                  disabled={step.is === 'running'}
                  value={reason}
                  onChange={({ target }) => setReason(target.value)}
                />
                <small>{t('action.reason-why')}</small>
              </label>
            )}
            {step.is === 'running' && <ProgressBar {...(step.progress ? { progress: step.progress } : {})} />}
            {(problem ?? refused) && <ProblemNote problem={(problem ?? refused) as ApiProblem} />}
          </>
        )}
        <div className="dialog-foot">
          {step.is === 'asking' && (
            <>
              <button type="button" onClick={close}>
                {t('action.leave')}
              </button>
              <button
                type="submit"
                className={action.dangerous ? 'danger' : 'main'}
                disabled={needsReason || preview === undefined}
              >
                {action.verb}
              </button>
            </>
          )}
          {step.is === 'running' && action.cancellable && (
            <button type="button" disabled={step.cancelling} onClick={cancel}>
              {t(step.cancelling ? 'action.cancelling' : 'action.cancel')}
            </button>
          )}
          {step.is === 'done' && (
            <button type="button" className="main" onClick={close}>
              {t('action.close')}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

/** The preview is asked for once: what it counted is what is confirmed. */
function usePreview({ preview }: Action): [ReactNode | undefined, ApiProblem | undefined] {
  const [answer, setAnswer] = useState<ReactNode>();
  const [problem, setProblem] = useState<ApiProblem>();
  const first = useRef(preview);
  useEffect(() => {
    const asked = first.current;
    if (typeof asked !== 'function') return;
    const stop = new AbortController();
    asked(stop.signal).then(setAnswer, (error: unknown) => {
      if (stop.signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    });
    return () => stop.abort();
  }, []);
  return [typeof preview === 'function' ? answer : preview, problem];
}

export function ProgressBar({ progress }: { progress?: Progress }) {
  const t = useWords();
  const label = progress
    ? t('action.progress', { done: count(progress.done), total: count(progress.total) })
    : t('action.running');
  return (
    <div className="progress" role="status">
      <progress
        aria-label={label}
        {...(progress ? { value: progress.done + progress.failed, max: Math.max(1, progress.total) } : {})}
      />
      <span>
        {label}
        {progress && progress.failed > 0 && ` · ${t('action.failed', { n: count(progress.failed) })}`}
      </span>
    </div>
  );
}
