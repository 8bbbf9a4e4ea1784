import { Agent, request as startRequest } from 'node:https';

/** PEM texts with which a terminal knows the engine, and the engine the terminal. */
export type ClientTls = {
  /** The authority of the engine's certificate; without it those that Node knows. */
  readonly authority?: string | undefined;
  /** The terminal's own certificate and key, if the engine asks for them. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
};

/**
 * `fetch` over TLS with an authority and a certificate of one's own, for the client of the engine. As fetch it
 * fails with an error whose `cause` has the code; it follows no redirect.
 */
export function createTlsFetch({ authority, certificate, key }: ClientTls): typeof fetch {
  const agent = new Agent({
    keepAlive: true,
    ...(authority !== undefined && { ca: authority }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
  });
  return async (input, init = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const fail = (cause: unknown) => reject(new TypeError('fetch failed', { cause }));
    const url = input instanceof Request ? input.url : input;
    const headers = Object.fromEntries(new Headers(init.headers));
    const { method = 'GET', body, signal } = init;
    const options = { agent, method, headers, ...(signal && { signal }) };
    const sent = startRequest(url, options, (answer) => {
      const parts: Uint8Array[] = [];
      answer.on('data', (part: Uint8Array) => parts.push(part)).on('error', fail);
      answer.on('end', () => {
        const given = Object.entries(answer.headersDistinct);
        const pairs = given.flatMap(([name, values = []]) => values.map((value) => [name, value]));
        const { statusCode: status = 0 } = answer;
        resolve(
          new Response(Buffer.concat(parts), { status, headers: pairs as [string, string][] }),
        );
      });
    });
    sent.on('error', fail);
    sent.end(typeof body === 'string' ? body : undefined);
    return promise;
  };
}
