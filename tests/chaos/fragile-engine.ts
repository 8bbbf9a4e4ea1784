/** An engine in a process of its own that kills itself at a failpoint, once, and is started again. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FailpointName } from '../../engine/failpoints/names.ts';
import { spawnEngine } from '../support/chaos/restartable-process.ts';
import { steadyPort } from '../support/network/steady-port.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';

export const BANK_TIMEOUT_MS = 500;

export type FragileEngine = {
  readonly url: () => string;
  /** Starts it if it is not there: with its failpoint until that has fired. */
  up(): Promise<void>;
  kill(): Promise<void>;
  hasFired(): boolean;
};

export async function createFragileEngine(
  system: RunningSystem,
  name: FailpointName,
): Promise<FragileEngine> {
  const port = await steadyPort();
  const plain = { ...environmentOf(system), YIKATONG_PORT: String(port) };
  let child: ChildProcess | undefined;
  let hasFired = false;
  return {
    url: () => `http://127.0.0.1:${port}`,
    hasFired: () => hasFired,
    async up() {
      while (child === undefined || child.signalCode !== null || child.exitCode !== null) {
        if (child?.signalCode === 'SIGKILL') hasFired = true;
        const order = hasFired ? {} : { YIKATONG_FAILPOINTS: `${name}=exit@1` };
        child = await spawnEngine({ ...plain, ...order }, join(system.dataDir, 'engine.log')).catch(
          () => {
            // It died while it was started.
            hasFired = true;
            return undefined;
          },
        );
      }
    },
    async kill() {
      const victim = child;
      child = undefined;
      if (victim === undefined || victim.signalCode !== null) return;
      victim.kill('SIGKILL');
      await once(victim, 'exit');
    },
  };
}

/** What an engine beside the system's own needs of it. */
export function environmentOf({ dataDir, databaseUrl, host }: RunningSystem) {
  return {
    YIKATONG_DATA: dataDir,
    DATABASE_URL: databaseUrl,
    YIKATONG_BANK_HOST: '127.0.0.1',
    YIKATONG_BANK_PORT: String(host.port),
    YIKATONG_BANK_TIMEOUT_MS: String(BANK_TIMEOUT_MS),
    YIKATONG_LOG_LEVEL: 'silent',
  };
}
