import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EngineDelays } from './engine-probe.ts';

/** The engine in a process of its own, so that it shares no event loop with the load. */
export type EngineChild = {
  readonly url: string;
  readonly pid: number;
  /** What it has logged so far: event and how often. */
  readonly log: ReadonlyMap<string, number>;
  /** What delayed answers since this was asked last. */
  takeDelays(): Promise<EngineDelays>;
  stop(): Promise<void>;
};

export type EngineChildOptions = {
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** Folder for CPU profiles; they are written when the engine stops. */
  readonly profile: string | undefined;
  /** The benchmark's own bank; without it the engine starts the sandbox's. */
  readonly bankPort?: number;
  /** Settings that differ from production's because a measurement is about them. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** Starts `yikatong serve` on a free port. Throws when it ends before it serves. */
export async function startEngineChild(options: EngineChildOptions): Promise<EngineChild> {
  const program = fileURLToPath(new URL('../../engine/cli/bin.mjs', import.meta.url));
  const probe = new URL('./engine-probe.ts', import.meta.url).href;
  const { profile } = options;
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const child = spawn(process.execPath, [...flags, '--import', probe, program, 'serve'], {
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the output of the engine is a pipe');
  const ended = once(child, 'exit');
  const log = new Map<string, number>();
  const url = await Promise.race([
    readAddress(createInterface({ input: stdout }), log),
    ended.then(() => undefined),
  ]);
  if (url === undefined || child.pid === undefined) throw new Error('the engine did not start');
  return {
    url,
    pid: child.pid,
    log,
    async takeDelays() {
      child.send('take');
      const ends = ended.then(() => Promise.reject(new Error('the engine has ended')));
      const [delays] = await Promise.race([once(child, 'message'), ends]);
      return delays as EngineDelays;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * The engine's environment. YIKATONG_ variables of the caller are left out, so that they cannot change
 * what is measured. Only places, the log level and the requests of one terminal differ from production.
 */
export function environmentOf({
  databaseUrl,
  dataDir,
  bankPort,
  settings = {},
}: Omit<EngineChildOptions, 'profile'>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('YIKATONG_'));
  return {
    ...Object.fromEntries(inherited),
    DATABASE_URL: databaseUrl,
    YIKATONG_MODE: 'sandbox',
    YIKATONG_DATA: dataDir,
    YIKATONG_PORT: '0',
    YIKATONG_LOG_LEVEL: 'warn',
    // A few terminals stand for all those of a province.
    YIKATONG_TERMINAL_REQUESTS_MAX: '100000',
    ...(bankPort !== undefined && {
      YIKATONG_BANK_HOST: '127.0.0.1',
      YIKATONG_BANK_PORT: String(bankPort),
    }),
    ...settings,
  };
}

/** Reads the engine's output; resolves with its address, or undefined when the engine ends first. */
async function readAddress(
  lines: AsyncIterable<string>,
  log: Map<string, number>,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const readOn = async () => {
    for await (const line of lines) {
      const event = /"msg":"([^"]*)"/.exec(line)?.[1];
      if (event !== undefined) log.set(event, (log.get(event) ?? 0) + 1);
      const address = /http:\/\/\S+/.exec(line)?.[0];
      if (address !== undefined) resolve(address);
    }
    resolve(undefined);
  };
  readOn().catch(() => resolve(undefined));
  return promise;
}
