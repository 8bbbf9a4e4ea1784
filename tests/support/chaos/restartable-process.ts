import type { ChildProcess } from 'node:child_process';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that is killed and started again, as often as wanted, and that must never end by itself. */
export type RestartableProcess = {
  readonly name: string;
  /** SIGKILL: nothing of it is cleaned up. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it serves. One that ends before (its database may be away) is started once more. */
  start(): Promise<void>;
  /** SIGSTOP, and SIGCONT after so many ms: it wakes up and believes that no time has passed. */
  freeze(ms: number): Promise<void>;
  send(message: object | string): void;
};

export type RestartableProcessOptions = {
  readonly name: string;
  /** Resolves with a process that serves; throws when it ended before. */
  readonly spawn: () => Promise<ChildProcess>;
  /** It served, was not killed, and is gone. */
  readonly onCrash: (what: string) => void;
};

const START_MS_MAX = 120_000;
const RETRY_MS = 200;

export function createRestartableProcess({
  name,
  spawn: spawnOnce,
  onCrash,
}: RestartableProcessOptions): RestartableProcess {
  let child: ChildProcess | undefined;
  const watch = (started: ChildProcess): void => {
    started.once('exit', (code, signal) => {
      if (child === started) onCrash(`${name} ended by itself (${code ?? signal})`);
    });
  };
  return {
    name,
    async kill() {
      const victim = child;
      child = undefined;
      if (victim === undefined || victim.exitCode !== null) return;
      const ended = once(victim, 'exit');
      victim.kill('SIGKILL');
      await ended;
    },
    async start() {
      const giveUpAt = performance.now() + START_MS_MAX;
      while (child === undefined) {
        try {
          child = await spawnOnce();
          watch(child);
        } catch (error) {
          if (performance.now() > giveUpAt) throw error;
          await sleep(RETRY_MS);
        }
      }
    },
    async freeze(ms) {
      const frozen = child;
      frozen?.kill('SIGSTOP');
      await sleep(ms);
      frozen?.kill('SIGCONT');
    },
    send(message) {
      if (child?.connected) child.send(message);
    },
  };
}

const engineProgram = join(import.meta.dirname, '../../../engine/cli/bin.mjs');

/** The engine as users start it; what it says goes to `logFile`. */
export async function spawnEngine(
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [engineProgram, 'serve'], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(log, { end: false });
    stream.on('data', (chunk: Buffer) => {
      if (told.length < 10_000) told += chunk.toString();
      if (/ready: http:/.test(told)) resolve(undefined);
    });
  }
  child.once('exit', (code) => {
    log.end();
    reject(new Error(`the engine ended with ${code}: ${told.slice(0, 500)}`));
  });
  await promise;
  return child;
}

/** A program of ours that gets its order first and ends with this process. */
export async function forkProgram(
  program: string,
  order: object,
  options: { readonly isReady: (message: unknown) => boolean },
): Promise<ChildProcess> {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(order);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const listen = (message: unknown): void => {
    if (options.isReady(message)) resolve(undefined);
  };
  child.on('message', listen);
  child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  await promise;
  child.off('message', listen);
  return child;
}
