import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { bookProblems, stateOf } from '../support/running-system/books.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.close());

/** What PostgreSQL answers to every write when its disk is full (SQLSTATE 53100, disk_full). */
async function fillDisk(): Promise<void> {
  await system.query(`create function no_room() returns trigger language plpgsql as
    $$ begin raise exception 'no room' using errcode = '53100'; end $$`);
  for (const table of ['person', 'card', 'request', 'settlement', 'posting']) {
    await system.query(`create trigger full_disk before insert or update on ${table}
      execute function no_room()`);
  }
}

test('a full disk: refused before the bank is asked and before a PIN is judged, and all is well after', async () => {
  const counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  const customer = await system.enrol();
  const before = await stateOf(system, customer);
  const received = system.host.received();
  await fillDisk();
  expect(codeOf(await counter.sell(customer))).toBe('UNAVAILABLE');
  expect(codeOf(await counter.sell(customer, { tender: 'bank-debit' }))).toBe('UNAVAILABLE');
  // Whoever tries PINs while no try can be counted learns nothing about any of them.
  for (const medicalPin of ['000001', '000002', '000003', '000004']) {
    expect(codeOf(await counter.sell(customer, { medicalPin }))).toBe('UNAVAILABLE');
  }
  expect(system.host.received()).toBe(received);
  await system.query('drop function no_room cascade');
  expect(await stateOf(system, customer)).toEqual(before);
  expect(codeOf(await counter.sell(customer, { tender: 'bank-debit' }))).toBe('approved');
  expect(await bookProblems(system)).toEqual([]);
});
