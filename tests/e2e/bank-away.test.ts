import { afterAll, beforeAll, expect, test } from 'vitest';
import { fen } from '../../engine/domain/money/fen.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-places.ts';
import { codeOf, openCounter } from '../support/counter.ts';
import type { World } from '../support/world.ts';
import { startWorld } from '../support/world.ts';
import { openWork } from '../support/world-books.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('while nobody answers at the bank, cash is taken and nothing is charged to a bank card', async () => {
  const place = sandboxTerminals.dongguanPharmacy;
  const before = await openCounter(world, place);
  const customer = await world.enrol({ accountBalance: fen(5_000n) });
  const request = await before.requestFor(customer, { tender: 'bank-debit', useAccount: false });
  await world.closeBank();

  expect(codeOf(await before.client.settle(request))).toBe('BANK_UNREACHABLE');
  const [row] = await world.query(
    'select account_held::int as held from person where account_balance = 5000',
  );
  expect(row).toEqual({ held: 0 });

  const signedInWithoutBank = await openCounter(world, place);
  const outcome = await signedInWithoutBank.sell(customer);
  if (outcome.kind !== 'approved') throw new Error(codeOf(outcome));
  expect(outcome.document.amounts).toMatchObject({ accountPay: '50.00', cashPay: '82.00' });
  expect(await openWork(world)).toBe(0);
  expect(await world.query('select * from yikatong_ledger_problems()')).toEqual([]);
});
