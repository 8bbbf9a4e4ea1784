/** The deployment's own processes: the bank, the engines, the shops. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BankCommand, BankOrder } from '../../chaos/bank-process.ts';
import type { ShopCommand, ShopOrder, ShopReport } from '../../chaos/shop-process.ts';
import type { CounterPlan } from './counter-plans.ts';
import { serialsOf } from './counter-plans.ts';
import { bankMood } from './line-faults.ts';
import type { RestartableProcess } from './restartable-process.ts';
import { createRestartableProcess, forkProgram, spawnEngine } from './restartable-process.ts';

/** Gets the name of a part that ended without having been killed. */
export type OnCrash = (what: string) => void;

const BANK_TIMEOUT_MS = 1_000;
const ANSWER_MS_MAX = 120_000;
const program = (name: string) => join(import.meta.dirname, '../../chaos', name);

const isOpen = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'told' in message && message.told === 'open';

export type Bank = {
  readonly part: RestartableProcess;
  /** Bad days by a seed, also after a restart; undefined: none. */
  setMood(seed: number | undefined): void;
};

export function createBank(options: {
  readonly dataDir: string;
  readonly store: string;
  readonly port: number;
  readonly counters: readonly CounterPlan[];
  readonly onCrash: OnCrash;
}): Bank {
  const { dataDir, store, port, counters, onCrash } = options;
  const order: BankOrder = {
    ...{ dataDir, store, port, serials: serialsOf(counters) },
    bankTerminalIds: counters.map(({ terminal }) => terminal.bankTerminalId),
  };
  let command: BankCommand = { misbehave: undefined };
  const spawn = async () => {
    const child = await forkProgram(program('bank-process.ts'), order, { isReady: isOpen });
    child.send(command);
    return child;
  };
  const part = createRestartableProcess({ name: 'bank', spawn, onCrash });
  return {
    part,
    setMood(seed) {
      command = { misbehave: seed === undefined ? undefined : { seed, rates: bankMood } };
      part.send(command);
    },
  };
}

export function createEngine(options: {
  readonly index: number;
  readonly dataDir: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly databasePort: number;
  readonly bankPort: number;
  readonly onCrash: OnCrash;
}): RestartableProcess {
  const { index, dataDir, onCrash } = options;
  const database = new URL(options.databaseUrl);
  database.port = String(options.databasePort);
  const environment = {
    YIKATONG_DATA: dataDir,
    DATABASE_URL: database.href,
    YIKATONG_BANK_HOST: '127.0.0.1',
    YIKATONG_BANK_PORT: String(options.bankPort),
    YIKATONG_BANK_TIMEOUT_MS: String(BANK_TIMEOUT_MS),
    YIKATONG_LOG_LEVEL: 'warn',
    YIKATONG_PORT: String(options.port),
  };
  const spawn = () => spawnEngine(environment, join(dataDir, `engine-${index}.log`));
  return createRestartableProcess({ name: `engine ${index}`, spawn, onCrash });
}

export type Shop = {
  readonly part: RestartableProcess;
  /** Sells, also after a restart. */
  open(): void;
  /** @returns open keys, if it counted them; @throws Error when there is no answer for a minute */
  ask(command: 'pause' | 'resolve'): Promise<number>;
};

export function createShop(
  options: Omit<ShopOrder, 'life'> & {
    readonly hear: (report: ShopReport) => void;
    readonly onCrash: OnCrash;
  },
): Shop {
  const { hear, onCrash, ...fixed } = options;
  const name = `shop ${fixed.shop}`;
  let life = -1;
  let isSelling = false;
  let answered: (open: number) => void = () => undefined;
  const spawn = async () => {
    life += 1;
    const order: ShopOrder = { ...fixed, life };
    const child = await forkProgram(program('shop-process.ts'), order, { isReady: isOpen });
    child.on('message', (message) => {
      const report = message as ShopReport;
      if (report.told === 'paused') answered(0);
      else if (report.told === 'resolved') answered(report.open);
      else hear(report);
    });
    if (isSelling) child.send('sell' satisfies ShopCommand);
    return child;
  };
  const part = createRestartableProcess({ name, spawn, onCrash });
  return {
    part,
    open() {
      isSelling = true;
      part.send('sell' satisfies ShopCommand);
    },
    async ask(command) {
      isSelling = false;
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      answered = resolve;
      part.send(command);
      const silence = new AbortController();
      sleep(ANSWER_MS_MAX, undefined, { signal: silence.signal }).then(
        () => reject(new Error(`${name} does not ${command}`)),
        () => undefined,
      );
      return promise.finally(() => silence.abort());
    },
  };
}
