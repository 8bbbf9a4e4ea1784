/**
 * Why the engine does not start, as one line per language. The reader is often a technician of a pharmacy or
 * hospital, so a line says what is wrong and what to do, without a stack trace.
 */
export type StartupErrorCode =
  | 'CONFIG_INVALID'
  | 'PORT_TAKEN'
  | 'PORT_NOT_ALLOWED'
  | 'ADDRESS_UNKNOWN'
  | 'DISK_FULL'
  | 'FOLDER_NOT_WRITABLE'
  | 'DATABASE_BINARY_MISSING'
  | 'DATABASE_USER_MISSING'
  | 'DATABASE_VERSION_DIFFERS'
  | 'DATABASE_FOLDER_IN_USE'
  | 'DATABASE_FOLDER_FOREIGN'
  | 'DATABASE_NOT_STARTED'
  | 'DATABASE_NOT_REACHABLE'
  | 'DATABASE_LOGIN_REFUSED'
  | 'DATABASE_RIGHT_MISSING'
  | 'DATABASE_NOT_DURABLE'
  | 'DATABASE_NOT_UTF8'
  | 'DATABASE_NOT_MIGRATED'
  | 'KEYSTORE_MODULE_MISSING'
  | 'KEYSTORE_TOKEN_MISSING'
  | 'KEYSTORE_PIN_REFUSED'
  | 'KEYSTORE_KEY_MISSING'
  | 'KEYSTORE_KEY_KEPT'
  | 'KEYSTORE_KEY_REFUSED'
  | 'KEYSTORE_SHARE_MISSING'
  | 'KEYSTORE_SHARE_WRONG'
  | 'OPERATOR_LOGIN_NEEDED'
  | 'ACTION_REFUSED'
  | 'UNEXPECTED';

export type StartupErrorText = {
  readonly code: StartupErrorCode;
  readonly zh: string;
  readonly en: string;
};

/** Thrown by everything in `engine/ops` that runs before the engine can serve. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly code: StartupErrorCode;
  readonly zh: string;
  readonly en: string;

  constructor(text: StartupErrorText, cause?: unknown) {
    super(text.en, { cause });
    this.code = text.code;
    this.zh = text.zh;
    this.en = text.en;
  }
}

/** Codes of the operating system (errno) and of PostgreSQL (SQLSTATE) with their own line. */
const knownCodes: Readonly<Record<string, (subject: string) => StartupErrorText>> = {
  EADDRINUSE: (subject) => ({
    code: 'PORT_TAKEN',
    zh: `端口已被其他程序占用${subject}；请停止该程序，或用 YIKATONG_PORT 换一个端口`,
    en: `The port is taken by another program${subject}; stop it or choose another with YIKATONG_PORT`,
  }),
  EADDRNOTAVAIL: addressUnknown,
  ENOTFOUND: addressUnknown,
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  '53100': diskFull,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  EEXIST: notWritable,
  ENOTDIR: notWritable,
  ECONNREFUSED: notReachable,
  ECONNRESET: notReachable,
  EHOSTUNREACH: notReachable,
  ETIMEDOUT: notReachable,
  '57P03': notReachable,
  '25006': () => ({
    code: 'DATABASE_NOT_REACHABLE',
    zh: 'DATABASE_URL 中没有可写的主机（都是备库）；请先提升一台为主库',
    en: 'No host of DATABASE_URL takes writes (all are standbys); promote one first',
  }),
  '53300': (subject) => ({
    code: 'DATABASE_NOT_REACHABLE',
    zh: `数据库连接数已满${subject}；请提高 max_connections`,
    en: `The database has no connection left${subject}; raise max_connections`,
  }),
  '42501': rightMissing,
  '28P01': loginRefused,
  '28000': loginRefused,
  '3D000': loginRefused,
};

/** node:sqlite: the disk below a terminal's journal, or below the sandbox bank's books, is full. */
const SQLITE_FULL = 13;

/**
 * The line to print for an error during the start.
 * @param error a StartupError, or any other error, described by errno or SQLSTATE
 * @returns code and a line in Chinese and English; never a stack or a connection string
 */
export function describeStartupError(error: unknown): StartupErrorText {
  if (error instanceof StartupError) return { code: error.code, zh: error.zh, en: error.en };
  const known = systemCode(error);
  if (property(error, 'errcode') === SQLITE_FULL) return diskFull(subjectOf(error));
  const describe = known === undefined ? undefined : knownCodes[known];
  const syscall = property(error, 'syscall');
  if (known === 'EACCES' && syscall === 'listen') return portNotAllowed(error);
  if (known === 'ENOENT' && syscall === 'mkdir') return notWritable(subjectOf(error));
  if (describe !== undefined) return describe(subjectOf(error));
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown cause';
  return {
    code: 'UNEXPECTED',
    zh: `未能完成：${detail.split('\n', 1)[0]}`,
    en: `It could not be done: ${detail.split('\n', 1)[0]}`,
  };
}

/** Converts any error into a StartupError, with the line of `describeStartupError`. */
export function toStartupError(error: unknown): StartupError {
  if (error instanceof StartupError) return error;
  return new StartupError(describeStartupError(error), error);
}

/** The errno or SQLSTATE of an error, also inside the AggregateError of a refused TCP connection. */
export function systemCode(error: unknown): string | undefined {
  const code = property(error, 'code');
  if (typeof code === 'string') return code;
  if (error instanceof AggregateError) return systemCode(error.errors[0]);
  return undefined;
}

type ErrorProperty = 'code' | 'errcode' | 'path' | 'address' | 'hostname' | 'port' | 'syscall';

function property(error: unknown, name: ErrorProperty): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  return (error as Readonly<Record<string, unknown>>)[name];
}

/** The path, host or port of an error, in brackets. */
function subjectOf(error: unknown): string {
  if (error instanceof AggregateError) return subjectOf(error.errors[0]);
  const object =
    property(error, 'path') ?? property(error, 'hostname') ?? property(error, 'address');
  const port = property(error, 'port');
  const subject = [object, port].filter((part) => part !== undefined).join(':');
  return subject === '' ? '' : ` (${subject})`;
}

function diskFull(subject: string): StartupErrorText {
  return {
    code: 'DISK_FULL',
    zh: `磁盘空间已满${subject}；请清理磁盘，或用 YIKATONG_DATA 换一个目录`,
    en: `The disk is full${subject}; free some space or choose another folder with YIKATONG_DATA`,
  };
}

function notWritable(subject: string): StartupErrorText {
  return {
    code: 'FOLDER_NOT_WRITABLE',
    zh: `目录不可写${subject}；请修改权限，或用 YIKATONG_DATA 换一个目录`,
    en: `The folder cannot be written${subject}; change its rights or choose another with YIKATONG_DATA`,
  };
}

function notReachable(subject: string): StartupErrorText {
  return {
    code: 'DATABASE_NOT_REACHABLE',
    zh: `无法连接数据库${subject}；请检查 DATABASE_URL 以及数据库是否已启动`,
    en: `The database does not answer${subject}; check DATABASE_URL and that the server is running`,
  };
}

function loginRefused(subject: string): StartupErrorText {
  return {
    code: 'DATABASE_LOGIN_REFUSED',
    zh: `数据库拒绝登录${subject}；请检查 DATABASE_URL 的用户、口令和库名`,
    en: `The database refused the login${subject}; check user, password and database in DATABASE_URL`,
  };
}

function rightMissing(): StartupErrorText {
  return {
    code: 'DATABASE_RIGHT_MISSING',
    zh: '该数据库账号缺少权限；请用表的所有者执行 yikatong roles，并以 yikatong login list 核对账号的用途',
    en: 'This database login lacks a right; run yikatong roles as the owner of the tables, and see with yikatong login list what the login is for',
  };
}

function addressUnknown(subject: string): StartupErrorText {
  return {
    code: 'ADDRESS_UNKNOWN',
    zh: `地址不存在${subject}；请检查 YIKATONG_HOST 与 DATABASE_URL`,
    en: `The address does not exist${subject}; check YIKATONG_HOST and DATABASE_URL`,
  };
}

function portNotAllowed(error: unknown): StartupErrorText {
  return {
    code: 'PORT_NOT_ALLOWED',
    zh: `当前用户无权使用该端口${subjectOf(error)}；请用 YIKATONG_PORT 换一个大于 1023 的端口`,
    en: `This user may not use the port${subjectOf(error)}; choose one above 1023 with YIKATONG_PORT`,
  };
}
