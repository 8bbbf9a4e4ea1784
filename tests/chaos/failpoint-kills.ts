/**
 * A real engine on a real PostgreSQL that kills itself at a failpoint, and the counter that goes on
 * all the same.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SettlementDocument } from '../../engine/contract/settlement.ts';
import type { FailpointName } from '../../engine/failpoints/names.ts';
import type { SandboxTerminal } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import type { EngineResult } from '../../terminal-adapter/client/engine-result.ts';
import { packWithoutAccount } from '../support/packs/pack-files.ts';
import { bookProblems, openWork } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import {
  BANK_TIMEOUT_MS,
  createFragileEngine,
  environmentOf,
  type FragileEngine,
} from './fragile-engine.ts';

const RETRY_MS = 200;
/** A reservation's margin, a bank's limit, some reversals, on a busy machine. */
const LONGEST_MS = 60_000;

/**
 * Has an engine killed at this point of its work, once, and goes on until everything is final.
 * @returns what is wrong then; empty if nothing is
 */
export async function runKilledAt(
  system: RunningSystem,
  terminal: SandboxTerminal,
  name: FailpointName,
): Promise<readonly string[]> {
  if (/^(activate|import)\./.test(name)) return runCommandKilledAt(system, name);
  const engine = await createFragileEngine(system, name);
  try {
    const problems: string[] = [];
    await scriptOf(name)({ system, engine, terminal, problems });
    await until(engine, async () => (await openWork(system)) === 0);
    if (!engine.hasFired()) problems.push('it was never met');
    return [...problems, ...(await bookProblems(system))];
  } finally {
    system.host.clearFaults();
    await engine.kill();
  }
}

type Stage = {
  readonly system: RunningSystem;
  readonly engine: FragileEngine;
  readonly terminal: SandboxTerminal;
  readonly problems: string[];
};
type Script = (stage: Stage) => Promise<void>;

const silent = 'silent-after-posting';

function scriptOf(name: FailpointName): Script {
  if (name.startsWith('settle.release.')) return declinedSale;
  if (name.startsWith('job.unanswered.')) return abandonedSale;
  if (name.startsWith('late.')) return lateSale;
  if (/^job\.(bank|bank-keys|bank-number|trace)\./.test(name)) return saleUnderOtherKeys;
  if (/^(job\.(refund|finish)|refund\.unanswered)\./.test(name)) return silentRefund;
  if (/^(job\.|settle\.unanswered\.)/.test(name)) return silentSale;
  if (name.startsWith('refund.void.')) return saleAndVoid;
  return name.startsWith('refund.') ? saleAndRefund : sale;
}

const sale: Script = async (stage) => void (await sell(stage));
const declinedSale: Script = async (stage) => {
  stage.system.host.injectFault({ on: 'sale', kind: 'decline', code: '51' });
  await sell(stage);
};
const silentSale: Script = async (stage) => {
  stage.system.host.injectFault({ on: 'sale', kind: silent });
  stage.system.host.injectFault({ on: 'reversal', kind: silent });
  await sell(stage);
};
/** Two answers to the reversal under a key that the engine does not have: it signs in by itself. */
const saleUnderOtherKeys: Script = async (stage) => {
  const { system, engine } = stage;
  system.host.injectFault({ on: 'sale', kind: silent });
  system.host.injectFault({ on: 'reversal', kind: 'bad-mac', times: 2 });
  const received = system.host.received();
  await engine.up();
  const selling = sell(stage);
  while (system.host.received() < received + 2) await sleep(5);
  // After the terminal's own sign-in the engine would wait for a minute.
  await system.query('update terminal set bank_sign_in_at = null', []);
  await selling;
};
const lateSale: Script = async (stage) => {
  const delayMs = 2 * BANK_TIMEOUT_MS;
  stage.system.host.injectFault({ on: 'sale', kind: 'late', delayMs });
  await sell(stage);
};
/** The engine is killed while the bank is silent: the next one finds the leg as it was left. */
const abandonedSale: Script = async (stage) => {
  const { system, engine } = stage;
  system.host.injectFault({ on: 'sale', kind: silent });
  const received = system.host.received();
  await engine.up();
  const selling = sell(stage);
  // The sign-in is one message to the bank, the sale the next.
  while (system.host.received() < received + 2) await sleep(5);
  await engine.kill();
  await selling;
};
const saleAndVoid: Script = async (stage) => giveBack(stage, await sell(stage), undefined);
const saleAndRefund: Script = async (stage) => giveBack(stage, await sell(stage), ['2']);
const silentRefund: Script = async (stage) => {
  const sold = await sell(stage);
  stage.system.host.injectFault({ on: 'refund', kind: silent });
  await giveBack(stage, sold, ['2']);
};

type Sold = { readonly counter: Counter; readonly settlementId: string | undefined };

async function sell({ system, engine, terminal, problems }: Stage): Promise<Sold> {
  const customer = await system.enrol();
  const place = { dataDir: system.dataDir, url: engine.url };
  const counter = await until(engine, () => openCounter(place, terminal));
  const wish = { tender: 'bank-debit', useAccount: false } as const;
  const request = await until(engine, () => counter.requestFor(customer, wish));
  const { card, bill, useAccount } = request;
  await until(engine, async () => isAnswer(await counter.client.quote({ card, bill, useAccount })));
  const result = await insist(engine, () => counter.client.settle(request));
  await until(engine, async () => isAnswer(await counter.client.byRequestKey(request.requestKey)));
  const settlementId = result.kind === 'approved' ? idOf(result.body) : undefined;
  if (settlementId !== undefined) {
    await until(engine, async () => isAnswer(await counter.client.settlement(settlementId)));
  }
  const stored = await statesOf(system, request.requestKey);
  const isDone = stored.length === 1 && ['posted', 'refunded'].includes(stored[0] ?? '');
  if (isDone !== (result.kind === 'approved'))
    problems.push(`told ${result.kind}, stored ${stored.join() || 'nothing'}`);
  return { counter, settlementId };
}

function idOf({ settlementId }: SettlementDocument): string {
  return settlementId;
}

async function giveBack(
  { engine }: Stage,
  { counter, settlementId }: Sold,
  lines: readonly string[] | undefined,
): Promise<void> {
  if (settlementId === undefined) return;
  const requestKey = `back-of-${settlementId}`.slice(0, 40);
  const request = { requestKey, ...(lines && { lines: [...lines] }) };
  await insist(engine, () => counter.client.refund(settlementId, request));
}

async function statesOf(system: RunningSystem, requestKey: string): Promise<readonly string[]> {
  const text = 'select state from settlement where request_key = $1';
  return (await system.query<{ state: string }>(text, [requestKey])).map(({ state }) => state);
}

function isAnswer({ kind }: EngineResult<unknown>): boolean {
  return kind === 'approved' || kind === 'declined';
}

/** The same bytes again until there is an answer that stays. */
async function insist<Body>(
  engine: FragileEngine,
  send: () => Promise<EngineResult<Body>>,
): Promise<Extract<EngineResult<Body>, { kind: 'approved' | 'declined' }>> {
  return until(engine, async () => {
    const result = await send();
    if (result.kind === 'approved') return result;
    if (result.kind === 'declined' && result.refusal.retry !== 'same-key') return result;
    return undefined;
  });
}

/** Again and again, with an engine that is there, until it gives something. */
async function until<T>(
  engine: FragileEngine,
  attempt: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + LONGEST_MS;
  let reason = 'nothing came';
  while (performance.now() < end) {
    await engine.up();
    const result = await attempt().catch((error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
      return undefined;
    });
    if (result !== undefined && result !== false) return result;
    await sleep(RETRY_MS);
  }
  throw new Error(`in ${LONGEST_MS} ms: ${reason}`);
}

const VALSARTAN = 'XC09CAX190E001010100001';
const program = join(import.meta.dirname, '../../engine/cli/bin.mjs');
const SHIPPED = '441900/2022-12-01-employee-pharmacy';
let serial = 0;

/** Puts a pack or a catalogue on record by the command line. */
export async function runCommand(
  system: RunningSystem,
  kind: 'activate' | 'import',
  failpoints: Readonly<Record<string, string>> = {},
): Promise<{ readonly run: () => Promise<number | string> }> {
  serial += 1;
  const folder = join(system.dataDir, `files-${serial}`);
  mkdirSync(folder);
  const day = `2027-01-${String(serial).padStart(2, '0')}`;
  writeFileSync(join(folder, 'pack.json'), packWithoutAccount(day, { effectiveTo: day }));
  const rows = [
    ['hilist_code', 'hilist_name', 'med_chrgitm_type', 'chrgitm_lv'],
    [VALSARTAN, '缬沙坦胶囊', '09', '02'],
  ];
  const files = join(folder, 'catalogue');
  mkdirSync(files);
  writeFileSync(
    join(files, '1312_441900.txt'),
    `${rows.map((cells) => cells.join('\t')).join('\n')}\n`,
  );
  const order =
    kind === 'activate'
      ? ['activate', join(folder, 'pack.json'), '--replaces', SHIPPED]
      : ['import-catalogue', '--region', '441900', '--from', day, '--files', files, '--replaces'];
  let isFirst = true;
  return {
    async run() {
      const { YIKATONG_DATA, DATABASE_URL } = environmentOf(system);
      const env = { PATH: process.env['PATH'], YIKATONG_DATA, DATABASE_URL };
      const child = spawn(process.execPath, [program, 'rules', ...order], {
        env: isFirst ? { ...env, ...failpoints } : env,
        stdio: 'ignore',
      });
      isFirst = false;
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      return code ?? signal ?? '';
    },
  };
}

async function runCommandKilledAt(
  system: RunningSystem,
  name: FailpointName,
): Promise<readonly string[]> {
  const kind = name.startsWith('activate.') ? 'activate' : 'import';
  const order = { YIKATONG_FAILPOINTS: `${name}=exit@1` };
  const { run } = await runCommand(system, kind, order);
  const ends = [await run(), await run()];
  return ends.join() === 'SIGKILL,0' ? [] : [`the command ended with ${ends.join(', then ')}`];
}
