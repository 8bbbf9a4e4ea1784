import type { Operations } from '../../operations.ts';
import type { App } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { LiveAnswer, ReadyAnswer } from './schemas.ts';

/** GET /health/live: the process answers. GET /health/ready: it can settle (503 when it cannot). */
export function registerHealth(app: App, operations: Pick<Operations, 'readiness'>): void {
  app.get(
    '/health/live',
    {
      schema: { operationId: 'live', summary: 'Is the process up', response: { 200: LiveAnswer } },
    },
    async (_request, reply) => sendJson(reply, 200, { status: 'ok' }),
  );
  app.get(
    '/health/ready',
    {
      schema: {
        operationId: 'ready',
        summary: 'Can it settle',
        response: { 200: ReadyAnswer, 503: ReadyAnswer },
      },
    },
    async (_request, reply) => {
      const readiness = await operations.readiness();
      return sendJson(reply, readiness.ready ? 200 : 503, readiness);
    },
  );
}
