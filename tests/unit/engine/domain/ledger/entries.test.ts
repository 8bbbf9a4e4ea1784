import { describe, expect, test } from 'vitest';
import { assertBalanced, settlementEntries } from '../../../../../engine/domain/ledger/entries.ts';
import type { FundShare } from '../../../../../rules/model/split.ts';
import { dongguanPharmacy, yuan } from '../../../../support/domain/builders.ts';

const { code: institution } = dongguanPharmacy;
const base = {
  region: '441900',
  institution,
  funds: [
    { field: 'hifp_pay', fundType: '310100', amount: yuan('70.00'), counted: true },
    { field: 'hifes_pay', fundType: '370100', amount: yuan('3.50'), counted: true },
  ] satisfies readonly FundShare[],
  accountPay: yuan('20.00'),
  bankPay: yuan('6.49'),
  cashPay: yuan('0.00'),
};

describe('settlementEntries', () => {
  test('payers fall, the institution rises by the whole, nothing is left over', () => {
    expect(settlementEntries(base)).toEqual([
      { account: 'fund:441900:310100', amount: -7000n },
      { account: 'fund:441900:370100', amount: -350n },
      { account: 'person', amount: -2000n },
      { account: `bank:${institution}`, amount: -649n },
      { account: `institution:${institution}`, amount: 9999n },
    ]);
  });

  test('what the hospital bears is its own, and no fund pays it', () => {
    const part: FundShare = {
      field: 'hosp_part_amt',
      fundType: '999996',
      amount: yuan('5.00'),
      counted: false,
    };
    const entries = settlementEntries({ ...base, funds: [part], accountPay: yuan('0.00') });
    expect(entries).toEqual([
      { account: `hospital-part:${institution}`, amount: -500n },
      { account: `bank:${institution}`, amount: -649n },
      { account: `institution:${institution}`, amount: 1149n },
    ]);
  });

  test('payers that pay nothing have no entry', () => {
    const nothing = { funds: [], accountPay: yuan('0.00'), bankPay: yuan('0.00') };
    expect(settlementEntries({ ...base, ...nothing, cashPay: yuan('8.39') })).toEqual([
      { account: `cash:${institution}`, amount: -839n },
      { account: `institution:${institution}`, amount: 839n },
    ]);
  });

  test('a posting of nothing has no entries: the books refuse an entry of zero', () => {
    const nothing = {
      funds: [],
      accountPay: yuan('0.00'),
      bankPay: yuan('0.00'),
      cashPay: yuan('0.00'),
    };
    expect(settlementEntries({ ...base, ...nothing })).toEqual([]);
  });

  test('entries that do not balance never get out', () => {
    expect(() => assertBalanced([{ account: 'person', amount: yuan('0.01') }])).toThrow(
      'entries sum to 1 fen, not to zero',
    );
  });
});
