import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { VisitFigures } from '../scenarios/play-visits.ts';
import type { LoadAnswer, LoadMessage, LoadOrder, OrderFigures } from './load-orders.ts';
import type { LoadFigures } from './tally.ts';

/** The load in a process of its own: what is measured shares no event loop with it. */
export type LoadProcess = {
  readonly pid: number;
  /** Orders without figures. */
  tell(order: LoadOrder): Promise<void>;
  /** Orders that measure. */
  measure(order: LoadOrder): Promise<LoadFigures>;
  /** A day of a scenario. */
  play(order: LoadOrder & { do: 'visits' }): Promise<VisitFigures>;
  stop(): Promise<void>;
};

/** Starts the process. Orders reject with what went wrong there, or when it has ended. */
export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(new URL('./load-worker.ts', import.meta.url)));
  const ended = once(child, 'exit');
  const waiting = new Map<number, PromiseWithResolvers<OrderFigures>>();
  child.on('message', (message) => {
    const answer = message as LoadAnswer;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) asked?.resolve(answer.figures);
    else asked?.reject(new Error(answer.error));
  });
  child.on('exit', () => {
    for (const asked of waiting.values()) asked.reject(new Error('the load process has ended'));
  });
  let last = 0;
  const ask = (order: LoadOrder) => {
    last += 1;
    const asked = Promise.withResolvers<OrderFigures>();
    waiting.set(last, asked);
    child.send({ id: last, order } satisfies LoadMessage);
    return asked.promise;
  };
  if (child.pid === undefined) throw new Error('the load process did not start');
  return {
    pid: child.pid,
    async tell(order) {
      await ask(order);
    },
    async measure(order) {
      const figures = await ask(order);
      if (figures !== undefined && 'latency' in figures) return figures;
      throw new Error(`${order.do} measures nothing`);
    },
    async play(order) {
      const figures = await ask(order);
      if (figures !== undefined && 'sales' in figures) return figures;
      throw new Error('a day of visits has figures of its own');
    },
    async stop() {
      if (child.exitCode === null && child.connected) child.disconnect();
      await ended;
    },
  };
}
