import type { ReactNode } from 'react';

/** The title of a page and what can be done with the whole of it. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="page-head">
      <h1>{title}</h1>
      <div className="page-tools">{children}</div>
    </div>
  );
}

/** A part of a page under its own heading. */
export function Section({
  title,
  tools,
  className = '',
  children,
}: {
  title: ReactNode;
  tools?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={`part ${className}`}>
      <div className="part-head">
        <h2>{title}</h2>
        {tools && <div className="page-tools">{tools}</div>}
      </div>
      {children}
    </section>
  );
}

/** Names and what stands for them, in two columns. Pairs without a value are left out. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {items
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two facts may bear one name
          <div key={`${name} ${index}`}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
