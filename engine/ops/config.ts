import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { parseFailpoints } from '../failpoints/parse.ts';
import {
  allowedValues,
  integer,
  isVariable,
  oneOf,
  tenToMillion,
  text,
  type Variable,
} from './config-variables.ts';
import { keystoreSettings, refuseKeystore } from './keystore-settings.ts';
import { readDatabaseAddress } from './postgres/database-address.ts';
import { refuseSandboxClock, sandboxClockSetting } from './sandbox-clock.ts';
import { StartupError } from './startup-error.ts';

const REGION_ORDER = '[0-9]{6}=(keep|refuse|reprice)';
/** A minute to a year, ms. */
const listAge = { minimum: 60_000, maximum: 31_536_000_000 };
/** Care type, then yuan for the bill and for a line. */
const CEILING = '[0-9]{2,6}=[1-9][0-9]{0,8}/[1-9][0-9]{0,8}';

/**
 * All settings: variable, allowed values, default. Times in ms. A value that is not allowed stops the start
 * with one line; nothing is guessed or rounded.
 */
const configSchema = Type.Object({
  mode: oneOf('YIKATONG_MODE', ['sandbox', 'production'], 'sandbox'),
  host: text('YIKATONG_HOST', { minLength: 1, default: '127.0.0.1' }),
  port: integer('YIKATONG_PORT', { minimum: 0, maximum: 65_535, default: 8080 }),
  /** TLS, PEM files: see engine/docs/operating/transport.md. Without them the engine serves plain HTTP. */
  tlsCertificate: Type.Optional(text('YIKATONG_TLS_CERTIFICATE', { minLength: 1 })),
  tlsKey: Type.Optional(text('YIKATONG_TLS_KEY', { minLength: 1 })),
  tlsClientAuthority: Type.Optional(text('YIKATONG_TLS_CLIENT_AUTHORITY', { minLength: 1 })),
  tlsRevocations: Type.Optional(text('YIKATONG_TLS_REVOCATIONS', { minLength: 1 })),
  ...sandboxClockSetting,
  /** Folder of the embedded database and of the development keys. */
  dataDir: text('YIKATONG_DATA', { minLength: 1, default: '.yikatong' }),
  ...keystoreSettings,
  /** An existing PostgreSQL; without it the embedded one is started. */
  databaseUrl: Type.Optional(text('DATABASE_URL', { pattern: '^postgres(ql)?://.+' })),
  /** Copies of a settlement on disk before it is answered; 2 needs a synchronous standby. */
  databaseCopies: integer('YIKATONG_DATABASE_COPIES', { minimum: 1, maximum: 2, default: 1 }),
  databaseConnectionsMax: integer('YIKATONG_DATABASE_CONNECTIONS_MAX', {
    minimum: 2,
    maximum: 200,
    default: 8,
  }),
  /** The bank's host; without it the sandbox's bank is started. */
  bankHost: Type.Optional(text('YIKATONG_BANK_HOST', { minLength: 1 })),
  bankPort: Type.Optional(integer('YIKATONG_BANK_PORT', { minimum: 1, maximum: 65_535 })),
  /** Time limit for a bank's answer, ms; then the outcome is unknown. */
  bankTimeoutMs: integer('YIKATONG_BANK_TIMEOUT_MS', {
    minimum: 100,
    maximum: 60_000,
    default: 10_000,
  }),
  /** An approval whose host time is further before its request is not believed, ms. */
  bankClockToleranceMs: integer('YIKATONG_BANK_CLOCK_TOLERANCE_MS', {
    minimum: 1_000,
    maximum: 86_400_000,
    default: 300_000,
  }),
  /** Field 42 of answers: the request's, or any (the acquirer writes a number of its own). */
  bankAnswerMerchant: oneOf('YIKATONG_BANK_ANSWER_MERCHANT', ['same', 'any'], 'same'),
  /** Field 4 of answers: the request's, or also masked (left out, zeros, half-bytes that are no digits). */
  bankAnswerAmount: oneOf('YIKATONG_BANK_ANSWER_AMOUNT', ['same', 'masked'], 'same'),
  logLevel: oneOf(
    'YIKATONG_LOG_LEVEL',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
  /** Maximum number of commands in one transaction of the batch writer. */
  batchCommandsMax: integer('YIKATONG_BATCH_MAX', { minimum: 1, maximum: 5000, default: 500 }),
  /** Maximum number of queued commands; more are refused as BUSY. */
  queueCommandsMax: integer('YIKATONG_QUEUE_MAX', { minimum: 1, maximum: 100_000, default: 5000 }),
  /** Requests of one terminal that run at the same time and start work; more are refused as BUSY. */
  terminalRequestsMax: integer('YIKATONG_TERMINAL_REQUESTS_MAX', {
    minimum: 1,
    maximum: 100_000,
    default: 64,
  }),
  /** Open connections of one network address; beyond it the one that was unused longest is closed. */
  addressConnectionsMax: integer('YIKATONG_ADDRESS_CONNECTIONS_MAX', tenToMillion(10_000)),
  /** Unfinished requests of one network address; beyond it the oldest is cut off. */
  addressHalfSentMax: integer('YIKATONG_ADDRESS_HALF_SENT_MAX', tenToMillion(4_096)),
  /** Interval of the check for activated packs and catalogues, ms. */
  policyPollMs: integer('YIKATONG_POLICY_POLL_MS', {
    minimum: 50,
    maximum: 600_000,
    default: 2_000,
  }),
  /** Bill review: no check, findings as warnings, or findings refuse the bill. */
  billChecks: oneOf('YIKATONG_BILL_CHECKS', ['off', 'warn', 'refuse'], 'warn'),
  /** A bill whose prescription was settled before with an item in common: a warning, or refused. */
  duplicatePrescriptions: oneOf('YIKATONG_DUPLICATE_PRESCRIPTIONS', ['warn', 'refuse'], 'refuse'),
  /**
   * Ceilings of plausibility by care type, yuan for the bill and for a line: "41=8000/4000,14=200000/90000".
   * Care types that are not named keep their default; above, a supervisor confirms.
   */
  billCeilings: Type.Optional(
    text('YIKATONG_BILL_CEILINGS', { pattern: `^${CEILING}(,${CEILING})*$` }),
  ),
  /**
   * What a refund does when later bills were split on top of the one that goes back, by insured region:
   * "110000=refuse,310000=keep". Regions that are not named keep the later bills.
   */
  refundOrder: Type.Optional(
    text('YIKATONG_REFUND_ORDER', { pattern: `^${REGION_ORDER}(,${REGION_ORDER})*$` }),
  ),
  /**
   * Months of requests and postings that stay attached, including the current one; without it all stay. At
   * least seven, because a month can be detached half a year after its end.
   */
  monthsKept: Type.Optional(integer('YIKATONG_MONTHS_KEPT', { minimum: 7, maximum: 1_200 })),
  /** Age at which an open reversal raises the alarm, ms. */
  reversalAlarmMs: integer('YIKATONG_REVERSAL_ALARM_MS', {
    minimum: 1_000,
    maximum: 86_400_000,
    default: 300_000,
  }),
  /** An invalid list that its issuer made earlier than this is outdated, ms, by level; unset: not watched. */
  listAgeNationalMs: Type.Optional(integer('YIKATONG_LIST_AGE_NATIONAL_MS', listAge)),
  listAgeProvincialMs: Type.Optional(integer('YIKATONG_LIST_AGE_PROVINCIAL_MS', listAge)),
  listAgeCityMs: Type.Optional(integer('YIKATONG_LIST_AGE_CITY_MS', listAge)),
  /** What an outdated list does beside the alarm: nothing, or no card pays until it is renewed. */
  listsOutdated: oneOf('YIKATONG_LISTS_OUTDATED', ['alarm', 'refuse'], 'alarm'),
  /** Bearer token of GET /metrics; without it the page does not exist. */
  metricsToken: Type.Optional(
    text('YIKATONG_METRICS_TOKEN', { pattern: '^[A-Za-z0-9._~+/=-]{16,200}$' }),
  ),
  /** Failpoints, see engine/docs/operating/failpoints.md. */
  failpoints: Type.Optional(text('YIKATONG_FAILPOINTS', { minLength: 1 })),
});

export type Config = Static<typeof configSchema>;

/**
 * Environment variables. An empty one counts as unset: compose files and service units pass empty
 * variables.
 */
type ProcessEnv = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration.
 * @param env usually `process.env`
 * @returns every setting, with defaults filled in
 * @throws StartupError CONFIG_INVALID: which variable, what is wrong with it, what is allowed
 */
export function readConfig(env: ProcessEnv): Config {
  const properties = Object.entries(configSchema.properties).map(
    ([key, schema]) => [key, schema as unknown] as const,
  );
  const known = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [key, schema] of properties) {
    if (!isVariable(schema)) continue;
    known.add(schema.variable);
    const value = readVariable(schema, env[schema.variable]);
    if (value !== undefined) values[key] = value;
  }
  refuseUnknown(env, known);
  if (!Value.Check(configSchema, values)) throw invalid('YIKATONG_*', '不完整', 'is incomplete');
  refuseDatabaseHosts(values);
  refuseHalfBank(values);
  refuseHalfTls(values);
  refuseFailpoints(values);
  refuseKeystore(values, invalid);
  refuseSandboxClock(values, invalid);
  return values;
}

function readVariable(schema: Variable, raw: string | undefined): unknown {
  if (raw === undefined || raw.trim() === '')
    return 'default' in schema ? schema.default : undefined;
  const given = raw.trim();
  const value = Type.IsInteger(schema) && /^\d{1,9}$/.test(given) ? Number(given) : given;
  if (Value.Check(schema, value)) return value;
  const allowed = allowedValues(schema);
  if (schema.variable === 'YIKATONG_METRICS_TOKEN') {
    throw invalid(
      schema.variable,
      `不正确；应为 ${allowed.zh}`,
      `is not allowed; it has ${allowed.en}`,
    );
  }
  // A database address contains a password; like the token above it is not printed.
  if (schema.variable === 'DATABASE_URL') {
    throw invalid(
      schema.variable,
      `不是数据库地址；应为 ${allowed.zh}`,
      `is no database address; it looks like ${allowed.en}`,
    );
  }
  const shown = `"${given.slice(0, 60)}"`;
  throw invalid(
    schema.variable,
    `的值 ${shown} 不正确；允许：${allowed.zh}`,
    `has the value ${shown}, allowed is ${allowed.en}`,
  );
}

/** Refuses unknown variables: a misspelt name would silently leave a default in force. */
function refuseUnknown(env: ProcessEnv, known: ReadonlySet<string>): void {
  for (const name of Object.keys(env)) {
    if (name.startsWith('YIKATONG_') && !known.has(name)) {
      const names = [...known].join(', ');
      throw invalid(name, `不是已知的变量；已知：${names}`, `is not known; known are ${names}`);
    }
  }
}

function refuseDatabaseHosts({ databaseUrl }: Config): void {
  if (databaseUrl === undefined || readDatabaseAddress(databaseUrl) !== undefined) return;
  const form =
    'postgres://user:password@host1:5432,host2:5432/database?target_session_attrs=primary';
  throw invalid(
    'DATABASE_URL',
    `的主机写法不正确；多台主机写作 ${form}，target_session_attrs 只能是 primary 或 read-write`,
    `has hosts that cannot be read; several look like ${form}, with target_session_attrs primary or read-write`,
  );
}

function refuseHalfBank(config: Config): void {
  const { bankHost, bankPort } = config;
  if ((bankHost === undefined) !== (bankPort === undefined)) {
    const missing = bankHost === undefined ? 'YIKATONG_BANK_HOST' : 'YIKATONG_BANK_PORT';
    throw invalid(
      missing,
      '未设置；银行地址与端口须同时设置',
      'is missing: host and port go together',
    );
  }
  if (config.mode === 'production' && config.databaseUrl === undefined) {
    throw invalid(
      'DATABASE_URL',
      '未设置；production 模式使用外部 PostgreSQL',
      'is missing: production runs on an external PostgreSQL',
    );
  }
  if (config.mode === 'production' && bankHost === undefined) {
    throw invalid(
      'YIKATONG_BANK_HOST',
      '未设置；production 模式不使用模拟银行',
      'is missing: production does not use the sandbox bank',
    );
  }
}

function refuseHalfTls(config: Config): void {
  const { tlsCertificate, tlsKey, tlsClientAuthority, tlsRevocations } = config;
  if ((tlsCertificate === undefined) !== (tlsKey === undefined)) {
    const missing = tlsKey === undefined ? 'YIKATONG_TLS_KEY' : 'YIKATONG_TLS_CERTIFICATE';
    throw invalid(
      missing,
      '未设置；证书与私钥须同时设置',
      'is missing: certificate and key go together',
    );
  }
  const needless = [
    ['YIKATONG_TLS_CLIENT_AUTHORITY', tlsClientAuthority, tlsCertificate],
    ['YIKATONG_TLS_REVOCATIONS', tlsRevocations, tlsClientAuthority],
  ] as const;
  for (const [variable, given, needed] of needless) {
    if (given !== undefined && needed === undefined) {
      throw invalid(
        variable,
        '单独设置不起作用；须与 YIKATONG_TLS_CERTIFICATE（吊销列表还须与 YIKATONG_TLS_CLIENT_AUTHORITY）一起设置',
        'has no effect alone: it needs YIKATONG_TLS_CERTIFICATE, and revocations YIKATONG_TLS_CLIENT_AUTHORITY',
      );
    }
  }
}

function refuseFailpoints({ failpoints, mode }: Config): void {
  if (failpoints === undefined) return;
  const variable = 'YIKATONG_FAILPOINTS';
  const read = parseFailpoints(failpoints);
  if (!read.ok) throw invalid(variable, read.error.zh, read.error.en);
  if (mode === 'production') {
    throw invalid(variable, '不得用于 production 模式', 'is never allowed in production');
  }
}

function invalid(variable: string, zh: string, en: string): StartupError {
  return new StartupError({
    code: 'CONFIG_INVALID',
    zh: `环境变量 ${variable} ${zh}`,
    en: `The variable ${variable} ${en}`,
  });
}
