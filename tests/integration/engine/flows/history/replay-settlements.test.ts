import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import type {
  Replay,
  ReplayedSettlement,
} from '../../../../../engine/flows/history/replay-settlements.ts';
import { replaySettlements } from '../../../../../engine/flows/history/replay-settlements.ts';
import { openRecordedSettlements } from '../../../../../engine/store/reads/recorded-settlements.ts';
import { compilePack } from '../../../../../rules/kernel/compile-pack.ts';
import { createPackRegistry } from '../../../../../rules/packs/pack-registry.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  bankDebit,
  confirmDebit,
  dongguanPharmacy,
  finishRefund,
  policy,
  refundSettlement,
  TOOTHPASTE,
} from '../../../../support/domain/builders.ts';
import { packWithoutAccount } from '../../../../support/packs/pack-files.ts';
import { type Clinic, openClinic } from '../../../../support/postgres/recorded-days.ts';
import { changeAnswer } from '../../../../support/postgres/stored-answers.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';

let database: TestDatabase;
let clinic: Clinic;
beforeEach(async () => {
  database = await createTestDatabase();
  clinic = await openClinic(database.url, { people: 6 });
});
afterEach(async () => {
  await clinic.close();
  await database.drop();
});

const nothingFound = { read: 0, identical: 0, different: 0, otherPackToday: 0, totalsFallen: 0 };
const november = { from: '2026-11-01', to: '2026-11-30' };

async function replay(change: Partial<Replay> & { readonly pageRows?: number } = {}) {
  const { pageRows = 2, ...rest } = change;
  const recorded = openRecordedSettlements({ url: database.url, pageRows });
  const reports: ReplayedSettlement[] = [];
  try {
    const summary = await replaySettlements({
      days: november,
      recorded,
      policy,
      unusable: new Map(),
      activated: new Set(),
      onReport: (report) => reports.push(report),
      onProgress: () => undefined,
      ...rest,
    });
    return { summary, reports };
  } finally {
    await recorded.close();
  }
}

async function asOwner(text: string, values: readonly unknown[] = []): Promise<void> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  try {
    const { rowCount } = await owner.query(text, [...values]);
    expect(rowCount).toBe(1);
  } finally {
    await owner.end();
  }
}

async function count(table: string, column: string): Promise<Record<string, number>> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const text = `select ${column} as value, count(*)::integer as rows from ${table} group by 1`;
  const { rows } = await owner.query<{ value: string; rows: number }>(text);
  await owner.end();
  return Object.fromEntries(rows.map((row) => [row.value, row.rows]));
}

/** A month of six people: 30 sales, refunds of one line, of all, and of both one after the other. */
async function sellMonth(): Promise<readonly Settlement[]> {
  const sold: Settlement[] = [];
  for (let day = 0; day < 5; day++) {
    for (let index = 0; index < 6; index++) {
      const items = [ASPIRIN, { ...BENIDIPINE, quantity: String(day + 1) }, TOOTHPASTE];
      const settlement = await clinic.sell(clinic.patient(index), { day, hour: index, items });
      sold.push(settlement);
      const at = settlement.acceptedAt + 60_000;
      const refund = (name: string, lines: readonly string[] | undefined) =>
        clinic.execute({ ...refundSettlement(settlement, { name, lines }), at });
      if ((day + index) % 4 === 0) await refund(`${day}-${index}-one`, ['2']);
      if ((day + index) % 4 === 1) await refund(`${day}-${index}-all`, undefined);
      if ((day + index) % 8 === 0) await refund(`${day}-${index}-rest`, undefined);
    }
  }
  return sold;
}

describe('a month as it was recorded', () => {
  test('comes out the same to the fen, refunds by line included', async () => {
    await sellMonth();
    expect(await count('refund', 'state')).toEqual({ done: 19 });
    const { summary, reports } = await replay();
    expect(reports).toEqual([]);
    expect(summary).toEqual({ ...nothingFound, read: 30, identical: 30 });
  });

  test('is read alike in pages of two and in one page, and no other days are', async () => {
    const sold = await sellMonth();
    const read: string[][] = [];
    const recorded = openRecordedSettlements({ url: database.url, pageRows: 2 });
    for await (const page of recorded.readBills({ from: '2026-11-03', to: '2026-11-04' })) {
      expect(page.length).toBeLessThanOrEqual(2);
      read.push(page.map(({ id }) => id));
    }
    await recorded.close();
    const meant = sold.filter(({ businessDate }) => /-0[34]$/.test(businessDate));
    expect(meant).toHaveLength(12);
    expect(read.flat().toSorted()).toEqual(meant.map(({ id }) => id).toSorted());
    expect((await replay({ pageRows: 500 })).summary).toEqual((await replay()).summary);
  });

  test('holds sales by bank card that were approved, refused, refunded, and still open', async () => {
    const shopper = clinic.patient(0);
    const byCard = (day: number) =>
      clinic.sell(shopper, {
        day,
        change: { tender: bankDebit('14.10', { atc: day + 1 }), useAccount: false },
      });
    const approved = await byCard(1);
    await clinic.execute(confirmDebit(approved, { at: approved.acceptedAt + 900 }));
    const release = { type: 'release-reservation', fence: 0, responseCode: '51' } as const;
    const refused = await byCard(2);
    const { key, id: settlementId } = refused;
    await clinic.execute({ ...release, key, settlementId, at: refused.acceptedAt + 900 });
    const refund = refundSettlement(approved, { name: 'by-card', lines: ['1'] });
    await clinic.execute({ ...refund, at: approved.acceptedAt + 60_000 });
    await clinic.execute(finishRefund(approved, { at: approved.acceptedAt + 61_000 }));
    await byCard(3);
    expect(await count('settlement', 'state')).toEqual({ posted: 1, released: 1, reserved: 1 });
    expect(await count('refund', 'state')).toEqual({ done: 1 });
    const { summary, reports } = await replay();
    expect(reports).toEqual([]);
    expect(summary).toEqual({ ...nothingFound, read: 3, identical: 3 });
  });
});

describe('what was changed afterwards is found', () => {
  test.each([
    {
      what: 'an amount of a settlement',
      text: `update settlement set fund_total = fund_total + 1, account_pay = account_pay - 1 where id = $1`,
      field: ['fund_total', 'account_pay'],
      why: 'one-record',
    },
    {
      what: 'an entry of the ledger',
      text: `update posting set amounts[1] = amounts[1] - 1 where settlement_id = $1 and posting_no = 0 and accounts[1] like 'fund:%'`,
      field: ['entries 0 fund:441900:310100'],
      why: 'one-record',
    },
    {
      what: 'an amount of a refund, and with it the sum of the sale',
      text: `update refund set fund_total = fund_total - 1, account_pay = account_pay + 1 where settlement_id = $1`,
      field: ['fund_total', 'account_pay', 'refund 1 fund_total', 'refund 1 account_pay'],
      why: 'refunded',
    },
    {
      what: 'the list of refunded lines',
      text: `update settlement set refunded_lines = '{1}' where id = $1`,
      field: ['refunded_lines'],
      why: 'one-record',
    },
  ])('$what', async ({ text, field, why }) => {
    const [changed] = [await clinic.sell(clinic.patient(0), { day: 0 })];
    await clinic.sell(clinic.patient(0), { day: 1 });
    const refund = refundSettlement(changed, { lines: ['2'] });
    await clinic.execute({ ...refund, at: changed.acceptedAt + 60_000 });
    await asOwner(text, [changed.id]);
    const { summary, reports } = await replay();
    expect(summary).toEqual({ ...nothingFound, read: 2, identical: 1, different: 1 });
    expect(reports).toMatchObject([{ settlementId: changed.id, businessDate: '2026-11-02' }]);
    expect(reports[0]?.differences.map((difference) => difference.field)).toEqual(field);
    expect(reports[0]?.differences[0]?.why).toBe(why);
  });

  test('the stored answer', async () => {
    const { id } = await clinic.sell(clinic.patient(0), { day: 0 });
    await clinic.sell(clinic.patient(0), { day: 1 });
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    await changeAnswer(
      async (text, values = []) => (await owner.query(text, [...values])).rows,
      `settlement_id = '${id}'`,
      (body) => body.replace('"fundTotal":"26.58"', '"fundTotal":"26.59"'),
    );
    await owner.end();
    const { summary, reports } = await replay();
    expect(summary).toEqual({ ...nothingFound, read: 2, identical: 1, different: 1 });
    expect(reports[0]?.differences.map((difference) => difference.field)).toEqual([
      'answer amounts.fundTotal',
    ]);
    expect(reports[0]?.differences[0]?.why).toBe('one-record');
  });

  test('a value is told as it is on record and as it comes out', async () => {
    const { id } = await clinic.sell(clinic.patient(0), { day: 0 });
    await asOwner(
      `update settlement set total = total + 100, patient_pay = patient_pay + 100 where id = $1`,
      [id],
    );
    const { reports } = await replay();
    expect(reports[0]?.differences[0]).toEqual({
      field: 'total',
      recorded: '41.68',
      recomputed: '40.68',
      why: 'one-record',
    });
  });

  test('the input: every record differs alike, and nobody can say whether pack or input changed', async () => {
    const { id } = await clinic.sell(clinic.patient(0), { day: 0 });
    await asOwner(
      `update settlement set input = jsonb_set(input::jsonb, '{insured,traits}', '[]') where id = $1`,
      [id],
    );
    const { reports } = await replay();
    const [report] = reports;
    expect(report?.differences.every(({ why }) => why === 'all-records')).toBe(true);
    expect(report?.differences.find(({ field }) => field === 'fund_total')).toMatchObject({
      recorded: '26.58',
      recomputed: '0.00',
      detail: 'the pack ships',
    });
  });

  test('totals that the bills before do not add up to; and those of a refund elsewhere are no matter', async () => {
    const sold = [0, 1, 2].map((day) => clinic.sell(clinic.patient(0), { day }));
    const [, second, third] = await Promise.all(sold);
    const setTotal = (amount: number) =>
      `update settlement set input = jsonb_set(input::jsonb, '{accumulators}',
         '[["outpatient-in-scope", "${amount}"], ["outpatient-fund-paid", "2658"]]') where id = $1`;
    await asOwner(setTotal(3_897), [second?.id]);
    const { summary, reports } = await replay();
    expect(summary).toMatchObject({ different: 1, totalsFallen: 1 });
    expect(reports.find(({ settlementId }) => settlementId === second?.id)?.differences).toEqual([
      {
        field: 'totals 2026/310 outpatient-in-scope',
        recorded: '38.97',
        recomputed: '37.97',
        why: 'totals',
      },
    ]);
    expect(reports.find(({ settlementId }) => settlementId === third?.id)?.differences).toEqual([]);
  });

  test('an input that nobody can read', async () => {
    const { id } = await clinic.sell(clinic.patient(0), { day: 0 });
    await asOwner(`update settlement set input = input::jsonb - 'lines' where id = $1`, [id]);
    const { reports } = await replay();
    expect(reports[0]?.differences).toMatchObject([{ field: 'input', why: 'input-unreadable' }]);
  });
});

describe('the pack of a bill', () => {
  const pharmacy = {
    careType: '41',
    institution: dongguanPharmacy.code,
    carePlace: dongguanPharmacy.carePlace,
  };

  test('may be one that was activated, and is asked for when it is not there any more', async () => {
    const compiled = compilePack(JSON.parse(packWithoutAccount('2026-11-01')));
    if (!compiled.ok) throw new Error('no pack');
    const activated = createPackRegistry([...policy.packs, compiled.value]);
    const counter = await openClinic(database.url, { people: 1, policy: activated });
    const { id, packId } = await counter.sell(counter.patient(0), { day: 1, change: pharmacy });
    await counter.close();
    expect(packId).toBe('441900/2026-11-01-employee-pharmacy');
    const there = await replay({ policy: activated, activated: new Set([packId]) });
    expect(there.summary).toMatchObject({ identical: 1, otherPackToday: 0 });
    const gone = await replay();
    expect(gone.reports).toMatchObject([
      {
        settlementId: id,
        packToday: '441900/2022-12-01-employee-pharmacy',
        differences: [{ field: 'pack_id', recorded: packId, why: 'pack-missing' }],
      },
    ]);
    const detail = 'it is not what was activated under this id';
    const replaced = await replay({ unusable: new Map([[packId, detail]]) });
    expect(replaced.reports).toMatchObject([{ differences: [{ why: 'pack-unusable', detail }] }]);
  });

  test('is kept when the shelf of today has a later one for its day: that is told, and no difference', async () => {
    await clinic.sell(clinic.patient(0), { day: 1, change: pharmacy });
    const compiled = compilePack(JSON.parse(packWithoutAccount('2026-11-01')));
    if (!compiled.ok) throw new Error('no pack');
    const { summary, reports } = await replay({
      policy: createPackRegistry([...policy.packs, compiled.value]),
    });
    expect(summary).toEqual({ ...nothingFound, read: 1, identical: 1, otherPackToday: 1 });
    expect(reports).toMatchObject([
      {
        packId: '441900/2022-12-01-employee-pharmacy',
        packToday: '441900/2026-11-01-employee-pharmacy',
      },
    ]);
  });
});
