import { spawnSync } from 'node:child_process';

/** What `npm audit` knows of the dependencies. */
export type AuditOutcome =
  | { checked: true; high: number; critical: number; found: string[] }
  /** The registry answers no audits: that is no finding, and no proof that there is none. */
  | { checked: false; why: string };

interface AuditReport {
  message?: string;
  error?: { summary?: string };
  metadata?: { vulnerabilities?: { high?: number; critical?: number } };
  vulnerabilities?: Record<string, { name: string; severity: string; range: string }>;
}

const SEVERE = ['high', 'critical'];

/** Asks the registry about what package-lock.json names. */
export function askAudit(): AuditOutcome {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return readAudit(stdout);
}

/** Reads what `npm audit --json` printed. */
export function readAudit(text: string): AuditOutcome {
  const report = parse(text);
  const counts = report?.metadata?.vulnerabilities;
  if (!counts) {
    const why = report?.message ?? report?.error?.summary ?? 'npm audit printed no report';
    return { checked: false, why };
  }
  const found = Object.values(report?.vulnerabilities ?? {})
    .filter(({ severity }) => SEVERE.includes(severity))
    .map(({ name, severity, range }) => `${severity}: ${name} ${range}`);
  return { checked: true, high: counts.high ?? 0, critical: counts.critical ?? 0, found };
}

function parse(text: string): AuditReport | undefined {
  try {
    return JSON.parse(text) as AuditReport;
  } catch {
    return undefined;
  }
}

/** `node bench/trust/npm-audit.ts`: exit 0 without a finding, 1 with one, 3 where the registry answers no audits. */
if (import.meta.main) {
  const outcome = askAudit();
  if (!outcome.checked) {
    console.log(`NOT CHECKED: the registry answers no audits (${outcome.why}).`);
    console.log('Nothing is known of weaknesses of the dependencies. Run it where the registry does.');
    process.exitCode = 3;
  } else if (outcome.high + outcome.critical > 0) {
    for (const line of outcome.found) console.log(line);
    process.exitCode = 1;
  } else console.log('No dependency has a known weakness of level high or critical.');
}
