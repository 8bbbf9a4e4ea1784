import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type PlainOrder = {
  readonly databaseUrl: string;
  /** Sizes of what is stored with a settlement. */
  readonly inputBytes: number;
  readonly answerBytes: number;
  readonly filler: string;
};

export type PlainProcess = {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
};

/** Starts the plain server. Throws when it ends before it listens. */
export async function startPlainProcess(order: Omit<PlainOrder, 'filler'>): Promise<PlainProcess> {
  const child = fork(fileURLToPath(new URL('./plain-server.ts', import.meta.url)));
  const ended = once(child, 'exit');
  child.send(order);
  const first = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (first === undefined || child.pid === undefined)
    throw new Error('the plain peer did not start');
  const [{ url }] = first as [{ url: string }];
  return {
    ...{ url, pid: child.pid },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
