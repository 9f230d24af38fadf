/** Whether the person is writing, so that single letters are text and no commands. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

/** Whether single letters are commands now: nobody writes, and no dialog is open. */
export function takesCommands(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return false;
  return document.querySelector('dialog[open]') === null;
}

/** Whether Enter belongs to what has the focus. */
export function isOnControl({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('a, button, summary, select') !== null;
}
