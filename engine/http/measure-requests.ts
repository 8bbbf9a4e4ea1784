import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { completionOf } from './limits/request-body.ts';

/** An answered request: `ms` from its last byte to its answer, with the time that it waited for a place. */
export type MeasuredRequest = {
  /** `operationId` of the route. */
  readonly operation: string;
  readonly status: number;
  readonly ms: number;
};

export type OnMeasured = (measured: MeasuredRequest) => void;

/** Measures the routes of this scope that have an `operationId`; names come from the routes alone. */
export function measureRequests(app: FastifyInstance, onMeasured: OnMeasured): void {
  app.addHook('onRoute', (route) => {
    const operation = route.schema?.operationId;
    if (operation === undefined) return;
    const measure = (
      { raw }: FastifyRequest,
      { statusCode: status }: FastifyReply,
      payload: unknown,
      done: (error: null, payload: unknown) => void,
    ) => {
      const since = completionOf(raw);
      onMeasured({ operation, status, ms: performance.now() - since });
      done(null, payload);
    };
    route.onSend = [measure, ...[route.onSend ?? []].flat()];
  });
}
