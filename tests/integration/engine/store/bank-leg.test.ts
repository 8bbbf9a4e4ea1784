import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RequestKey } from '../../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../../engine/base/money/fen.ts';
import { ZERO } from '../../../../engine/base/money/fen.ts';
import type { Facts, Writes } from '../../../../engine/domain/decision.ts';
import type { BankLeg } from '../../../../engine/domain/leg/bank-leg.ts';
import { accountAvailable } from '../../../../engine/domain/person/person.ts';
import type { Refund } from '../../../../engine/domain/refund/refund.ts';
import { storedAnswer } from '../../../../engine/domain/request/answer.ts';
import type { Resolution } from '../../../../engine/domain/resolution/resolution.ts';
import type { BeginReversal } from '../../../../engine/domain/settlement/begin-reversal.ts';
import type { SettleBill } from '../../../../engine/domain/settlement/settle-bill.ts';
import type { Settlement } from '../../../../engine/domain/settlement/settlement.ts';
import { operator } from '../../../support/domain/operator.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import {
  at,
  bill,
  card,
  decideBill,
  ledgerProblems,
  openStore,
  person,
  query,
  seed,
  terminalId,
} from './toy-store.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const approved = storedAnswer({
  outcome: 'approved',
  status: 200,
  body: '"done"',
  code: undefined,
});

/** A store whose next decisions are given by the test: what they write, from what they see. */
function scripted() {
  const script: ((facts: Facts) => Writes)[] = [];
  const store = openStore(database.url, {
    decide: (_, facts) => ({ answer: approved, writes: script.shift()?.(facts) }),
  });
  const sale = bill('A', 300n, { key: 'sale-by-bank-card-01' });
  return {
    store,
    sale,
    /** Has the settlement's person write what `writes` says. */
    async write(
      writes: (facts: Facts) => Writes,
      command: SettleBill | BeginReversal = again(sale),
    ) {
      script.push(writes);
      return store.execute(command);
    },
    async [Symbol.asyncDispose]() {
      await store.close();
    },
  };
}

/** A command that names the settlement of a sale, so that its rows are read. */
function again(sale: SettleBill): BeginReversal {
  const { key, settlementId } = sale;
  return {
    type: 'begin-reversal',
    key,
    settlementId,
    at: at + 1,
    fence: 0,
    reason: '98',
  };
}

function settlementOf(sale: SettleBill): Settlement {
  const settled = decideBill(sale, {
    person: person('A', 1_000n),
    card: undefined,
    accumulators: [],
    invalidListHits: [],
    listSet: undefined,
    requests: [],
    settlement: undefined,
    bankLegs: [],
    refunds: [],
  }).writes?.settlement;
  if (settled === undefined) throw new Error('the counter refused');
  return settled.to;
}

function reservedBy(sale: SettleBill): Writes & {
  readonly bankLeg: BankLeg;
  readonly settlement: { readonly from: undefined; readonly to: Settlement };
} {
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
    openSince: at,
    fence: 3,
    lateRrn: undefined,
  };
  const to: Settlement = {
    ...settlementOf(sale),
    state: 'reserved',
    tender: 'bank-debit',
    amounts: {
      total: 300n as Fen,
      fundTotal: ZERO,
      otherTotal: ZERO,
      accountPay: 200n as Fen,
      patientPay: 100n as Fen,
    },
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
    // What is sealed is no part of either.
    const { name: _, ...holder } = { name: '', ...writes.person };
    const { cardNumber: __, ...onCard } = { cardNumber: '', ...writes.card };
    expect(facts).toStrictEqual({
      person: { ...holder, insuredSpans: undefined, version: 1 },
      card: { ...onCard, sealedCardNumber: expect.any(String) },
      accumulators: [],
      credits: [],
      invalidListHits: [],
      listSet: undefined,
      requests: [writes.request],
      settlement: writes.settlement?.to,
      bankLegs: [writes.bankLeg],
      refunds: [],
      corrections: [],
      claims: [],
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
    // A day before, both seem to be put off too far, and neither keeps the other from its turn.
    const dayBefore = at - 86_400_000;
    expect(await store.dueBankLegs(dayBefore, 10)).toEqual([second, bankLeg]);
    await counter.write(() => ({ bankLeg: { ...second, nextAttemptAt: at + 86_400_000 } }));
    expect((await store.dueBankLegs(at + 30_000, 1))[0]?.legNo).toBe(1);
    await counter.write(() => ({ bankLeg: second }));
    const closed = { nextAttemptAt: undefined, openSince: undefined };
    const done = { state: 'approved', rrn: '012345678901', lateRrn: '2', ...closed } as const;
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
      settlement: { from: 'reserved', to: { ...posted, amounts: start.settlement.to.amounts } },
      posting: {
        settlementId: sale.settlementId,
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
      amounts: {
        total: 100n as Fen,
        fundTotal: ZERO,
        otherTotal: 40n as Fen,
        accountPay: ZERO,
        patientPay: 60n as Fen,
      },
      claimPay: ZERO,
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

  test('is closed by hand in one batch: what was proposed and what was approved are both kept', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const { sale } = counter;
    await counter.write(() => reservedBy(sale), sale);
    const proposal: Resolution = {
      key: sale.key,
      settlementId: sale.settlementId,
      proposalNo: 1,
      legNo: 0,
      outcome: 'bank-reversed',
      reason: 'the bank says so',
      lateRrn: undefined,
      proposedBy: operator('wang'),
      proposedAt: at,
      approval: undefined,
    };
    const approval = { by: operator('li'), at: at + 1 };
    await Promise.all([
      counter.write(() => ({ resolution: proposal })),
      counter.write(() => ({ resolution: { ...proposal, approval } })),
    ]);
    const text =
      'select approved_by from closing_proposal join closing_approval using (proposal_no)';
    expect(await query(database.url, text)).toEqual([{ approved_by: 'li' }]);
  });

  test('cannot leave a final state, nor skip one', async () => {
    await seed(database.url, { A: 1_000n });
    await using counter = scripted();
    const { store, sale } = counter;
    const start = reservedBy(sale);
    await counter.write(() => start, sale);
    const to = { ...start.settlement.to, deadline: undefined };
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
    const to = { ...start.settlement.to, state: 'released' as const, deadline: undefined };
    const wrong = await counter.write(() => ({ settlement: { from: 'reversing', to } }));
    expect(wrong).toEqual({ ok: false, error: { kind: 'unavailable' } });
  });
});
