import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * The sandbox runs in a process of its own: it holds the bank's keys and books and issues cards, and the
 * engine has no way to any of that but the bank's TCP port.
 */
export type SandboxProcess = {
  readonly bankPort: number;
  stop(): Promise<void>;
};

export type SandboxOrder = {
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** May the command line find this sandbox's bank? Not when it only seeds, beside another that serves. */
  readonly isServing: boolean;
};

/** First message of the child: the port of its bank host, or why it could not start. */
export type SandboxReport =
  | { readonly bankPort: number }
  | { readonly error: { readonly zh: string; readonly en: string; readonly code: string } };

/**
 * Starts the sandbox: it seeds the engine's database and opens its bank. The child ends with its parent,
 * however that ends.
 */
export async function startSandboxProcess(order: SandboxOrder): Promise<SandboxProcess> {
  const program = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(order);
  const report = await firstReport(child);
  if ('error' in report) throw Object.assign(new Error(report.error.en), report.error);
  return {
    bankPort: report.bankPort,
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
