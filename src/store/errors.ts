/**
 * What the store can fail with.
 * - `unavailable`: no connection, or the server is going down or coming up; nothing was committed.
 * - `commit-unknown`: the connection broke while COMMIT was under way; it may have been committed.
 * - `disk-full`: the server has no space left; nothing was committed.
 * - `timeout`: a statement or a lock took longer than allowed; nothing was committed.
 * - `conflict`: a deadlock or serialization failure that retries did not overcome; safe to try again.
 * - `constraint`: a key, check or foreign key said no; `constraint` names it.
 * - `refused`: the server does not let us in (password, database, rights).
 * - `unsuitable`: the server is too old or not UTF-8.
 * - `query`: the statement is wrong, a defect of the program.
 * - `schema-newer`: a newer program has migrated this database.
 * - `schema-changed`: an applied migration differs from the file of the same number.
 * - `embedded`: the embedded server cannot be set up or started.
 * - `backup`: a backup cannot be taken, or is not one that can be restored here.
 */
export type StoreErrorCode =
  | 'unavailable'
  | 'commit-unknown'
  | 'disk-full'
  | 'timeout'
  | 'conflict'
  | 'constraint'
  | 'refused'
  | 'unsuitable'
  | 'query'
  | 'schema-newer'
  | 'schema-changed'
  | 'embedded'
  | 'backup';

/** The message says what happened and what to do; it never holds values, statements or passwords. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** For `constraint`: the name of what said no. */
  readonly constraint: string | undefined;

  constructor(code: StoreErrorCode, message: string, options: { cause?: unknown; constraint?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'StoreError';
    this.code = code;
    this.constraint = options.constraint;
  }
}

const SENTENCES = {
  unavailable: 'The database cannot be reached. Try again; if it persists, look at the database server.',
  'disk-full': 'The database server has no disk space left. Free some; nothing was changed.',
  timeout: 'The database took too long to answer. Nothing was changed; try again.',
  conflict: 'The database could not do this beside other work at the same time. Try again.',
  refused: 'The database refuses the login. Check the user, password and database of DATABASE_URL.',
  constraint: 'The database already holds something that excludes this.',
  query: 'The database refused a statement of the program.',
} as const satisfies Partial<Record<StoreErrorCode, string>>;

/** Maps what `pg` and the socket throw to a StoreError; what already is one stays as it is. */
export function storeErrorOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const name = constraintOf(error);
  return new StoreError(code, SENTENCES[code] + (code === 'constraint' && name ? ` (${name})` : ''), {
    cause: error,
    ...(name === undefined ? {} : { constraint: name }),
  });
}

/** True for errors that come from `pg` or its socket, false for those that the caller's own work threw. */
export function isDatabaseFailure(error: unknown): boolean {
  return sqlStateOf(error) !== undefined || isConnectionFailure(error);
}

function codeOf(error: unknown): keyof typeof SENTENCES {
  const state = sqlStateOf(error);
  if (state === undefined) return isConnectionFailure(error) ? 'unavailable' : 'query';
  // https://www.postgresql.org/docs/18/errcodes-appendix.html
  if (state === '53100') return 'disk-full';
  if (state === '40001' || state === '40P01') return 'conflict';
  if (state === '57014' || state === '55P03' || state === '25P03' || state === '25P04') return 'timeout';
  if (state.startsWith('23')) return 'constraint';
  if (state.startsWith('28') || state === '3D000' || state === '42501') return 'refused';
  // 25006: the server became a read-only standby; 53: out of connections or memory; 57P: going down or up.
  if (state.startsWith('08') || state.startsWith('53') || state.startsWith('57P')) return 'unavailable';
  if (state === '25006' || state.startsWith('58')) return 'unavailable';
  return 'query';
}

/** The five characters of SQLSTATE, if the server said so. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = memberOf(error, 'code');
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && memberOf(error, 'severity') !== undefined
    ? code
    : undefined;
}

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = memberOf(error, 'code');
  if (typeof code === 'string' && SOCKET_CODES.has(code) && memberOf(error, 'syscall') !== undefined)
    return true;
  // `pg` gives these no code.
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|The server does not support SSL)/.test(
    error.message,
  );
}

function constraintOf(error: unknown): string | undefined {
  const name = memberOf(error, 'constraint');
  return typeof name === 'string' ? name : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
