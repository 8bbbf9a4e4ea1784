import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startEngine } from '../../../engine/main.ts';
import { readConfig } from '../../../engine/ops/config.ts';
import { steadyPort } from '../network/steady-port.ts';

/** An engine that a test can stop, kill and start again. */
export type RunningEngine = {
  url(): string;
  start(): Promise<void>;
  /** SIGKILL: nothing of it is cleaned up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

type Environment = Readonly<Record<string, string>>;

/** The engine in this process: quick, and a restart is a clean stop and a start. */
export async function runEngineHere(environment: Environment): Promise<RunningEngine> {
  const config = readConfig(environment);
  let engine = await startEngine(config);
  return {
    url: () => engine.url,
    async start() {
      engine = await startEngine(config);
    },
    kill: () => Promise.reject(new Error('an engine in the same process cannot be killed')),
    stop: () => engine.stop(),
  };
}

const program = join(import.meta.dirname, '../../../engine/cli/bin.mjs');

/** The engine as users start it, `yikatong serve`, always on the same port. */
export async function runEngineInChild(environment: Environment): Promise<RunningEngine> {
  const port = await steadyPort();
  const start = () => spawnEngine({ ...environment, YIKATONG_PORT: String(port) });
  let child = await start();
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    url: () => `http://127.0.0.1:${port}`,
    async start() {
      child = await start();
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function spawnEngine(environment: Environment): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, 'serve'], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let told = '';
  const listen = (chunk: Buffer): void => {
    told += chunk.toString();
    if (/ready: http:/.test(told)) resolve(undefined);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.once('exit', (code) => reject(new Error(`the engine ended with ${code}: ${told}`)));
  await promise;
  return child;
}
