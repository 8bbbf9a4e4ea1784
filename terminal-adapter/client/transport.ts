/**
 * One HTTP exchange. Its failures differ by one question: can the request have arrived?
 */

export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Headers;
      readonly body: string;
    }
  /** It may have arrived: timed out, or the connection broke. */
  | { readonly kind: 'unknown' }
  /** No connection came about, so nothing was sent. */
  | { readonly kind: 'unreachable' };

/** A settlement of 200 lines with its explanation stays well below this, bytes. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

const notSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/**
 * Codes of OpenSSL and Node for a TLS connection that did not come about: the engine's certificate is not
 * believed, or the engine has refused the terminal's. Other alerts prove nothing: whoever stands in the line
 * makes the engine send one, by a forged record behind a request that has arrived.
 */
const notTrusted =
  /^(ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|HOSTNAME_MISMATCH|ERR_SSL_\S+_ALERT_(\w*CERTIFICATE|UNKNOWN_CA))/;

function isNotSent(error: unknown): boolean {
  const code = String(codeOf(error));
  return notSent.has(code) || notTrusted.test(code);
}

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error) || typeof error.cause !== 'object' || error.cause === null) {
    return undefined;
  }
  return 'code' in error.cause ? error.cause.code : undefined;
}

async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Sends once; never repeats, never follows a redirect. `timeoutMs` is for the whole exchange. */
export async function exchangeOnce(
  fetch: typeof globalThis.fetch,
  url: URL,
  request: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body: string | undefined;
    readonly timeoutMs: number;
  },
): Promise<Exchange> {
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      redirect: 'error',
      signal: AbortSignal.timeout(request.timeoutMs),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = await readBody(response);
    if (body === undefined) return { kind: 'unknown' };
    return { kind: 'answered', status: response.status, headers: response.headers, body };
  } catch (error) {
    return { kind: isNotSent(error) ? 'unreachable' : 'unknown' };
  }
}
