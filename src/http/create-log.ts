import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/** Wherever these members stand, their values are not written. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'password',
  'passphrase',
  'keyPem',
  'secret',
  'databaseUrl',
  'connectionString',
  'jws',
];

/** Two levels cover what we log: a member of the line, or of an object in it. */
const redact = {
  paths: SECRET_MEMBERS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
  censor: '[redacted]',
};

/** The log of the gateway: JSON lines on standard output, without secrets. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, redact, serializers: { err: describeError, error: describeError }, base: null };
  return destination ? pino(options, destination) : pino(options);
}

/** An error in the log. */
interface DescribedError {
  name: string;
  code?: unknown;
  message: string;
  stack?: string;
  cause?: DescribedError;
}

/**
 * Only name, code, message, stack and cause: the other members of a driver's error (detail, parameters,
 * internal query) hold values of rows.
 */
function describeError(error: unknown, depth = 0): DescribedError | unknown {
  if (!(error instanceof Error)) return stdSerializers.err(error as Error);
  const code: unknown = Reflect.get(error, 'code');
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: withoutSecrets(error.message),
    ...(error.stack === undefined || depth > 0 ? {} : { stack: withoutSecrets(error.stack) }),
    ...(error.cause === undefined || depth > 3 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Access tokens and passwords in URLs, should a message ever quote one. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/mra_[\w-]{20,}/g, 'mra_[redacted]')
    .replace(/(\w+:\/\/[^:/@\s]*):[^@\s]*@/g, '$1:[redacted]@');
}
