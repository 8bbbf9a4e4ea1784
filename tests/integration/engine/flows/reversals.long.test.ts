/** Several engines on one database, any of which may die: each reversal is somebody's, and none is lost. */

import { describe, expect, test } from 'vitest';
import { endsReversal } from '../../../../engine/base/bank/response-codes.ts';
import { finishBankLeg } from '../../../../engine/flows/leg/finish-bank-leg.ts';
import { handleLateApproval } from '../../../../engine/flows/leg/handle-late-approval.ts';
import type {
  BankLateAnswer,
  BankReversal,
  BankReversalOutcome,
} from '../../../../engine/ports/bank.ts';
import { bankDebit, confirmDebit, yuan } from '../../../support/domain/builders.ts';
import { LEASE_MS, openBankLegs, run } from './open-bank-legs.ts';

const fixture = openBankLegs();
const answered = (responseCode: string): BankReversalOutcome => ({
  kind: 'answered',
  responseCode,
  final: endsReversal(responseCode),
});

function silentOf({ key, settlementId }: Awaited<ReturnType<typeof fixture.reserve>>[number]) {
  const of = { key, settlementId, at: fixture.now };
  return { type: 'begin-reversal', ...of, fence: 0, reason: '98' } as const;
}

describe('I-22: an engine works on a leg only while its claim is current', () => {
  test('three engines that see the same thirty reversals send each once', async () => {
    const sales = await fixture.reserve(30);
    const sent: number[] = [];
    const reverse = async ({ stan }: BankReversal) => {
      sent.push(stan);
      return answered('00');
    };
    const engines = [
      fixture.engine({ reverse }),
      fixture.engine({ reverse }),
      fixture.engine({ reverse }),
    ];
    const [first] = engines;
    if (first === undefined) throw new Error('there are three');
    await Promise.all(sales.map((sale) => run(first, silentOf(sale))));
    const due = await fixture.legs(first);
    expect(due).toHaveLength(30);
    await Promise.all(engines.flatMap((engine) => due.map((leg) => finishBankLeg(engine, leg))));
    expect(sent.toSorted((a, b) => a - b)).toEqual(sales.map((_, index) => index + 1));
    expect(await fixture.query('select distinct state, fence from bank_leg')).toEqual([
      { state: 'reversed', fence: 1 },
    ]);
    expect(await fixture.query('select * from yikatong_ledger_problems()')).toEqual([]);
  });

  test('an engine that dies after the claim: the leg is nobody’s until the lease ends, then the other’s', async () => {
    const [sale] = await fixture.reserve(1);
    if (sale === undefined) throw new Error('one sale');
    const isSending = Promise.withResolvers<void>();
    const dead = fixture.engine({
      reverse() {
        isSending.resolve();
        return new Promise<never>(() => undefined);
      },
    });
    const sent: string[] = [];
    const other = fixture.engine({
      reverse: async () => {
        sent.push('other');
        return answered('12');
      },
    });
    await run(dead, silentOf(sale));
    const [due] = await fixture.legs(dead);
    if (due === undefined) throw new Error('due');
    void finishBankLeg(dead, due);
    await isSending.promise;
    expect(await fixture.legs(other)).toEqual([]);
    await finishBankLeg(other, due);
    expect(sent).toEqual([]);
    fixture.now += LEASE_MS;
    for (const leg of await fixture.legs(other)) await finishBankLeg(other, leg);
    expect(sent).toEqual(['other']);
    expect(await fixture.leg(other, sale)).toMatchObject({ state: 'reversed', fence: 2 });
  });

  test('a request that wakes up after its leg was claimed does not post', async () => {
    const [sale] = await fixture.reserve(1);
    if (sale === undefined) throw new Error('one sale');
    const engine = fixture.engine({ reverse: async () => answered('00') });
    const [due] = await fixture.legs(engine);
    if (due === undefined) throw new Error('due');
    const asleep = (await engine.store.readSettlement(sale.settlementId))?.settlement;
    if (asleep === undefined) throw new Error('reserved');
    await run(engine, {
      type: 'claim-leg',
      ...{ key: due.key, settlementId: due.settlementId, legNo: 0 },
      ...{ at: fixture.now, leaseMs: LEASE_MS },
    });
    expect((await run(engine, confirmDebit(asleep))).writes).toBeUndefined();
    fixture.now += LEASE_MS;
    for (let step = 0; step < 2; step++) {
      for (const leg of await fixture.legs(engine)) await finishBankLeg(engine, leg);
    }
    expect(await fixture.query('select state from settlement')).toEqual([{ state: 'released' }]);
    expect(await fixture.query('select * from entry')).toEqual([]);
  });
});

describe('I-17: late approvals meet a reversal', () => {
  const approval: BankLateAnswer = {
    terminalId: bankDebitTrace().bankTerminalId,
    merchantId: bankDebitTrace().bankMerchantId,
    stan: 1,
    batch: 1,
    amount: yuan('40.68'),
    responseCode: '00',
    isApproval: true,
    rrn: '112210000777',
    authCode: '654321',
  };

  function bankDebitTrace() {
    const tender = bankDebit('40.68');
    if (tender.kind !== 'bank-debit') throw new Error('a bank debit');
    return tender;
  }

  /**
   * A bank that forgets a reversal whose original it does not know, and debits the original when it
   * comes.
   */
  function forgetfulBank() {
    const bank = { held: false, reversals: 0 };
    const reverse = async () => {
      bank.reversals++;
      const code = bank.held ? '00' : '25';
      bank.held = false;
      return answered(code);
    };
    return { bank, reverse };
  }

  test('the sale was released long ago: what the bank holds is reversed, once, however often it tells', async () => {
    const [sale] = await fixture.reserve(1);
    if (sale === undefined) throw new Error('one sale');
    const { bank, reverse } = forgetfulBank();
    const engine = fixture.engine({ reverse });
    const work = async () => {
      for (const leg of await fixture.legs(engine)) await finishBankLeg(engine, leg);
    };
    await run(engine, silentOf(sale));
    await work();
    expect(await fixture.leg(engine, sale)).toMatchObject({
      state: 'reversed',
      responseCode: '25',
    });
    bank.held = true;
    fixture.now += 3_600_000;
    await handleLateApproval(engine, engine.store, approval);
    expect(await fixture.leg(engine, sale)).toMatchObject({
      state: 'reversing',
      openSince: fixture.now,
      lateRrn: approval.rrn,
    });
    await work();
    expect(bank).toEqual({ held: false, reversals: 2 });
    for (let copy = 0; copy < 3; copy++) await handleLateApproval(engine, engine.store, approval);
    await work();
    expect(bank.reversals).toBe(2);
    expect(await fixture.leg(engine, sale)).toMatchObject({
      state: 'reversed',
      responseCode: '00',
    });
    expect(await fixture.query('select state from settlement')).toEqual([{ state: 'released' }]);
    expect(await fixture.query('select * from yikatong_ledger_problems()')).toEqual([]);
  });

  test('the bank declined and then approved a copy: the refusal is stored first, then reversed', async () => {
    const [sale] = await fixture.reserve(1);
    if (sale === undefined) throw new Error('one sale');
    const { bank, reverse } = forgetfulBank();
    bank.held = true;
    const engine = fixture.engine({ reverse });
    const { key, settlementId } = sale;
    const of = { key, settlementId, at: fixture.now, fence: 0 };
    // The word of the request that waited is under way; it is stored while the late answer looks.
    const sleep = async () => {
      await run(engine, { type: 'release-reservation', ...of, responseCode: '05' });
    };
    await handleLateApproval(
      { ...engine, environment: { ...engine.environment, sleep } },
      engine.store,
      approval,
    );
    expect(await fixture.leg(engine, sale)).toMatchObject({ state: 'reversing', fence: 1 });
    for (const leg of await fixture.legs(engine)) await finishBankLeg(engine, leg);
    expect(bank).toEqual({ held: false, reversals: 1 });
    expect(await fixture.query('select state from settlement')).toEqual([{ state: 'released' }]);
  });

  test('an answer without its batch is found by terminal, trace and amount', async () => {
    const [sale] = await fixture.reserve(2);
    if (sale === undefined) throw new Error('two sales');
    const engine = fixture.engine(forgetfulBank());
    await run(engine, silentOf(sale));
    await handleLateApproval(engine, engine.store, { ...approval, batch: undefined });
    expect(await fixture.leg(engine, sale)).toMatchObject({ lateRrn: approval.rrn, fence: 1 });
  });

  test.each([
    ['of another amount', { amount: yuan('40.69') }],
    ['of another merchant', { merchantId: '103441980110002' }],
    ['of a trace that nobody sent', { stan: 900 }],
    ['that declines', { isApproval: false, responseCode: '51' }],
  ])('an answer %s changes nothing', async (_, change) => {
    const [sale] = await fixture.reserve(1);
    if (sale === undefined) throw new Error('one sale');
    const engine = fixture.engine();
    await run(engine, silentOf(sale));
    const before = await fixture.leg(engine, sale);
    await handleLateApproval(engine, engine.store, { ...approval, ...change });
    expect(await fixture.leg(engine, sale)).toEqual(before);
    const isError = fixture.logged.some((line) => line.startsWith('bank-approval-unmatched'));
    expect(isError).toBe(!('isApproval' in change));
  });
});
