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
      {told(items).map(({ key, name, value }) => (
        <div key={key}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Two facts may bear one name: the key says the how-manieth it is. */
function told(items: readonly (readonly [string, ReactNode])[]) {
  const seen = new Map<string, number>();
  return items
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => {
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return { key: `${name} ${nth}`, name, value };
    });
}
