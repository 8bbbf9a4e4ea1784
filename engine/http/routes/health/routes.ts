import { LiveDocument, type Readiness, ReadyDocument } from '../../../contract/health.ts';
import type { App } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';

/** GET /health/live: the process runs. GET /health/ready: it can settle (503 when it cannot). */
export function registerHealth(app: App, readiness: () => Promise<Readiness>): void {
  app.get(
    '/health/live',
    {
      schema: {
        operationId: 'live',
        summary: 'Is the process up',
        response: { 200: LiveDocument },
      },
    },
    async (_request, reply) => sendJson(reply, 200, { status: 'ok' }),
  );
  app.get(
    '/health/ready',
    {
      schema: {
        operationId: 'ready',
        summary: 'Can it settle',
        response: { 200: ReadyDocument, 503: ReadyDocument },
      },
    },
    async (_request, reply) => {
      const now = await readiness();
      return sendJson(reply, now.ready ? 200 : 503, now);
    },
  );
}
