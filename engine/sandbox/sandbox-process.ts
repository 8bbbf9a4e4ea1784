import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { StartupError, type StartupErrorText } from '../ops/startup-error.ts';

/**
 * The sandbox runs in its own process, with the bank's keys and books and the card issuer. The engine
 * reaches it only by the bank's TCP port.
 */
export type SandboxProcess = {
  readonly bankPort: number;
  /** Where the engine serves: the bank's card service says its notices there. */
  tellEngine(url: string): void;
  stop(): Promise<void>;
};

export type SandboxOrder = {
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** True: the command line may find this bank. False: the process only seeds, beside a serving sandbox. */
  readonly isServing: boolean;
  /** May its people and institutions be put into a database that has only other ones? */
  readonly mayJoinOthers: boolean;
  /** Do its cards forget wrong PINs? */
  readonly isUnlocking: boolean;
};

/** What the child is told later. */
export type SandboxNews = { readonly engineUrl: string };

/** First message of the child: the port of its bank host, or the error of its start. */
export type SandboxReport = { readonly bankPort: number } | { readonly error: StartupErrorText };

/**
 * Starts the sandbox, which seeds the engine's database and opens its bank. The child ends with its parent.
 * @throws StartupError as the child reports it
 */
export async function startSandboxProcess(order: SandboxOrder): Promise<SandboxProcess> {
  const program = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(order);
  const report = await firstReport(child);
  if ('error' in report) throw new StartupError(report.error);
  return {
    bankPort: report.bankPort,
    tellEngine(engineUrl) {
      if (child.connected) child.send({ engineUrl } satisfies SandboxNews);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function firstReport(child: ChildProcess): Promise<SandboxReport> {
  const { promise, resolve } = Promise.withResolvers<SandboxReport>();
  child.once('message', (message) => resolve(message as SandboxReport));
  child.once('exit', (code) => {
    const en = `The sandbox ended while it started (exit code ${code})`;
    resolve({ error: { code: 'UNEXPECTED', en, zh: `沙盒启动时退出（退出码 ${code}）` } });
  });
  return promise;
}
