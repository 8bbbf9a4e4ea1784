/** An address of a database, as DATABASE_URL gives it. */
export type DatabaseAddress = {
  /** One address for each host, in order, for a driver that knows one host only. */
  readonly urls: readonly string[];
};

/** A host with its port; the host may be in brackets. */
const hostPattern = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/;
const urlPattern = /^(postgres(?:ql)?:\/\/)([^@/?#]*@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/;

const DEFAULT_PORT = '5432';
/** What libpq calls a host that takes writes; the engine has no use for another. */
const writable = new Set(['read-write', 'primary']);

/**
 * Reads an address with one host or several, in both forms of libpq: `postgres://u@a:1,b:2/db` and
 * `postgresql:///db?host=a,b&port=1,2`, with or without `target_session_attrs=read-write` (or `primary`).
 * @returns undefined when hosts or ports cannot be read, or another kind of host is asked for
 */
export function readDatabaseAddress(text: string): DatabaseAddress | undefined {
  const [, scheme = '', login = '', authority = '', path = '', query = ''] =
    urlPattern.exec(text) ?? [];
  if (scheme === '') return undefined;
  const parameters = new URLSearchParams(query);
  const wanted = parameters.get('target_session_attrs');
  if (wanted !== null && !writable.has(wanted)) return undefined;
  const given = authority === '' ? (parameters.get('host') ?? '') : authority;
  if (!given.includes(',') && wanted === null) return { urls: [text] };
  const ports = (parameters.get('port') ?? '').split(',');
  for (const name of ['host', 'port', 'target_session_attrs']) parameters.delete(name);
  const names = given.split(',');
  if (ports.length > 1 && ports.length !== names.length) return undefined;
  const rest = parameters.size === 0 ? '' : `?${parameters}`;
  const urls = names.map((name, at) => {
    const [, host, port] = hostPattern.exec(name) ?? [];
    const other = (ports.length > 1 ? ports[at] : ports[0]) || DEFAULT_PORT;
    return host && /^\d+$/.test(other)
      ? `${scheme}${login}${host}:${port ?? other}${path}${rest}`
      : undefined;
  });
  return urls.every((url) => url !== undefined) ? { urls } : undefined;
}

/** The same database under another login. */
export function withDatabaseLogin(
  text: string,
  { login, password }: { readonly login: string; readonly password: string },
): string {
  const user = `${encodeURIComponent(login)}:${encodeURIComponent(password)}@`;
  const { urls } = readDatabaseAddress(text) ?? { urls: [text] };
  // Several hosts stand in one authority: a login has no room in the other form.
  const [first = text] = urls;
  const hosts = urls.map((url) => urlPattern.exec(url)?.[3]).join(',');
  return first.replace(urlPattern, (...parts: readonly string[]) => {
    const [, scheme = '', , , path = '', query] = parts;
    return `${scheme}${user}${hosts}${path}${query === undefined ? '' : `?${query}`}`;
  });
}
