import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * The engine's log: one JSON line per event. It never contains data that identify a person or open an
 * account: fields are hidden by name at any depth, bytes are not printed, and digit runs as long as ID or
 * card numbers are removed from texts.
 */
export type LogOptions = {
  readonly level: string;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
};

/**
 * Names of fields that are never printed: of the engine's messages, of the national medical-insurance
 * interface (certno, psn_no, card_sn …) and of ISO 8583 (fields 2, 35, 36, 52, 55). Case, dashes and
 * underscores are ignored.
 */
export const forbiddenFields: ReadonlySet<string> = new Set(
  [
    ...[
      'pin',
      'pinBlock',
      'pinVerifier',
      'newPin',
      'oldPin',
      'password',
      'secret',
      'authorization',
      'token',
      'oldPassword',
      'newPassword',
      'secretUri',
    ],
    ...['pan', 'track1', 'track2', 'track3', 'cardId', 'cardNumber', 'cardSn', 'cardNo', 'account'],
    ...['certno', 'idNo', 'idNumber', 'psnNo', 'personNumber', 'psnName', 'holderName', 'phone'],
    ...['field2', 'field35', 'field36', 'field52', 'field55', 'f2', 'f35', 'f36', 'f52', 'f55'],
    ...['key', 'privateKey', 'workKey', 'masterKey', 'macKey', 'sessionKey', 'databaseUrl'],
  ].map(plainName),
);

const hidden = '[hidden]';
const depthMax = 6;

/**
 * Makes the logger that the whole engine uses.
 * @param options level (pino's names) and, in tests, where the lines go
 */
export function createLogger(options: LogOptions): Logger {
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => hideFields(fields, 0),
      },
      hooks: {
        logMethod(parameters, method) {
          const [first, ...rest] = parameters as unknown[];
          // pino prints the message of a single error argument unchanged.
          const given =
            first instanceof Error
              ? [{ err: first }, ...(rest.length ? rest : [first.message])]
              : [first, ...rest];
          const safe = given.map((value) =>
            typeof value === 'string' ? hideDigits(value) : value,
          );
          Reflect.apply(method, this, safe);
        },
      },
      serializers: {
        err: describeError,
        req: describeRequest,
        res: describeReply,
      },
    },
    ...(options.destination === undefined ? [] : [options.destination]),
  );
  // pino applies no formatter to the fields of a child logger; children inherit this method.
  const child = logger.child;
  logger.child = function (this: Logger, fields, childOptions) {
    return child.call(this, hideFields(fields, 0), childOptions);
  } as typeof child;
  return logger;
}

/** Replaces runs of 15 to 19 digits (ID numbers old and new, also with X; card numbers). */
export function hideDigits(text: string): string {
  return text.replace(/(?<![\dA-Za-z])\d{14,18}[\dXx](?![\dA-Za-z])/g, hidden);
}

function hideFields(fields: object, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (forbiddenFields.has(plainName(name))) shown[name] = hidden;
    // These three have serializers that select the allowed data.
    else if (depth === 0 && (name === 'err' || name === 'req' || name === 'res'))
      shown[name] = value;
    else shown[name] = hideValue(value, depth + 1);
  }
  return shown;
}

function hideValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return hideDigits(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= depthMax) return '[deep]';
  if (Array.isArray(value)) return value.map((entry) => hideValue(entry, depth + 1));
  return hideFields(value, depth);
}

/** Keeps only the code of database errors, whose `detail` and `where` contain row values and statements. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: hideDigits(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    type: error.name,
    ...code,
    message: hideDigits(error.message),
    stack: hideDigits(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Path without the query, which may contain personal data. */
function describeRequest(request: unknown): Record<string, unknown> {
  const { id, method, url } = record(request);
  const path = typeof url === 'string' ? hideDigits(url.split('?', 1)[0] ?? '') : undefined;
  return { id, method, path };
}

function describeReply(reply: unknown): Record<string, unknown> {
  return { status: record(reply)['statusCode'] };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function plainName(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}
