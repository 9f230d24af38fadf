import { type ProblemCode, problems, problemType } from './problems.ts';

/** One fault of a request: a contract issue, or of the same shape. The pointer is into the body. */
export interface ProblemIssue {
  pointer: string;
  code: string;
  rule?: string;
  message: string;
}

export interface ProblemOptions {
  /** What happened and what to do, for the caller: never a value of another party, a secret or an internal. */
  detail?: string;
  errors?: readonly ProblemIssue[];
  /** Sent as `Retry-After`; every 429 and 503 has one, 5 s unless told. */
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
  /** Members of this kind of problem, e.g. the cursor to go on from. */
  more?: Record<string, unknown>;
  cause?: unknown;
}

const RETRY_AFTER_SECONDS = 5;

/** What a route throws to answer with a problem (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly ProblemIssue[];
  readonly headers: Record<string, string>;
  readonly more: Record<string, unknown>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? problems[code].title, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = problems[code].status;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.more = options.more ?? {};
    const wait = this.status === 429 || this.status === 503 ? RETRY_AFTER_SECONDS : undefined;
    const seconds = options.retryAfterSeconds ?? wait;
    this.headers = {
      ...options.headers,
      ...(seconds === undefined ? {} : { 'retry-after': String(Math.ceil(seconds)) }),
    };
  }
}

/** `application/problem+json`; also the `problem` of one item of a batch, then without an instance. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: readonly ProblemIssue[];
  [member: string]: unknown;
}

/** @param instance identifies this occurrence, as the log does */
export function problemDocument(problem: Problem, instance?: string): ProblemDocument {
  return {
    ...problem.more,
    type: problemType(problem.code),
    title: problems[problem.code].title,
    status: problem.status,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(instance === undefined ? {} : { instance }),
    ...(problem.errors.length === 0 ? {} : { errors: problem.errors }),
  };
}
