import { createHash, timingSafeEqual } from 'node:crypto';
import { sendProblem } from './problem.ts';
import type { App } from './scope.ts';

export type MetricsPage = {
  /** Who reads the page shows it as a bearer token (RFC 6750). */
  readonly token: string;
  /** The page in the text format of Prometheus. */
  readonly read: () => Promise<string>;
};

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * GET /metrics, on the engine's own port and not signed as a terminal's requests are. Without the token there
 * is no such page: whoever is on the shop's network shall not learn how much is sold.
 */
export function registerMetricsPage(app: App, { token, read }: MetricsPage): void {
  const expected = digest(`Bearer ${token}`);
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const given = digest(request.headers.authorization ?? '');
    if (!timingSafeEqual(given, expected)) return sendProblem(reply, 'NOT_FOUND');
    return reply.type(TYPE).send(await read());
  });
}

/** Of equal length whatever was sent, so that the comparison takes the same time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
