import { JsonError } from '../envelope/json-error.ts';
import { RemoteKeyError } from '../envelope/remote-key.ts';
import { StoreError, type StoreErrorCode } from '../store/errors.ts';
import { IntakeRefused } from '../submission/intake/intake-refused.ts';
import { Problem, type ProblemIssue } from './problem.ts';
import type { ProblemCode } from './problems.ts';

/** Maps whatever a request ended with to the problem that the caller is told: the one place that does. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof JsonError) return malformedBody(error);
  if (error instanceof StoreError) return storeProblem(error);
  if (error instanceof IntakeRefused) return refusedIntake(error);
  if (error instanceof RemoteKeyError) return signerAway(error);
  return frameworkProblem(error) ?? new Problem('internal', { detail: INTERNAL, cause: error });
}

const INTERNAL = 'Nothing that was not answered is certain. The log has the reason under the instance.';

function malformedBody(error: JsonError): Problem {
  const message = `the body ${error.message}`;
  return new Problem('malformed', {
    detail: `The body must be JSON in UTF-8: it ${error.message}.`,
    errors: [{ pointer: error.pointer ?? '', code: error.code, message }],
    cause: error,
  });
}

/** 5xx that may pass by themselves are 503; a defect of ours is 500. */
const STORE_PROBLEMS: Record<StoreErrorCode, ProblemCode> = {
  unavailable: 'unavailable',
  timeout: 'unavailable',
  conflict: 'unavailable',
  'disk-full': 'unavailable',
  refused: 'unavailable',
  embedded: 'unavailable',
  backup: 'unavailable',
  'commit-unknown': 'outcome-unknown',
  constraint: 'internal',
  query: 'internal',
  unsuitable: 'internal',
  'schema-newer': 'internal',
  'schema-changed': 'internal',
};

/** What the caller is told: what it is, whether anything was changed, what to do; `reason` is for programs. */
const STORE_REASONS: Partial<Record<StoreErrorCode, { reason: string; detail: string }>> = {
  unavailable: {
    reason: 'database-away',
    detail: 'The database does not answer as it should. Nothing was changed; try again later.',
  },
  timeout: { reason: 'database-slow', detail: 'The database took too long. Nothing was changed; try again.' },
  conflict: {
    reason: 'database-busy',
    detail: 'Others were changing the same at the same time. Nothing was changed; try again.',
  },
  'disk-full': {
    reason: 'disk-full',
    detail: 'The database has no disk space left. Nothing was changed; try again when some was freed.',
  },
  refused: {
    reason: 'database-away',
    detail: 'The database does not let the gateway in. Nothing was changed; try again later.',
  },
  embedded: { reason: 'database-away', detail: 'The database does not start. Try again later.' },
  'commit-unknown': {
    reason: 'commit-unknown',
    detail:
      'The connection to the database broke while it was committing. Repeat the request with the same Idempotency-Key, or ask what is there.',
  },
};

const DISK_FULL_RETRY_SECONDS = 30;

function storeProblem(error: StoreError): Problem {
  const said = STORE_REASONS[error.code];
  return new Problem(STORE_PROBLEMS[error.code], {
    detail: said?.detail ?? INTERNAL,
    ...(said && { more: { reason: said.reason } }),
    ...(error.code === 'disk-full' && { retryAfterSeconds: DISK_FULL_RETRY_SECONDS }),
    cause: error,
  });
}

function refusedIntake({ reason, message, retryAfterSeconds }: IntakeRefused): Problem {
  return new Problem('unavailable', { detail: message, retryAfterSeconds, more: { reason } });
}

/** The transaction that would have signed is rolled back. */
function signerAway(error: RemoteKeyError): Problem {
  const detail =
    'The device that holds the signing key does not answer. Nothing was changed; try again later.';
  return new Problem('unavailable', { detail, more: { reason: 'signer-away' }, cause: error });
}

/** What Fastify and its plugins throw. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const issues = validationIssues(error);
  if (issues)
    return new Problem('malformed', {
      detail: 'The request is not as the API describes it.',
      errors: issues,
      cause: error,
    });
  const status: unknown = Reflect.get(error, 'statusCode');
  switch (status) {
    case 413:
      return new Problem('too-large', {
        detail: 'The body is larger than this call takes. Send less at a time.',
        errors: [{ pointer: '', code: 'too-long', message: 'the body has more bytes than this call takes' }],
        cause: error,
      });
    case 415:
      return new Problem('unsupported-media-type', { detail: 'Send application/json.', cause: error });
    case 429:
      return new Problem('rate-limited', { detail: 'Wait and try again.', cause: error });
    case 503:
      return new Problem('unavailable', { detail: 'The gateway is closing. Try again.', cause: error });
    default:
      return typeof status === 'number' && status >= 400 && status < 500
        ? new Problem('malformed', { detail: 'The request cannot be read.', cause: error })
        : undefined;
  }
}

/** What validate-request.ts found in the path, the query or the header. */
function validationIssues(error: Error): ProblemIssue[] | undefined {
  const { validation, validationContext } = error as Error & {
    validation?: unknown;
    validationContext?: unknown;
  };
  if (!Array.isArray(validation)) return undefined;
  return validation.map(
    (fault: { instancePath?: string; message?: string; params?: Record<string, unknown> }) => {
      const name = fault.params?.additionalProperty ?? fault.params?.missingProperty;
      const pointer = `${fault.instancePath ?? ''}${typeof name === 'string' ? `/${name}` : ''}`;
      return {
        pointer,
        code: 'malformed',
        message: `${validationContext}: ${fault.message ?? 'is malformed'}`,
      };
    },
  );
}
