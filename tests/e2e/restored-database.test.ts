// Goal: a database that comes back from a backup gives no trace number to the bank a second time, believes no
// approval of before, and gives nobody fresh PIN entries; whether anybody says that it was restored or not.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { confirmInvalidLists, noteRestore } from '../../engine/main.ts';
import { readConfig } from '../../engine/ops/config.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { bookProblems, stateOf } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const POLL_MS = 50;
const BALANCE = 500_000n;
/** What the bank's part of the counter's bill is. */
const PART = 8_200n;
const wish = { tender: 'bank-debit' } as const;

let system: RunningSystem;
let customer: Customer;
let other: Customer;
beforeEach(async () => {
  system = await startSystem({ environment: { YIKATONG_POLICY_POLL_MS: String(POLL_MS) } });
  customer = await system.enrol({ accountBalance: fen(5_000n) });
  other = await system.enrol({ accountBalance: fen(5_000n) });
});
afterEach(() => system.close());

const config = () =>
  readConfig({ YIKATONG_DATA: system.dataDir, DATABASE_URL: system.databaseUrl });
const open = (): Promise<Counter> => openCounter(system, sandboxTerminals.dongguanPharmacy);
const nameOfDatabase = () => new URL(system.databaseUrl).pathname.slice(1);
const backupName = () => `${nameOfDatabase()}_backup`;

/** Copies a database as a whole, in place of another one: what a backup and its restore do. */
async function copy(from: string, to: string): Promise<void> {
  const url = Object.assign(new URL(system.databaseUrl), { pathname: '/postgres' }).href;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const sessions =
    'select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1';
  await admin.query(sessions, [from]);
  await admin.query(`drop database if exists ${to} with (force)`);
  await admin.query(`create database ${to} template ${from}`);
  await admin.end();
}

/** A backup, then a sale that it does not have; `beside`: what else came before the backup. */
async function sellAfterBackup(beside: () => Promise<void> = async () => undefined): Promise<void> {
  await beside();
  await system.stopEngine();
  await copy(nameOfDatabase(), backupName());
  await system.startEngine();
  const counter = await open();
  expect(codeOf(await counter.sell(customer, wish))).toBe('approved');
  counter.close();
  await system.stopEngine();
}

async function restore(): Promise<void> {
  await copy(backupName(), nameOfDatabase());
  const admin = new pg.Client({ connectionString: system.databaseUrl });
  await admin.connect();
  await admin.query(`drop database ${backupName()}`);
  await admin.end();
}

async function confirmLists(): Promise<void> {
  await confirmInvalidLists(config());
  await new Promise((resolve) => setTimeout(resolve, 4 * POLL_MS));
}

const lastRestore = async () => {
  const text = 'select cause, cards_locked from restore order by restore_no desc limit 1';
  const [row] = await system.query<{ cause: string; cards_locked: number }>(text);
  return row;
};
/** What a reconciliation would find: one payment of the bank that no settlement here knows. */
async function expectLostSaleAtBankAlone(whose = "which is nobody's"): Promise<void> {
  const nobodys = expect.stringMatching(new RegExp(`^the bank took ${PART} for .*${whose}$`));
  expect(await bookProblems(system)).toEqual([nobodys]);
}

test('a restore that nobody mentions is noticed, and the next sale is one of its own', async () => {
  await sellAfterBackup();
  await restore();
  await system.startEngine();
  expect(await lastRestore()).toMatchObject({ cause: 'other-database' });
  const counter = await open();
  expect(codeOf(await counter.sell(customer, wish))).toBe('INVALID_LISTS_OUTDATED');
  await confirmLists();
  const sold = await counter.sell(customer, wish);
  expect(sold).toMatchObject({ kind: 'approved', isCardFinished: true });
  // Both sales are paid: the lost one stays with the bank until it is reconciled.
  expect((await stateOf(system, customer)).bankBalance).toBe(BALANCE - 2n * PART);
  await expectLostSaleAtBankAlone();
  // A restart sees the same database again.
  await system.stopEngine();
  await system.startEngine();
  const [{ count } = { count: '' }] = await system.query<{ count: string }>(
    'select count(*)::text as count from restore',
  );
  expect(count).toBe('2');
});

test('the documented step before the start: same precautions, told once', async () => {
  await sellAfterBackup();
  await restore();
  const noted = await noteRestore(config(), 'tried');
  expect(noted.batch).toBeGreaterThan(10_000);
  expect(noted).toMatchObject({ cardsLocked: 0, openLegs: 0, lastSettlementAt: undefined });
  await confirmLists();
  await system.startEngine();
  expect(await lastRestore()).toMatchObject({ cause: 'operator' });
  const counter = await open();
  expect(codeOf(await counter.sell(customer, wish))).toBe('approved');
  await expectLostSaleAtBankAlone();
});

test('two restores of one backup do not meet in their trace numbers', async () => {
  await sellAfterBackup();
  const batches: number[] = [];
  for (let times = 0; times < 2; times++) {
    await copy(backupName(), nameOfDatabase());
    await noteRestore(config(), 'tried');
    await confirmLists();
    await system.startEngine();
    const counter = await open();
    expect(codeOf(await counter.sell(customer, wish))).toBe('approved');
    counter.close();
    const [leg] = await system.query<{ at: number }>(
      'select batch::bigint * 1000000 + stan as at from bank_leg',
    );
    batches.push(Number(leg?.at));
    await system.stopEngine();
  }
  expect(new Set(batches).size).toBe(2);
  expect((await stateOf(system, customer)).bankBalance).toBe(BALANCE - 3n * PART);
  await restore();
});

test('a restore that cannot be noticed: the copy of an old approval is not believed, nor reversed', async () => {
  await sellAfterBackup();
  await restore();
  await system.query('update restore set identity = yikatong_database_identity()');
  rmSync(join(system.dataDir, 'bank-trace'));
  await system.startEngine();
  const counter = await open();
  expect(codeOf(await counter.sell(customer, wish))).toBe('BANK_UNREACHABLE');
  expect((await stateOf(system, customer)).bankBalance).toBe(BALANCE - PART);
  await expectLostSaleAtBankAlone('\\(released\\), due is 0');
  expect(await lastRestore()).toMatchObject({ cause: 'bank-copy' });
  await confirmLists();
  const again = await open();
  expect(codeOf(await again.sell(customer, wish))).toBe('approved');
  expect((await stateOf(system, customer)).bankBalance).toBe(BALANCE - 2n * PART);
  await expectLostSaleAtBankAlone('\\(released\\), due is 0');
});

test('trace numbers behind the mark in the data folder are noticed', async () => {
  await sellAfterBackup();
  await system.query(`select setval('bank_trace', 100, false)`);
  await system.startEngine();
  expect(await lastRestore()).toMatchObject({ cause: 'traces-behind' });
  await confirmLists();
  const counter = await open();
  expect(codeOf(await counter.sell(other, wish))).toBe('approved');
  expect(await bookProblems(system)).toEqual([]);
  await restore();
});

test('a card with a wrong PIN standing is locked; with --all-cards every other has one entry left', async () => {
  await sellAfterBackup(async () => {
    const counter = await open();
    expect(codeOf(await counter.sell(other, { medicalPin: '000000' }))).toBe('PIN_WRONG');
    counter.close();
  });
  await restore();
  expect(await noteRestore(config(), 'all')).toMatchObject({ cardsLocked: 1 });
  await confirmLists();
  await system.startEngine();
  const counter = await open();
  expect(codeOf(await counter.sell(other))).toBe('PIN_LOCKED');
  expect((await stateOf(system, customer)).pinWrongTries).toBe(2);
  await vi.waitFor(async () => expect(codeOf(await counter.sell(customer))).toBe('approved'));
  expect((await stateOf(system, customer)).pinWrongTries).toBe(0);
});
