/** The flow around `decide`: what it gathers, when it asks the bank, and when it must not any more. */

import { describe, expect, test } from 'vitest';
import type { SettlementRequest, TenderBody } from '../../../../../engine/contract/settlement.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import {
  createStampSource,
  issueChallenge,
} from '../../../../../engine/flows/card/issue-challenge.ts';
import type { FlowDeps } from '../../../../../engine/flows/deps.ts';
import { readSettlement } from '../../../../../engine/flows/enquiry/read-settlement.ts';
import { finishBankLeg } from '../../../../../engine/flows/leg/finish-bank-leg.ts';
import { settleBill } from '../../../../../engine/flows/settlement/settle-bill.ts';
import type { Bank, BankDebit, BankOutcome } from '../../../../../engine/ports/bank.ts';
import {
  APPROVED,
  ASPIRIN,
  billOf,
  card,
  cardBody,
  dongguanPharmacy,
  keyOf,
  person,
  policy,
  TODAY,
  TOOTHPASTE,
  terminal,
  yuan,
} from '../../../../support/domain/builders.ts';
import { flowDeps, storeOver } from '../../../../support/flows/flow-deps.ts';
import { bodyOf, toldBy } from '../../../../support/flows/rendered.ts';
import { chipAnswer, pinBlockOf, verifierOf } from '../../../../support/flows/test-keys.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';

const NOON = Date.parse(`${TODAY}T12:00:00+08:00`);
const PIN = '135790';
const holder = card({ pinVerifier: verifierOf(PIN) });
const caller = { terminal: terminal(), institution: dongguanPharmacy };

const approval: BankOutcome = {
  kind: 'approved',
  reply: { ...APPROVED, hostTime: '120000', hostDate: '1122', issuerAuthData: undefined },
};
const silence: BankOutcome = { kind: 'unknown', reason: 'no-answer', responseCode: undefined };

/** One engine with one holder on record, a clock that is moved by hand, and a bank that the test plays. */
function openEngine(bank: Partial<Bank> = {}) {
  const memory = createMemoryStore(createDecide(() => policy));
  memory.add(person({ accountBalance: yuan('60.00') }), holder);
  const clock = { at: NOON };
  const usual = flowDeps({ store: storeOver(memory) });
  const asked: BankDebit[] = [];
  const deps: FlowDeps = {
    ...usual,
    environment: { ...usual.environment, now: () => clock.at },
    bank: {
      ...usual.bank,
      async sale(sale) {
        asked.push(sale);
        return approval;
      },
      ...bank,
    },
  };
  return { memory, clock, asked, deps };
}

type Engine = ReturnType<typeof openEngine>;

const debit: TenderBody = {
  kind: 'bank-debit',
  expected: '19.90',
  pan: '6228480402564890018',
  panSequence: '01',
  expiry: '3012',
  pinBlock: '00'.repeat(8),
  chipData: '9F36020001',
  entryMode: '051',
};

/** @param deps what the flow works with, when it is not what the engine works with */
function settle(
  { clock, ...engine }: Engine,
  change: Partial<SettlementRequest> = {},
  deps = engine.deps,
) {
  const bill = billOf([ASPIRIN, TOOTHPASTE]);
  const wish = { cardId: holder.cardId, totalAmount: bill.totalAmount };
  const issued = issueChallenge(
    engine.deps,
    createStampSource(() => clock.at),
    caller,
    wish,
  );
  const { challenge, factor, source } = bodyOf(issued) as Record<
    'challenge' | 'factor' | 'source',
    string
  >;
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  const cryptogram = chipAnswer(holder.cardId, bytes(factor), bytes(source));
  const body: SettlementRequest = {
    requestKey: keyOf('sale-1'),
    card: cardBody(holder),
    chip: { challenge, cryptogram },
    pin: { block: pinBlockOf(PIN) },
    bill,
    useAccount: true,
    tender: { kind: 'cash', expected: '19.90' },
    ...change,
  };
  return settleBill(deps, caller, body, JSON.stringify(body));
}

describe('proofs', () => {
  const codeOf = async (change: Partial<SettlementRequest>) =>
    (await settle(openEngine(), change)).answer.code;

  test('a challenge for another amount is not good for this bill', async () => {
    const cheaper = { bill: billOf([ASPIRIN]), tender: { kind: 'cash' } } as const;
    expect(await codeOf(cheaper)).toBe('CHALLENGE_INVALID');
  });

  test('a challenge that is older than a minute', async () => {
    const engine = openEngine();
    expect(engine.deps.settings.challengeMs).toBe(60_000);
    const later = { ...engine.deps.environment, now: () => NOON + 60_001 };
    const { answer } = await settle(engine, {}, { ...engine.deps, environment: later });
    expect(answer.code).toBe('CHALLENGE_INVALID');
  });

  test('a wrong PIN, and a block that is none', async () => {
    expect(await codeOf({ pin: { block: pinBlockOf('000000') } })).toBe('PIN_WRONG');
    expect(await codeOf({ pin: { block: 'FFFF' } })).toBe('PIN_BLOCK_INVALID');
  });

  test('an expected amount that cannot be read does not pass for "whatever it is"', async () => {
    expect(await codeOf({ tender: { kind: 'cash', expected: '19.9' } })).toBe('REQUEST_INVALID');
  });

  test('a bank debit without the counter of the chip', async () => {
    expect(await codeOf({ tender: { ...debit, chipData: '9F10059F36020001' } })).toBe(
      'BANK_DETAILS_MISSING',
    );
  });
});

describe('the bank', () => {
  const statesOf = ({ memory }: Engine) =>
    [...memory.settlements.values()].map(({ state }) => state);

  test('is asked after the reservation, and its approval posts the sale', async () => {
    const seen: string[] = [];
    const engine: Engine = openEngine({
      async sale({ amount }) {
        seen.push(...statesOf(engine), String(amount));
        return approval;
      },
    });
    const answered = await settle(engine, { tender: debit });
    expect(toldBy(answered)).toMatchObject({ outcome: 'approved', status: 200 });
    expect(seen).toEqual(['reserved', '1990']);
    expect(statesOf(engine)).toEqual(['posted']);
  });

  test('is not asked any more by an engine that stood still, since the sale may be reversed by now', async () => {
    const engine = openEngine();
    const { deps, clock } = engine;
    // Stopped before the commit is heard of, and woken when half of the reservation is over.
    const store: FlowDeps['store'] = {
      ...deps.store,
      async execute(command) {
        const done = await deps.store.execute(command);
        if (command.type === 'settle-bill') clock.at += deps.settings.reservationMs / 2 + 1;
        return done;
      },
    };
    const { answer } = await settle(engine, { tender: debit }, { ...deps, store });
    expect(answer.code).toBe('BANK_UNREACHABLE');
    expect(engine.asked).toEqual([]);
  });

  test('that stays silent is asked to reverse, and the sale is called off', async () => {
    const reversed: number[] = [];
    const engine = openEngine({
      sale: async () => silence,
      async reverse({ stan }) {
        reversed.push(stan);
        return { kind: 'answered', responseCode: '00', final: true };
      },
    });
    const { deps, memory, clock } = engine;
    const told = toldBy(await settle(engine, { tender: debit }));
    expect(told).toMatchObject({ outcome: 'unknown', status: 202 });
    const [leg] = memory.bankLegs.values();
    if (leg?.nextAttemptAt === undefined) throw new Error('the leg of a silent bank is open');
    clock.at = leg.nextAttemptAt;
    await finishBankLeg({ ...deps, keys: { ...deps.keys, open: () => Buffer.from('{}') } }, leg);
    expect(reversed).toEqual([leg.stan]);
    expect(statesOf(engine)).toEqual(['released']);
    const read = await readSettlement(deps, caller, leg.settlementId);
    expect(bodyOf(read)).toMatchObject({
      outcome: 'declined',
      state: 'released',
      code: 'BANK_REVERSED',
    });
    const stranger = {
      ...caller,
      institution: { ...dongguanPharmacy, code: 'P44190000999' as typeof dongguanPharmacy.code },
    };
    expect((await readSettlement(deps, stranger, leg.settlementId)).code).toBe(
      'SETTLEMENT_NOT_FOUND',
    );
  });

  test('a step for a leg that was finished meanwhile changes nothing', async () => {
    const engine = openEngine();
    await settle(engine, { tender: debit });
    const [leg] = engine.memory.bankLegs.values();
    if (leg === undefined) throw new Error('a bank sale has a leg');
    await finishBankLeg(engine.deps, { ...leg, state: 'sending', nextAttemptAt: NOON });
    expect(statesOf(engine)).toEqual(['posted']);
    expect([...engine.memory.bankLegs.values()]).toEqual([leg]);
    expect(engine.asked).toHaveLength(1);
  });
});
