/** After silence: what is sent to the bank, how often, and when nobody has to send anything any more. */
import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../../../../engine/base/errors/result.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { BankLeg } from '../../../../../engine/domain/leg/bank-leg.ts';
import type { FlowDeps } from '../../../../../engine/flows/deps.ts';
import {
  authoriseDebit,
  authoriseRefund,
} from '../../../../../engine/flows/leg/authorise-bank-leg.ts';
import { finishBankLeg } from '../../../../../engine/flows/leg/finish-bank-leg.ts';
import type {
  Bank,
  BankReversal,
  BankReversalOutcome,
  BankSignIn,
  BankUnknownReason,
  BankWorkKeys,
} from '../../../../../engine/ports/bank.ts';
import type { BankSignInBegin } from '../../../../../engine/ports/reference.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  MORNING,
  person,
  policy,
  refundSettlement,
  settleBill,
  terminal,
} from '../../../../support/domain/builders.ts';
import { flowDeps, storeOver } from '../../../../support/flows/flow-deps.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';

const unanswered = (reason: BankUnknownReason) =>
  ({ kind: 'unknown', reason, responseCode: undefined }) as const;
const undone: BankReversalOutcome = { kind: 'answered', responseCode: '00', final: true };
const hostUnsure: BankReversalOutcome = { kind: 'answered', responseCode: '96', final: false };

/** A sale of 40.68 that is reserved, a clock that is moved by hand, and a bank that the test plays. */
function reserved(bank: Partial<Bank>) {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person(), card());
  memory.run(settleBill({ useAccount: false, tender: bankDebit('40.68') }));
  const [settlement] = memory.settlements.values();
  if (settlement === undefined) throw new Error('reserved before the bank is asked');
  const clock = { at: MORNING + 100 };
  const reversals: BankReversal[] = [];
  const usual = flowDeps({ store: storeOver(memory) });
  const deps: FlowDeps = {
    ...usual,
    environment: { ...usual.environment, now: () => clock.at },
    keys: { ...usual.keys, open: () => Buffer.from('{}') },
    bank: {
      ...usual.bank,
      ...bank,
      async reverse(request) {
        reversals.push(request);
        return (await bank.reverse?.(request)) ?? undone;
      },
    },
  };
  const legOf = (legNo: number): BankLeg => {
    const leg = memory.bankLegs.get(`${settlement.id} ${legNo}`);
    if (leg === undefined) throw new Error('a settlement by bank card has its leg');
    return leg;
  };
  return {
    deps,
    memory,
    clock,
    reversals,
    settlement,
    legOf,
    sell: (through = deps) => authoriseDebit(through, terminal(), legOf(0), saleOf(legOf(0))),
    /** Waits for the moment of the next attempt and makes it. */
    async next(legNo = 0) {
      clock.at = Math.max(clock.at, legOf(legNo).nextAttemptAt ?? clock.at);
      await finishBankLeg(deps, legOf(legNo));
    },
    state: () => memory.settlements.get(settlement.id)?.state,
  };
}

function saleOf({ amount, stan, batch, bankTerminalId, bankMerchantId }: BankLeg) {
  return {
    ...{ amount, stan, batch, terminalId: bankTerminalId, merchantId: bankMerchantId },
    pan: '6228480402564890018',
    panSequence: '01',
    expiry: '3012',
    pinBlock: '00'.repeat(8),
    track2: undefined,
    chipData: '9F36020001',
    entryMode: '051',
  };
}

describe('a reversal', () => {
  test('is sent until the bank has answered it, and the sale stands open as long', async () => {
    const answers: BankReversalOutcome[] = [
      unanswered('no-answer'),
      hostUnsure,
      { kind: 'not-sent', reason: 'not-connected' },
      unanswered('connection-lost'),
      ...Array.from({ length: 20 }, () => hostUnsure),
    ];
    const sale = reserved({
      sale: async () => unanswered('no-answer'),
      reverse: async () => answers.shift() ?? undone,
    });
    expect((await sale.sell())?.answer.outcome).toBe('unknown');
    for (let attempt = 1; attempt <= 24; attempt++) {
      await sale.next();
      expect(sale.state()).toBe('reversing');
    }
    await sale.next();
    expect(sale.state()).toBe('released');
    expect(sale.reversals).toHaveLength(25);
    expect(new Set(sale.reversals.map(({ stan }) => stan))).toEqual(new Set([101]));
  });

  test.each([
    ['no-answer', '98'],
    ['bad-mac', 'A0'],
    ['mismatch', '06'],
  ] as const)('after %s says why: %s', async (reason, code) => {
    const sale = reserved({ sale: async () => unanswered(reason) });
    await sale.sell();
    await sale.next();
    expect(sale.reversals).toMatchObject([{ kind: 'sale', reason: code, amount: 4068n }]);
  });

  test('is tried within a minute of the bank’s return, however long the bank was away', async () => {
    const sale = reserved({
      sale: async () => unanswered('no-answer'),
      reverse: async () => unanswered('no-answer'),
    });
    await sale.sell();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 600; attempt++) {
      await sale.next();
      pauses.push((sale.legOf(0).nextAttemptAt ?? 0) - sale.clock.at);
    }
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60_000);
    expect(Math.min(...pauses)).toBeGreaterThan(0);
  });

  test('of a void names the sale that the void was to undo', async () => {
    const sale = reserved({ void: async () => unanswered('no-answer') });
    const { memory, settlement } = sale;
    memory.run(confirmDebit(settlement));
    const sold = memory.settlements.get(settlement.id) ?? settlement;
    memory.run(refundSettlement(sold, { at: sale.clock.at }));
    await authoriseRefund(sale.deps, terminal(), sale.legOf(1), sale.legOf(0));
    await sale.next(1);
    expect(sale.reversals).toMatchObject([
      { kind: 'void', stan: 202, original: { stan: 101, batch: 1 } },
    ]);
    expect(sale.state()).toBe('posted');
  });

  test('that two engines take up at once is sent by one of them', async () => {
    const sale = reserved({ sale: async () => unanswered('no-answer') });
    await sale.sell();
    const leg = sale.legOf(0);
    await Promise.all([finishBankLeg(sale.deps, leg), finishBankLeg(sale.deps, leg)]);
    expect(sale.reversals).toHaveLength(1);
    expect(sale.state()).toBe('released');
  });
});

describe('when the bank refuses the keys', () => {
  const refusals = [
    ['A0', { kind: 'answered', responseCode: 'A0', final: false }],
    ['A0 under keys that the engine does not have', unanswered('bad-mac')],
    ['77', { kind: 'answered', responseCode: '77', final: false }],
    ['nothing: the keys on record cannot be opened', { kind: 'not-sent', reason: 'not-signed-in' }],
  ] as const satisfies readonly (readonly [string, BankReversalOutcome])[];

  /** The bank answers so until somebody signs in. */
  function underOtherKeys(refusal: BankReversalOutcome) {
    const signIns: BankSignIn[] = [];
    const sale = reserved({
      sale: async () => unanswered('no-answer'),
      reverse: async () => (signIns.length === 0 ? refusal : undone),
      async signIn(request) {
        signIns.push(request);
        return ok({ pinKeyBlob: 'P', macKeyBlob: 'M', keysNo: request.keysNo });
      },
    });
    const kept: BankWorkKeys[] = [];
    const asked: BankSignInBegin[] = [];
    const known = terminal({ bankKeys: { pinKeyBlob: '', macKeyBlob: '', keysNo: 6 } });
    const reference: FlowDeps['reference'] = {
      ...sale.deps.reference,
      findTerminal: async () => known,
      async beginBankSignIn(_, begin) {
        asked.push(begin);
        return 7;
      },
      async saveBankKeys(_, keys) {
        kept.push(keys);
        return keys;
      },
    };
    const store = { ...sale.deps.store, nextTrace: async () => ({ stan: 900, batch: 1 }) };
    return { ...sale, deps: { ...sale.deps, reference, store }, signIns, kept, asked };
  }

  test.each(refusals)('with %s, the engine signs in and the reversal goes on', async (_, said) => {
    const { deps, sell, legOf, clock, state, ...seen } = underOtherKeys(said);
    await sell();
    const next = async (): Promise<void> => {
      clock.at = Math.max(clock.at, legOf(0).nextAttemptAt ?? clock.at);
      await finishBankLeg(deps, legOf(0));
    };
    await next();
    // Once may be a message that was damaged on its way.
    expect(seen.signIns).toEqual([]);
    await next();
    const { bankTerminalId: terminalId, bankMerchantId: merchantId } = legOf(0);
    expect(seen.signIns).toMatchObject([{ terminalId, merchantId, keysNo: 7 }]);
    expect(seen.asked).toMatchObject([{ replaces: { keysNo: 6 } }]);
    expect(seen.kept).toMatchObject([{ keysNo: 7 }]);
    expect(state()).toBe('reversing');
    await next();
    expect([state(), seen.signIns.length]).toEqual(['released', 1]);
  });

  test('and a sign-in was lost a moment ago, the engine repeats it within the minute', async () => {
    const { deps, sell, legOf, clock, signIns, state } = underOtherKeys(unanswered('bad-mac'));
    await sell();
    const lostAt = clock.at;
    const beginBankSignIn: FlowDeps['reference']['beginBankSignIn'] = async (_, begin) =>
      begin.at - lostAt < (begin.replaces?.restMs ?? 0) ? undefined : 7;
    const after = { ...deps, reference: { ...deps.reference, beginBankSignIn } };
    while (state() !== 'released') {
      clock.at = Math.max(clock.at, legOf(0).nextAttemptAt ?? clock.at);
      await finishBankLeg(after, legOf(0));
    }
    expect(signIns).toHaveLength(1);
    expect(clock.at - lostAt).toBeLessThan(60_000);
  });

  test('and somebody else is signing in, the engine leaves it to them', async () => {
    const { deps, sell, legOf, clock, signIns } = underOtherKeys(unanswered('bad-mac'));
    const beginBankSignIn = async () => undefined;
    const outrun = { ...deps, reference: { ...deps.reference, beginBankSignIn } };
    await sell();
    for (let attempt = 1; attempt <= 5; attempt++) {
      clock.at = Math.max(clock.at, legOf(0).nextAttemptAt ?? clock.at);
      await finishBankLeg(outrun, legOf(0));
    }
    expect(signIns).toEqual([]);
    expect(legOf(0)).toMatchObject({ state: 'reversing', attempts: 5 });
  });

  test('and the engine stood still before it asked for others, it does not ask', async () => {
    const { deps, sell, legOf, clock, signIns } = underOtherKeys(unanswered('bad-mac'));
    const late: FlowDeps = {
      ...deps,
      store: {
        ...deps.store,
        async nextTrace() {
          clock.at += 30_000;
          return { stan: 9, batch: 1 };
        },
      },
    };
    await sell();
    for (let attempt = 1; attempt <= 3; attempt++) {
      clock.at = Math.max(clock.at, legOf(0).nextAttemptAt ?? clock.at);
      await finishBankLeg(late, legOf(0));
    }
    expect(signIns).toEqual([]);
  });

  test('of a silent refund, the refund goes on under new ones', async () => {
    const { deps, memory, settlement, legOf, clock, signIns, state } = underOtherKeys(undone);
    const refused = { ...unanswered('bad-mac') };
    const approved = { responseCode: '00', rrn: '7', authCode: undefined, hostTime: '' };
    const reply = { ...approved, hostDate: '1122', issuerAuthData: undefined };
    const bank: Bank = {
      ...deps.bank,
      refund: async () => (signIns.length === 0 ? refused : { kind: 'approved', reply }),
    };
    memory.run(confirmDebit(settlement));
    const sold = memory.settlements.get(settlement.id) ?? settlement;
    memory.run(refundSettlement(sold, { at: clock.at, lines: ['1'] }));
    const own: FlowDeps = { ...deps, bank };
    await authoriseRefund(own, terminal(), legOf(1), legOf(0));
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(legOf(1).state).toBe('repeating');
      clock.at = Math.max(clock.at, legOf(1).nextAttemptAt ?? clock.at);
      await finishBankLeg(own, legOf(1));
    }
    expect(signIns).toHaveLength(1);
    expect([legOf(1).state, state()]).toEqual(['approved', 'posted']);
  });
});

test('an engine that stood still after its claim sends nothing: the leg may be another’s by now', async () => {
  const sale = reserved({ sale: async () => unanswered('no-answer') });
  await sale.sell();
  const { store, settings } = sale.deps;
  const stopped: FlowDeps = {
    ...sale.deps,
    store: {
      ...store,
      readSettlement: async (id) => {
        sale.clock.at += settings.reservationMs;
        return store.readSettlement(id);
      },
    },
  };
  await finishBankLeg(stopped, sale.legOf(0));
  expect(sale.reversals).toEqual([]);
  await sale.next();
  expect(sale.reversals).toHaveLength(1);
  expect(sale.state()).toBe('released');
});

test('an approval that the store is too busy to take is offered again, and posts the sale', async () => {
  const approved = {
    responseCode: '00',
    rrn: '112210000101',
    authCode: '654321',
    hostTime: '100001',
    hostDate: '1122',
    issuerAuthData: undefined,
  };
  const sale = reserved({ sale: async () => ({ kind: 'approved', reply: approved }) });
  const offered: Command['type'][] = [];
  const busy: FlowDeps = {
    ...sale.deps,
    store: {
      ...sale.deps.store,
      execute: async (command) => {
        offered.push(command.type);
        const isBusy = offered.length <= 3;
        return isBusy
          ? fail({ kind: 'busy', retryAfterMs: 300 })
          : sale.deps.store.execute(command);
      },
    },
  };
  expect((await sale.sell(busy))?.answer.outcome).toBe('approved');
  expect(offered).toEqual(Array.from({ length: 4 }, () => 'confirm-debit'));
  expect(sale.state()).toBe('posted');
});
