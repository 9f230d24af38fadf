import { type ReactNode, useCallback, useState } from 'react';
import { type Action, ActionDialog } from './action-dialog.tsx';

/** A place for one dialog: `[dialog, ask]`; the dialog is put anywhere in the page. */
export function useAction(after?: () => void): [ReactNode, (action: Action) => void] {
  const [action, setAction] = useState<Action>();
  const close = useCallback(() => {
    setAction(undefined);
    after?.();
  }, [after]);
  return [action ? <ActionDialog key={action.title} action={action} close={close} /> : null, setAction];
}
