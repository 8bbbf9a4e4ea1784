import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type BankOrder = {
  readonly folder: string;
  /** Size of the population. */
  readonly people: number;
  /** How long the bank takes over a sale, ms. */
  readonly latencyMs: number;
};

/** `answers`: after the bank's latency; `silent`: every message to the bank is lost. */
export type BankMood = 'answers' | 'silent';

export type BankProcess = {
  readonly port: number;
  readonly pid: number;
  setMood(mood: BankMood): void;
  stop(): Promise<void>;
};

/** Starts the bank. Throws when it ends before it listens. */
export async function startBankProcess(order: BankOrder): Promise<BankProcess> {
  const child = fork(fileURLToPath(new URL('./bank-worker.ts', import.meta.url)));
  const ended = once(child, 'exit');
  child.send(order);
  const first = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  const { pid } = child;
  if (first === undefined || pid === undefined) throw new Error('the bank did not start');
  const [{ port }] = first as [{ port: number }];
  return {
    ...{ port, pid },
    setMood: (mood) => void child.send(mood),
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
