/** The flow around `decide`: what it gathers, when it asks the bank, and when it must not any more. */

import { describe, expect, test } from 'vitest';
import type { SettlementRequest, TenderBody } from '../../../../../engine/contract/settlement.ts';
import { issueChallenge } from '../../../../../engine/flows/card/issue-challenge.ts';
import { readSettlement } from '../../../../../engine/flows/enquiry/read-settlement.ts';
import { finishBankLeg } from '../../../../../engine/flows/leg/finish-bank-leg.ts';
import { settleBill } from '../../../../../engine/flows/settlement/settle-bill.ts';
import type { Terminal } from '../../../../../engine/ports/reference.ts';
import {
  ASPIRIN,
  billOf,
  cardBody,
  dongguanPharmacy,
  keyOf,
  TODAY,
  TOOTHPASTE,
} from '../../../../support/domain/builders.ts';
import { bodyOf, toldBy } from '../../../../support/flows/rendered.ts';
import { chipAnswer, pinBlockOf } from '../../../../support/flows/test-keys.ts';
import { createCheckLog } from '../../../../support/sim-check.ts';
import { createScheduler } from '../../../../support/sim-scheduler.ts';
import { createSimWorld, PIN, type SimWorld } from '../../../../support/sim-world.ts';

const NOON = Date.parse(`${TODAY}T12:00:00+08:00`);

/** A counter with one engine, and nothing that fails. */
function openCounter() {
  const scheduler = createScheduler(1, NOON);
  const world = createSimWorld(scheduler, createCheckLog(), {});
  world.database.isFaulty = false;
  world.host.isFaulty = false;
  return world;
}

const bank: TenderBody = {
  kind: 'bank-debit',
  expected: '19.90',
  pan: '6228480402564890018',
  panSequence: '01',
  expiry: '3012',
  pinBlock: '00'.repeat(8),
  chipData: '9F36020001',
  entryMode: '051',
};

function sell(world: SimWorld, change: Partial<SettlementRequest> = {}) {
  const [terminal] = world.terminals as readonly [Terminal];
  const caller = { terminal, institution: dongguanPharmacy };
  const [card] = world.database.memory.cards.values();
  if (card === undefined) throw new Error('there is a card');
  const bill = billOf([ASPIRIN, TOOTHPASTE]);
  const { deps, nextStamp } = world.engine;
  const issued = issueChallenge(deps, nextStamp, caller, {
    cardId: card.cardId,
    totalAmount: bill.totalAmount,
  });
  const { challenge, factor, source } = bodyOf(issued) as Record<
    'challenge' | 'factor' | 'source',
    string
  >;
  const cryptogram = chipAnswer(
    card.cardId,
    Buffer.from(factor, 'hex'),
    Buffer.from(source, 'hex'),
  );
  const body: SettlementRequest = {
    requestKey: keyOf('sale-1'),
    card: cardBody(card),
    chip: { challenge, cryptogram },
    pin: { block: pinBlockOf(PIN) },
    bill,
    useAccount: true,
    tender: { kind: 'cash', expected: '19.90' },
    ...change,
  };
  return { caller, answered: settleBill(deps, caller, body, JSON.stringify(body)) };
}

async function finished<T>(world: SimWorld, promise: Promise<T>, ms = 30_000): Promise<T> {
  await world.scheduler.runUntil(world.scheduler.now() + ms);
  return promise;
}

describe('proofs', () => {
  const codeOf = async (change: Partial<SettlementRequest>) => {
    const world = openCounter();
    return (await finished(world, sell(world, change).answered)).answer.code;
  };

  test('a challenge for another amount is not good for this bill', async () => {
    const world = openCounter();
    const { answered } = sell(world, { bill: billOf([ASPIRIN]), tender: { kind: 'cash' } });
    expect((await finished(world, answered)).answer.code).toBe('CHALLENGE_INVALID');
  });

  test('a challenge that is older than a minute', async () => {
    const world = openCounter();
    const late = {
      ...world.engine.deps,
      clock: { ...world.engine.deps.clock, now: () => NOON + 60_001 },
    };
    const { deps, nextStamp } = world.engine;
    expect(deps.settings.challengeMs).toBe(60_000);
    world.engine = { process: world.engine.process, deps: late, nextStamp };
    const stampOfNow = () => NOON * 1000;
    world.engine = { ...world.engine, nextStamp: stampOfNow };
    expect((await finished(world, sell(world).answered)).answer.code).toBe('CHALLENGE_INVALID');
  });

  test('a wrong PIN, and a block that is none', async () => {
    expect(await codeOf({ pin: { block: pinBlockOf('000000') } })).toBe('PIN_WRONG');
    expect(await codeOf({ pin: { block: 'FFFF' } })).toBe('PIN_BLOCK_INVALID');
  });

  test('an expected amount that cannot be read does not pass for "whatever it is"', async () => {
    expect(await codeOf({ tender: { kind: 'cash', expected: '19.9' } })).toBe('REQUEST_INVALID');
  });

  test('a bank debit without the counter of the chip', async () => {
    expect(await codeOf({ tender: { ...bank, chipData: '9F10059F36020001' } })).toBe(
      'BANK_DETAILS_MISSING',
    );
  });
});

describe('the bank', () => {
  test('is asked after the reservation, and its approval posts the sale', async () => {
    const world = openCounter();
    const { answered } = sell(world, { tender: bank });
    expect(toldBy(await finished(world, answered))).toMatchObject({
      outcome: 'approved',
      status: 200,
    });
    expect([...world.host.bookings.values()]).toMatchObject([
      { kind: 'sale', amount: 1990n, code: '00' },
    ]);
  });

  test('is not asked any more by an engine that stood still, since the sale may be reversed by now', async () => {
    const world = openCounter();
    const { process, deps } = world.engine;
    // Stopped before the commit is heard of, and woken when half of the reservation is over.
    world.database.onDecision = ({ type }) => {
      if (type === 'settle-bill')
        process.pausedUntil = world.scheduler.now() + deps.settings.reservationMs / 2 + 1;
    };
    const { answered } = sell(world, { tender: bank });
    const { answer } = await finished(world, answered, 120_000);
    expect(answer.code).toBe('BANK_UNREACHABLE');
    expect(world.host.bookings.size).toBe(0);
  });

  test('that books and stays silent is asked to reverse, and the sale is called off', async () => {
    const world = openCounter();
    world.host.isMute = true;
    const { answered, caller } = sell(world, { tender: bank });
    const told = toldBy(await finished(world, answered));
    expect(told).toMatchObject({ outcome: 'unknown', status: 202 });
    world.host.isMute = false;
    await world.scheduler.runUntil(world.scheduler.now() + 120_000);
    const [settlement] = world.database.memory.settlements.values();
    expect(settlement?.state).toBe('released');
    expect([...world.host.bookings.values()]).toMatchObject([{ isReversed: true }]);
    if (settlement === undefined) throw new Error('reserved before the bank was asked');
    const read = await finished(world, readSettlement(world.engine.deps, caller, settlement.id));
    expect(bodyOf(read)).toMatchObject({
      outcome: 'declined',
      state: 'released',
      code: 'BANK_REVERSED',
    });
    const stranger = {
      ...caller,
      institution: { ...dongguanPharmacy, code: 'P44190000999' as typeof dongguanPharmacy.code },
    };
    const hidden = await finished(
      world,
      readSettlement(world.engine.deps, stranger, settlement.id),
    );
    expect(hidden.code).toBe('SETTLEMENT_NOT_FOUND');
  });

  test('a step for a leg that was finished meanwhile changes nothing', async () => {
    const world = openCounter();
    const { answered } = sell(world, { tender: bank });
    await finished(world, answered);
    const [leg] = world.database.memory.bankLegs.values();
    if (leg === undefined) throw new Error('a bank sale has a leg');
    await finished(
      world,
      finishBankLeg(world.engine.deps, { ...leg, state: 'sending', nextAttemptAt: NOON }),
    );
    expect([...world.database.memory.settlements.values()]).toMatchObject([{ state: 'posted' }]);
    expect([...world.database.memory.bankLegs.values()]).toEqual([leg]);
  });
});
