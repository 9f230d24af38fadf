import { hasGrade, isAeo } from '../contract/codes.ts';
import { isJsonObject } from '../envelope/parse-strict-json.ts';
import { benefits, regimes } from '../generated/codes.ts';
import type { ConfigFault } from './config-error.ts';

interface Span {
  pointer: string;
  grade: string;
  regime: string | undefined;
  from: string;
  until: string | undefined;
}

/** Checks a link's recognition table: every entry by itself, and that no day of a grade has two entries. */
export function checkRecognition(pointer: string, table: unknown): ConfigFault[] {
  if (!Array.isArray(table)) return [];
  const entries = table.map((entry: unknown, index) => checkEntry(`${pointer}/${index}`, entry));
  const spans = entries.map(({ span }) => span).filter((span) => span !== undefined);
  return [...entries.flatMap(({ faults }) => faults), ...checkOverlaps(spans)];
}

function checkEntry(pointer: string, entry: unknown): { faults: ConfigFault[]; span?: Span } {
  if (!isJsonObject(entry)) return { faults: [] };
  const faults = [
    ...checkGrade(pointer, entry),
    ...checkDay(`${pointer}/from`, entry.from),
    ...checkDay(`${pointer}/until`, entry.until),
    ...checkBenefits(`${pointer}/benefits`, entry.benefits),
  ];
  const { from, until, regime } = entry;
  if (typeof from === 'string' && typeof until === 'string' && until < from)
    faults.push({ pointer: `${pointer}/until`, message: 'must not be before from' });
  const grade = entry.class ?? entry.tier;
  if (faults.length > 0 || typeof grade !== 'string' || typeof from !== 'string') return { faults };
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return { faults, span: { pointer, grade, regime: text(regime), from, until: text(until) } };
}

function checkGrade(pointer: string, entry: Record<string, unknown>): ConfigFault[] {
  const { class: grade, tier, regime } = entry;
  if ((grade === undefined) === (tier === undefined))
    return [{ pointer, message: 'must name either a class or a tier' }];
  const member = grade === undefined ? 'tier' : 'class';
  const party = member === 'class' ? 'CN' : 'US';
  const known = regimes.filter((each) => each.party === party);
  const under = regime === undefined ? known : known.filter(({ code }) => code === regime);
  if (under.length === 0)
    return [
      { pointer: `${pointer}/regime`, message: `must be one of ${known.map((r) => r.code).join(', ')}` },
    ];
  const wanted = entry[member];
  if (typeof wanted !== 'string' || under.some(({ code }) => isAeo(code, wanted))) return [];
  const where = under.map(({ code }) => code).join(', ');
  const message = under.some(({ code }) => hasGrade(code, wanted))
    ? `${wanted} makes nobody a trusted operator under ${where}`
    : `there is no ${member} ${wanted} under ${where}`;
  return [{ pointer: `${pointer}/${member}`, message }];
}

function checkDay(pointer: string, day: unknown): ConfigFault[] {
  if (typeof day !== 'string') return [];
  const at = new Date(`${day}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(at.getTime());
  if (isDay && at.toISOString().startsWith(day)) return [];
  return [{ pointer, message: 'must be a calendar date, YYYY-MM-DD' }];
}

function checkBenefits(pointer: string, list: unknown): ConfigFault[] {
  if (!Array.isArray(list)) return [];
  const known = benefits.map(({ code }) => code as string);
  return list.flatMap((benefit: unknown, index) =>
    typeof benefit !== 'string' || known.includes(benefit)
      ? []
      : [{ pointer: `${pointer}/${index}`, message: `must be one of ${known.join(', ')}` }],
  );
}

function checkOverlaps(spans: readonly Span[]): ConfigFault[] {
  return spans.flatMap((span, index) => {
    const other = spans.slice(0, index).find((earlier) => overlap(earlier, span));
    if (!other) return [];
    const message = `is in force on days on which ${other.pointer} is: end one before the other begins`;
    return [{ pointer: span.pointer, message }];
  });
}

function overlap(a: Span, b: Span): boolean {
  const sameRegime = a.regime === undefined || b.regime === undefined || a.regime === b.regime;
  const before = (x: Span, y: Span): boolean => x.until !== undefined && x.until < y.from;
  return a.grade === b.grade && sameRegime && !before(a, b) && !before(b, a);
}
