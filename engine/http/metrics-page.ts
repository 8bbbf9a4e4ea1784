import { createHash, timingSafeEqual } from 'node:crypto';
import { sendProblem } from './problem.ts';
import type { App } from './scope.ts';

export type MetricsPage = {
  /** Bearer token (RFC 6750) that a reader must send. */
  readonly token: string;
  /** The page in the text format of Prometheus. */
  readonly read: () => Promise<string>;
};

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * GET /metrics, on the engine's port, without a terminal's signature. Without the token it answers NOT_FOUND:
 * others on the network must not learn the turnover.
 */
export function registerMetricsPage(app: App, { token, read }: MetricsPage): void {
  const expected = digest(`Bearer ${token}`);
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const given = digest(request.headers.authorization ?? '');
    if (!timingSafeEqual(given, expected)) return sendProblem(reply, 'NOT_FOUND');
    return reply.type(TYPE).send(await read());
  });
}

/** Has a fixed length, so the comparison takes the same time for every input. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
