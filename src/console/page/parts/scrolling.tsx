import type { ReactNode } from 'react';

/** A box that scrolls by itself. What scrolls must be reachable by keyboard, so that arrows can move it. */
export function Scrolling({
  label,
  className = 'scroll',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1 asks for it here (axe: scrollable-region-focusable)
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
