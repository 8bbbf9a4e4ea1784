import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PayerSums } from '../../../../../engine/flows/history/payer-sums.ts';
import { noSums } from '../../../../../engine/flows/history/payer-sums.ts';
import type { WhatIf, WhatIfBill } from '../../../../../engine/flows/history/what-if.ts';
import { whatIf } from '../../../../../engine/flows/history/what-if.ts';
import { openRecordedSettlements } from '../../../../../engine/store/reads/recorded-settlements.ts';
import { compilePack } from '../../../../../rules/kernel/compile-pack.ts';
import type { Pack } from '../../../../../rules/model/pack.ts';
import {
  dongguanPharmacy,
  policy,
  refundSettlement,
  yuan,
} from '../../../../support/domain/builders.ts';
import { newRatioPack } from '../../../../support/packs/new-ratio-pack.ts';
import { type Clinic, openClinic } from '../../../../support/postgres/recorded-days.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';

let database: TestDatabase;
let clinic: Clinic;
beforeEach(async () => {
  database = await createTestDatabase();
  const person = { accountBalance: yuan('30.00') };
  clinic = await openClinic(database.url, { people: 2, person });
});
afterEach(async () => {
  await clinic.close();
  await database.drop();
});

async function tryPack(pack: Pack, change: Partial<WhatIf> = {}) {
  const recorded = openRecordedSettlements({ url: database.url, pageRows: 2 });
  const bills: WhatIfBill[] = [];
  try {
    const summary = await whatIf({
      days: { from: '1970-01-01', to: '9999-12-31' },
      recorded,
      policy,
      packs: [pack],
      isByDate: false,
      onBill: (bill) => bills.push(bill),
      onProgress: () => undefined,
      ...change,
    });
    return { summary, bills };
  } finally {
    await recorded.close();
  }
}

/** Sixty percent at the main point instead of seventy, and no more than 40 yuan a year. */
function newPack(change: Parameters<typeof newRatioPack>[0] = {}): Pack {
  const compiled = compilePack(newRatioPack(change));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

function sums(amounts: { readonly [name in keyof PayerSums]?: string }): PayerSums {
  const given = Object.entries(amounts).map(([name, text]) => [name, yuan(text)]);
  return { ...noSums, ...Object.fromEntries(given) };
}

const pharmacy = {
  careType: '41',
  institution: dongguanPharmacy.code,
  carePlace: dongguanPharmacy.carePlace,
};

describe('a new ratio and a new yearly cap', () => {
  test('are carried from bill to bill of a person, with what the account has left', async () => {
    // Each bill: 40.68, of it 2.71 prior self-pay and 37.97 in scope. Seventy percent are 26.58, sixty 22.78.
    for (const day of [0, 1, 2]) await clinic.sell(clinic.patient(0), { day });
    const { summary, bills } = await tryPack(newPack());
    expect(bills.map(({ before, after }) => [before, after])).toEqual([
      [
        sums({ hifp_pay: '26.58', account: '14.10' }),
        sums({ hifp_pay: '22.78', account: '17.90' }),
      ],
      [
        sums({ hifp_pay: '26.58', account: '14.10' }),
        // 40.00 - 22.78 of the fund, and 30.00 - 17.90 of the account.
        sums({ hifp_pay: '17.22', account: '12.10', patient: '11.36' }),
      ],
      [sums({ hifp_pay: '26.58', account: '1.80', patient: '12.30' }), sums({ patient: '40.68' })],
    ]);
    expect(summary).toMatchObject({
      read: 3,
      notStanding: 0,
      ruled: {
        bills: 3,
        patientMore: 2,
        patientLess: 0,
        patientSame: 1,
        before: sums({ hifp_pay: '79.74', account: '30.00', patient: '12.30' }),
        after: sums({ hifp_pay: '40.00', account: '30.00', patient: '52.04' }),
      },
      touched: { bills: 0 },
      notComparable: [],
    });
    expect(summary.largest.map(({ settlementId }) => settlementId)).toEqual(
      [bills[2], bills[1], bills[0]].map((bill) => bill?.settlementId),
    );
  });

  test('are split on the lines that stand, and touch other bills through the account', async () => {
    const person = clinic.patient(1);
    const [part, all] = [
      await clinic.sell(person, { day: 0 }),
      await clinic.sell(person, { day: 0, hour: 1 }),
    ];
    for (const [settlement, lines] of [[part, ['2']] as const, [all, undefined] as const]) {
      const refund = refundSettlement(settlement, {
        name: `of ${settlement.id}`.slice(0, 30),
        lines,
      });
      await clinic.execute({ ...refund, at: settlement.acceptedAt + 7_200_000 });
    }
    await clinic.sell(person, { day: 1, change: pharmacy });
    const { summary, bills } = await tryPack(newPack());
    // Of the first, 13.55 stands: 9.49 and 8.13 of the fund, so the account has 1.36 less for the pharmacy.
    expect(summary).toMatchObject({
      read: 3,
      notStanding: 1,
      ruled: {
        bills: 1,
        before: sums({ hifp_pay: '9.49', account: '4.06' }),
        after: sums({ hifp_pay: '8.13', account: '5.42' }),
      },
      touched: {
        bills: 1,
        patientMore: 1,
        before: sums({ account: '25.94', patient: '14.74' }),
        after: sums({ account: '24.58', patient: '16.10' }),
      },
    });
    expect(bills.map(({ packOld, packNew }) => packOld === packNew)).toEqual([false, true]);
  });
});

test('by date, only bills of days on which the pack is in force are split by it', async () => {
  for (const day of [0, 3, 5]) await clinic.sell(clinic.patient(0), { day });
  const pack = newPack({
    effectiveFrom: '2026-11-05',
    id: '441900/2026-11-05-employee-outpatient',
  });
  expect((await tryPack(pack)).summary.ruled.bills).toBe(3);
  const byDate = await tryPack(pack, { isByDate: true });
  expect(byDate.bills.map(({ businessDate }) => businessDate)).toEqual([
    '2026-11-05',
    '2026-11-07',
  ]);
});

test('a pack that nobody is of changes nothing, and one that asks for facts compares nothing', async () => {
  await clinic.sell(clinic.patient(0), { day: 0 });
  const elsewhere = newPack({ region: '441800', id: '441800/2027-01-01-employee-outpatient' });
  expect((await tryPack(elsewhere)).summary).toMatchObject({ read: 1, ruled: { bills: 0 } });
  const facts = { 'insured-months': { zh: '参保月数', en: 'Months insured' } };
  const { summary } = await tryPack(newPack({ facts }));
  expect(summary.ruled.bills).toBe(0);
  expect(summary.notComparable).toEqual([
    { why: 'facts-missing', detail: 'insured-months', bills: 1 },
  ]);
});
