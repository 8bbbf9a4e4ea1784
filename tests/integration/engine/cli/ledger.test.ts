/** Goal: `yikatong ledger check` tells a difference in the books by its exit code, in both languages and as data. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import * as main from '../../../../engine/main.ts';
import { ledgerLaws } from '../../../../engine/store/ledger/check-ledger.ts';
import type { Clinic } from '../../../support/postgres/recorded-days.ts';
import { openClinic } from '../../../support/postgres/recorded-days.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { query } from '../store/toy-store.ts';

let database: TestDatabase;
let clinic: Clinic;
beforeEach(async () => {
  database = await createTestDatabase();
  clinic = await openClinic(database.url, { people: 2 });
  await clinic.sell(clinic.patient(0), { day: 0 });
  await clinic.sell(clinic.patient(1), { day: 1 });
});
afterEach(async () => {
  await clinic.close();
  await database.drop();
});

async function ledgerCheck(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['ledger', 'check', ...args], {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: temporaryFolder() },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('right books: every law with what it checked, exit code 0', async () => {
  const { code, out } = await ledgerCheck();
  expect(code).toBe(0);
  for (const { id, zh, en } of ledgerLaws) {
    expect(out).toContain(`✓ ${id}`);
    expect(out).toContain(`${zh} / ${en}`);
  }
  expect(out).toContain('✓ settlement-is-posted  2');
  expect(out).toContain('账册无差异 / no difference');
});

test('one fen too many: exit code 1, and which account, what it has and should have', async () => {
  await query(database.url, 'update person set account_balance = account_balance + 1');
  const { code, out } = await ledgerCheck();
  expect(code).toBe(1);
  expect(out).toContain('✗ personal-account-follows-entries  2');
  expect(out).toMatch(/ {4}4419…\d{4}: \d+; 应为 \/ should be: \d+/);
  expect(out).toContain('✗ account-is-credits-less-payments  2');
  expect(out).toContain('差异 5 处 / differences: 5');
  // The number of a person is told to nobody.
  expect(out).not.toContain('44190000000000000000');
  const data = JSON.parse((await ledgerCheck('--json')).out);
  expect(data).toMatchObject({ day: null, broken: 5 });
  expect(data.laws).toHaveLength(ledgerLaws.length);
});

test('a day: what happened on it, and what is of the whole database is said not to be checked', async () => {
  await query(database.url, "update settlement set refunded_lines = array['1']");
  const { code, out } = await ledgerCheck('--day', '2026-11-02');
  expect(code).toBe(1);
  expect(out).toContain('✗ lines-go-back-once  1');
  expect(out).toContain('– trial-balance  仅全库 / whole only');
  expect(await ledgerCheck('--day', '2026-11-30')).toMatchObject({ code: 0 });
  expect((await ledgerCheck('--day', '30.11.2026')).errors).toContain('2026-11-22');
});

test('a login that may not read the books is told so', async () => {
  await query(database.url, 'create role ledger_stranger login password $$x$$');
  try {
    const url = new URL(database.url);
    Object.assign(url, { username: 'ledger_stranger', password: 'x' });
    const { code, errors } = await ledgerCheckAt(url.href);
    expect(code).toBe(1);
    expect(errors).toContain('right');
  } finally {
    await query(database.url, 'drop role ledger_stranger');
  }
});

async function ledgerCheckAt(url: string) {
  const kept = database;
  database = { ...kept, url };
  try {
    return await ledgerCheck();
  } finally {
    database = kept;
  }
}
