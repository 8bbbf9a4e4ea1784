import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountAvailable } from '../../../../engine/domain/card/person.ts';
import type { CardId, RequestKey, SettlementId, TerminalId } from '../../../../engine/domain/ids/ids.ts';
import type { Fen } from '../../../../engine/domain/money/fen.ts';
import { ZERO } from '../../../../engine/domain/money/fen.ts';
import type { BankLeg } from '../../../../engine/domain/settlement/bank-leg.ts';
import type { SettleBill, BankSilent } from '../../../../engine/domain/settlement/commands.ts';
import type { Facts, Writes } from '../../../../engine/domain/settlement/decision.ts';
import type { Refund } from '../../../../engine/domain/settlement/refund.ts';
import type { Settlement } from '../../../../engine/domain/settlement/settlement.ts';
import { openSeedStore } from '../../../../engine/store/seed-store.ts';
import type { TestDatabase } from '../../../support/postgres.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import {
  at,
  bill,
  card,
  cardIdOf,
  decideBill,
  keyOf,
  ledgerProblems,
  openStore,
  person,
  query,
  seed,
  terminalId,
} from './counter.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const approved = { outcome: 'approved', status: 200, body: '"done"', code: undefined } as const;

/** A store whose next decisions are given by the test: what they write, from what they see. */
function scripted() {
  const script: ((facts: Facts) => Writes)[] = [];
  const store = openStore(database.url, {
    decide: (_, facts) => ({ answer: approved, isReplay: false, writes: script.shift()?.(facts) }),
  });
  const sale = bill('A', 300n, { key: 'sale-by-bank-card-01' });
  return {
    store,
    sale,
    /** Has the settlement's person write what `writes` says. */
    async write(writes: (facts: Facts) => Writes, command: SettleBill | BankSilent = again(sale)) {
      script.push(writes);
      return store.execute(command);
    },
    async [Symbol.asyncDispose]() {
      await store.close();
    },
  };
}

/** A command that names the settlement of a sale, so that its rows are read. */
function again(sale: SettleBill): BankSilent {
  const { key, settlementId } = sale;
  return { type: 'bank-silent', key, settlementId, at: at + 1, legNo: 0, reason: '98' };
}

function settlementOf(sale: SettleBill): Settlement {
  const settled = decideBill(sale, {
    person: person('A', 1_000n),
    card: undefined,
    accumulators: [],
    invalidListHits: [],
    requests: [],
    settlement: undefined,
    bankLegs: [],
    refunds: [],
  }).writes?.settlement;
  if (settled === undefined) throw new Error('the counter refused');
  return settled.to;
}

function reservedBy(sale: SettleBill): Writes & { readonly bankLeg: BankLeg } {
  const bankLeg: BankLeg = {
    key: sale.key,
    settlementId: sale.settlementId,
    legNo: 0,
    kind: 'sale',
    state: 'sending',
    amount: 100n as Fen,
    stan: 1,
    batch: 1,
    bankTerminalId: '00000001',
    bankMerchantId: '123456789012345',
    sealedReference: 'sealed',
    rrn: undefined,
    authCode: undefined,
    responseCode: undefined,
    hostTime: undefined,
    reversalReason: undefined,
    attempts: 0,
    nextAttemptAt: at + 30_000,
  };
  const to: Settlement = {
    ...settlementOf(sale),
    state: 'reserved',
    tender: 'bank-debit',
    amounts: { total: 300n as Fen, fundTotal: ZERO, accountPay: 200n as Fen, patientPay: 100n as Fen },
    postedAt: undefined,
    deadline: at + 30_000,
  };
  const request = {
    ...sale.request,
    key: sale.key,
    cardId: sale.cardId,
    settlementId: sale.settlementId,
    state: 'running' as const,
    answer: undefined,
    at,
  };
  return {
    person: { ...person('A', 1_000n), accountHeld: 200n as Fen },
    card: { ...card('A'), pinWrongTries: 2, lastChallenge: at, lastAtc: 7 },
    settlement: { from: undefined, to },
    bankLeg,
    request,
  };
}

describe('a settlement with a bank leg', () => {
  test('is read back as it was written, with the hold on the account', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const { store, sale } = counter;
    const writes = reservedBy(sale);
    await counter.write(() => writes, sale);
    const facts = await store.readSettlement(sale.settlementId);
    expect(facts).toStrictEqual({
      person: { ...writes.person, version: 1 },
      card: writes.card,
      accumulators: [],
      invalidListHits: [],
      requests: [writes.request],
      settlement: writes.settlement?.to,
      bankLegs: [writes.bankLeg],
      refunds: [],
    });
    expect(facts?.person && accountAvailable(facts.person)).toBe(800n);
    expect(await ledgerProblems(database.url)).toEqual([]);
  });

  test('is due for an attempt until its leg is finished, the longest waiting first', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const { store, sale } = counter;
    const { bankLeg, ...rest } = reservedBy(sale);
    await counter.write(() => ({ ...rest, bankLeg }), sale);
    const second = { ...bankLeg, legNo: 1, nextAttemptAt: at + 10_000 };
    await counter.write(() => ({ bankLeg: second }));
    expect(await store.dueBankLegs(at, 10)).toEqual([]);
    expect(await store.dueBankLegs(at + 30_000, 10)).toEqual([second, bankLeg]);
    expect(await store.dueBankLegs(at + 30_000, 1)).toEqual([second]);
    const done = { state: 'approved', rrn: '012345678901', nextAttemptAt: undefined } as const;
    await counter.write(({ bankLegs }) => ({ bankLeg: { ...(bankLegs[0] ?? bankLeg), ...done } }));
    expect(await store.dueBankLegs(at + 30_000, 10)).toEqual([second]);
    expect((await store.readSettlement(sale.settlementId))?.bankLegs[0]).toEqual({
      ...bankLeg,
      ...done,
    });
  });

  test('moves on as its commands say: posted, and refunded by line', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const { store, sale } = counter;
    const start = reservedBy(sale);
    await counter.write(() => start, sale);
    const posted = { ...settlementOf(sale), tender: 'bank-debit' as const };
    await counter.write(({ person: holder }) => ({
      ...(holder && {
        person: { ...holder, accountBalance: 800n as Fen, accountHeld: ZERO },
      }),
      settlement: { from: 'reserved', to: { ...posted, amounts: start.settlement!.to.amounts } },
      posting: {
        postingNo: 0,
        entries: [
          { account: 'person', amount: -200n as Fen },
          { account: 'bank:P44190000001', amount: -100n as Fen },
          { account: 'institution:P44190000001', amount: 300n as Fen },
        ],
      },
    }));
    const refund: Refund = {
      key: sale.key,
      settlementId: sale.settlementId,
      refundNo: 1,
      state: 'running',
      requestKey: 'refund-of-a-line-01' as RequestKey,
      terminalId,
      lines: ['1', 'with "quotes" and, commas'],
      amounts: { total: 100n as Fen, fundTotal: ZERO, accountPay: ZERO, patientPay: 100n as Fen },
      at,
    };
    await counter.write(({ settlement }) => ({
      refund,
      ...(settlement && {
        settlement: {
          from: 'posted',
          to: { ...settlement, state: 'refunding', refundedLines: refund.lines, deadline: at },
        },
      }),
    }));
    await counter.write(() => ({ refund: { ...refund, state: 'done' } }));
    const facts = await store.readSettlement(sale.settlementId);
    expect(facts?.refunds).toStrictEqual([{ ...refund, state: 'done' }]);
    expect(facts?.settlement?.refundedLines).toEqual(refund.lines);
    expect(facts?.person).toMatchObject({ accountBalance: 800n, accountHeld: 0n, version: 4 });
    expect(await ledgerProblems(database.url)).toEqual([]);
  });

  test('cannot leave a final state, nor skip one', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const { store, sale } = counter;
    const start = reservedBy(sale);
    await counter.write(() => start, sale);
    const to = { ...start.settlement!.to, deadline: undefined };
    const illegal = await counter.write(() => ({
      settlement: { from: 'reserved', to: { ...to, state: 'refunded' } },
    }));
    expect(illegal).toEqual({ ok: false, error: { kind: 'unavailable' } });
    await counter.write(({ person: holder }) => ({
      ...(holder && { person: { ...holder, accountHeld: ZERO } }),
      settlement: { from: 'reserved', to: { ...to, state: 'released' } },
    }));
    const late = await counter.write(() => ({
      settlement: { from: 'released', to: { ...to, state: 'posted' } },
    }));
    expect(late).toEqual({ ok: false, error: { kind: 'unavailable' } });
    const facts = await store.readSettlement(sale.settlementId);
    expect(facts?.settlement?.state).toBe('released');
  });

  test('is not changed by a decision on another state than it is in', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const start = reservedBy(counter.sale);
    await counter.write(() => start, counter.sale);
    const to = { ...start.settlement!.to, state: 'released' as const, deadline: undefined };
    const wrong = await counter.write(() => ({ settlement: { from: 'reversing', to } }));
    expect(wrong).toEqual({ ok: false, error: { kind: 'unavailable' } });
  });
});

describe('what a quote reads', () => {
  test('is the card with its person, the yearly totals, and every hit on the invalid lists', async () => {
    await seed(database.url, { A: 1_000n, B: 5n });
    const seeds = await openSeedStore(database.url);
    const entries = [{ cardId: cardIdOf('A'), reason: 'lost' }];
    const lists = [
      { level: 'national', region: '000000', version: 1, loadedAt: at, entries },
      { level: 'city', region: '441900', version: 8, loadedAt: at, entries },
    ] as const;
    for (const list of lists) await seeds.replaceInvalidList(list);
    await seeds.replaceInvalidList({ ...lists[1], version: 9, entries: [{ cardId: cardIdOf('A'), reason: 'stolen' }] });
    await seeds.close();
    const store = openStore(database.url);
    await store.execute(bill('A', 100n));
    const query = { key: keyOf('A'), cardId: cardIdOf('A') };
    const facts = await store.readFacts({ ...query, year: 2026 });
    expect(facts.card).toStrictEqual(card('A'));
    expect(facts.person).toStrictEqual({ ...person('A', 900n), version: 1 });
    expect(facts.accumulators).toEqual([
      { key: keyOf('A'), year: 2026, scheme: '310', amounts: new Map([['paid', 100n]]) },
    ]);
    expect(facts.invalidListHits).toEqual(
      expect.arrayContaining([
        { level: 'national', region: '000000', reason: 'lost' },
        { level: 'city', region: '441900', reason: 'stolen' },
      ]),
    );
    expect(facts.invalidListHits).toHaveLength(2);
    await store.close();
  });

  test("never is another person's card", async () => {
    await seed(database.url, { A: 1_000n, B: 5n });
    const store = openStore(database.url);
    const facts = await store.readFacts({ key: keyOf('A'), cardId: cardIdOf('B'), year: 2026 });
    expect(facts.card).toBeUndefined();
    await store.close();
  });
});

test('a card leads to its person, and an unknown one to nobody', async () => {
  await seed(database.url, { A: 1n });
  const store = openStore(database.url);
  const twice = [await store.findCardOwner(cardIdOf('A')), await store.findCardOwner(cardIdOf('A'))];
  expect(twice).toEqual([keyOf('A'), keyOf('A')]);
  expect(await store.findCardOwner('F'.repeat(32) as CardId)).toBeUndefined();
  await store.close();
});

test('a request key is found in every shard where a terminal used it', async () => {
  const people = { A: 100n, B: 100n, C: 100n, D: 100n };
  await seed(database.url, people);
  const store = openStore(database.url);
  const key = 'used-with-four-cards' as RequestKey;
  for (const no of Object.keys(people)) await store.execute(bill(no, 10n, { key }));
  await store.execute(bill('A', 10n, { key, terminal: 'another' as TerminalId }));
  const found = await store.findRequests(terminalId, key);
  expect(found.map(({ cardId }) => cardId).sort()).toEqual(Object.keys(people).map(cardIdOf).sort());
  expect(await store.findRequests(terminalId, 'never-used-anywhere' as RequestKey)).toEqual([]);
  await store.close();
});

test('an unknown settlement is nothing', async () => {
  const store = openStore(database.url);
  expect(await store.readSettlement(`00${'0'.repeat(26)}` as SettlementId)).toBeUndefined();
  await store.close();
});

test('trace numbers are never given twice, not by two engines and not after a restart', async () => {
  const engines = [openStore(database.url), openStore(database.url)];
  const taken = await Promise.all(
    Array.from({ length: 250 }, (_, i) => (engines[i % 2] ?? engines[0]!).nextTrace()),
  );
  await Promise.all(engines.map((engine) => engine.close()));
  const restarted = openStore(database.url);
  taken.push(...(await Promise.all([1, 2, 3].map(() => restarted.nextTrace()))));
  await restarted.close();
  expect(new Set(taken.map(({ batch, stan }) => `${batch}/${stan}`)).size).toBe(253);
});

test('trace numbers go on with the next batch after 999999', async () => {
  await query(database.url, "select setval('bank_trace', 999900)");
  const store = openStore(database.url);
  const taken = await Promise.all(Array.from({ length: 100 }, () => store.nextTrace()));
  expect(taken.at(98)).toEqual({ stan: 999_999, batch: 1 });
  expect(taken.at(99)).toEqual({ stan: 1, batch: 2 });
  await store.close();
});

test('the audit tells which account was tampered with', async () => {
  await seed(database.url, { A: 1_000n });
  const store = openStore(database.url);
  await store.execute(bill('A', 100n));
  await store.close();
  await query(database.url, "update entry set amount = amount - 1 where account = 'person'");
  const problems = (await ledgerProblems(database.url)).map(({ problem }) => problem);
  expect(problems).toEqual([
    'posting does not balance',
    'personal account differs from its entries',
  ]);
});
