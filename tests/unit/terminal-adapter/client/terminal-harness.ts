// A client wired to a whole HTTP surface without a socket; the wire between them can be tampered with.
import { randomBytes } from 'node:crypto';

import type { App } from '../../../../engine/http/scope.ts';
import {
  createEngineClient,
  type EngineClientOptions,
} from '../../../../terminal-adapter/client/engine-client.ts';
import {
  devicePrivateKey,
  type Harness,
  masterKey,
  startedAt,
  terminalId,
} from '../../engine/http/http-harness.ts';

export type Sent = { readonly url: string; readonly init: RequestInit };

/** Changes an answer on its way; or throws, as a broken connection does. */
export type Tamper = (response: Response, sent: Sent) => Response | Promise<Response>;

function viaInject(app: App, tamper: { current: Tamper }, log: Sent[]): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input));
    log.push({ url: url.pathname + url.search, init });
    const answer = await app.inject({
      method: init.method === 'POST' ? 'POST' : 'GET',
      url: url.pathname + url.search,
      headers: { ...(init.headers as Record<string, string>) },
      ...(typeof init.body === 'string' ? { payload: init.body } : {}),
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
    const response = new Response(answer.body, { status: answer.statusCode, headers });
    return tamper.current(response, { url: url.pathname + url.search, init });
  };
}

/** A client of the harness's terminal. `tamper.current` may be set at any time. */
export function createTerminal(
  { app }: Pick<Harness, 'app'>,
  options: Partial<EngineClientOptions> = {},
) {
  const tamper: { current: Tamper } = { current: (response) => response };
  const log: Sent[] = [];
  const clock = {
    at: startedAt,
    now: () => clock.at,
    randomBytes: (count: number) => randomBytes(count),
  };
  const client = createEngineClient({
    baseUrls: ['http://engine.test'],
    terminal: { terminalId, privateKey: devicePrivateKey, masterKey },
    clock,
    fetch: viaInject(app, tamper, log),
    timeoutMs: 5_000,
    ...options,
  });
  return { client, clock, tamper, log };
}
