import type { IncomingMessage } from 'node:http';
import { Agent, request as startRequest } from 'node:https';
import { Readable } from 'node:stream';

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
      try {
        resolve(responseOf(answer));
      } catch (error) {
        answer.destroy();
        fail(error);
      }
    });
    sent.on('error', fail);
    sent.end(typeof body === 'string' ? body : undefined);
    return promise;
  };
}

/** Statuses whose answers have no body; a `Response` with one would throw. */
const BODILESS = new Set([204, 205, 304]);

/** The body is read as it comes, so that the reader's limit holds. Throws for a status that is none. */
function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 0, headersDistinct } = answer;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  if (!BODILESS.has(status)) return new Response(Readable.toWeb(answer), { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
}
