// Goal: a slipped decimal point is not paid for by a fund, and a dear bill that is right can be settled.
import { describe, expect, test } from 'vitest';
import type { Fen } from '../../../../../engine/base/money/fen.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import {
  findAboveCeiling,
  parseCeilings,
} from '../../../../../engine/domain/settlement/ceilings.ts';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  card,
  MORNING,
  person,
  policy,
  pricedLines,
  settleBill,
  yuan,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';
import { money, shown } from './store-with-person.ts';

function openCounter() {
  const store = createMemoryStore(
    createDecide(() => policy, { ceilings: parseCeilings(undefined) }),
  );
  store.add(person(), card());
  return store;
}

const confirmation = { supervisor: '王主管 0017', reason: '已核对处方' };
const dear: Partial<SettleBill> = {
  lines: pricedLines([{ ...ASPIRIN, quantity: '1000' }]),
  useAccount: false,
};

describe('a bill above the ceiling of a pharmacy', () => {
  test('is refused with what is above, and nothing moves', () => {
    const store = openCounter();
    const before = money(store);
    expect(shown(store.run(settleBill(dear)))).toMatchObject({
      ...{ status: 422, code: 'BILL_ABOVE_CEILING', moneyEffect: 'none', retry: 'new-key' },
      detail: 'total 13550.00, ceiling 10000.00, lines 1 above 5000.00',
    });
    expect(money(store)).toEqual(before);
    expect(store.settlements.size).toBe(0);
  });

  test('is settled with a supervisor’s confirmation, which the settlement and its answer keep', () => {
    const store = openCounter();
    const sold = store.run(settleBill({ ...dear, confirmation }));
    expect(shown(sold)).toMatchObject({
      ...{ status: 200, state: 'posted', confirmation },
      warnings: [{ check: 'ceiling', lineNos: ['1'], zh: expect.stringContaining('13550.00') }],
    });
    expect([...store.settlements.values()]).toMatchObject([{ confirmation }]);
  });

  test('the slip of a decimal point that was seen at a counter', () => {
    const store = openCounter();
    const lines = pricedLines([{ ...BENIDIPINE, price: '9999999999.99' }]);
    expect(shown(store.run(settleBill({ lines })))).toMatchObject({ code: 'BILL_ABOVE_CEILING' });
  });

  test('a usual bill needs nobody, and a confirmation that was not needed is kept too', () => {
    const store = openCounter();
    expect(shown(store.run(settleBill()))).toMatchObject({ status: 200, warnings: [] });
    const at = MORNING + 1;
    const chip = { challenge: at * 1000, challengeExpired: false, isGenuine: true };
    const second = store.run(settleBill({ name: 'sale-2', at, chip, confirmation }));
    expect(shown(second)).toMatchObject({ confirmation });
    expect(shown(store.run(settleBill()))).not.toHaveProperty('confirmation');
  });
});

describe('which ceiling counts', () => {
  const ceilings = parseCeilings('41=8000/4000,1403=300000/200000');
  const above = (careType: string, ...amounts: string[]) => {
    const lines = amounts.map((amount, i) => ({ lineNo: `${i + 1}`, amount: yuan(amount) as Fen }));
    return findAboveCeiling({ careType, lines }, ceilings);
  };

  test.each([
    ['11', ['20000.00'], true],
    ['11', ['10000.00', '10000.00'], false],
    ['11', ['10000.00', '10000.01'], true],
    ['11', ['10000.01'], true],
    ['41', ['4000.00', '4000.00'], false],
    ['41', ['4000.01'], true],
    ['1401', ['50000.00', '50000.00'], false],
    ['1401', ['50000.01'], true],
    ['1403', ['200000.00', '100000.00'], false],
    ['1403', ['200000.01'], true],
    ['21', ['900000000.00'], false],
  ])('%s %s: above %s', (careType, amounts, isAbove) => {
    expect(above(careType, ...amounts) !== undefined).toBe(isAbove);
  });

  test('the lines above are named; a total alone names none', () => {
    expect(above('11', '10000.01', '1.00', '10000.02')?.lineNos).toEqual(['1', '3']);
    expect(above('41', '3000.00', '3000.00', '3000.00')?.lineNos).toEqual([]);
  });
});
