/** The checker is only worth something if it finds bugs: here are some, each found within a few seeds. */
import { describe, expect, test } from 'vitest';
import type { FinishRefund } from '../../engine/domain/settlement/commands.ts';
import type { Decide } from '../../engine/domain/settlement/decide.ts';
import type { Decision, Facts } from '../../engine/domain/settlement/decision.ts';
import { finish } from '../../engine/flows/authorise-bank-leg.ts';
import { APPROVED } from '../support/builders.ts';
import { runSimulation } from '../support/sim-run.ts';
import type { Plant } from '../support/sim-world.ts';

/** The legs of the settlement as if nothing had happened to them since they were sent. */
const asIfJustSent = (facts: Facts): Facts['bankLegs'] =>
  facts.bankLegs.map((leg) =>
    leg.nextAttemptAt === undefined ? leg : { ...leg, state: 'sending' },
  );

function confirmsAfterTheReversalBegan(decide: Decide): Decide {
  return (command, facts) => {
    const { settlement } = facts;
    if (command.type !== 'confirm-debit' || settlement?.state !== 'reversing')
      return decide(command, facts);
    const before = { ...settlement, state: 'reserved' } as const;
    return decide(command, { ...facts, settlement: before, bankLegs: asIfJustSent(facts) });
  };
}

function takesAVoidThatIsBeingReversed(decide: Decide): Decide {
  return (command, facts) =>
    command.type === 'finish-refund' && command.outcome === 'approved'
      ? decide(command, { ...facts, bankLegs: asIfJustSent(facts) })
      : decide(command, facts);
}

function callsOffForACopyThatStayedHere(decide: Decide): Decide {
  return (command, facts) =>
    command.type === 'finish-refund' && command.outcome === 'not-sent'
      ? decide(command, { ...facts, bankLegs: asIfJustSent(facts) })
      : decide(command, facts);
}

function forgetsRequestKeys(decide: Decide): Decide {
  return (command, facts) =>
    decide(command, command.type === 'settle-bill' ? { ...facts, requests: [] } : facts);
}

function postsARefundBeforeTheBankAnswered(decide: Decide): Decide {
  return (command, facts) => {
    const asked = decide(command, facts);
    const { bankLeg, refund, request, settlement } = asked.writes ?? {};
    if (command.type !== 'refund-settlement' || !bankLeg || !refund || !request || !settlement)
      return asked;
    const { key, at, settlementId } = command;
    const { refundNo } = refund;
    const early: FinishRefund = {
      type: 'finish-refund',
      key,
      at,
      settlementId,
      refundNo,
      outcome: 'approved',
      ...APPROVED,
    };
    const done = decide(early, {
      ...facts,
      settlement: settlement.to,
      bankLegs: [...facts.bankLegs, bankLeg],
      refunds: [...facts.refunds, refund],
      requests: [...facts.requests, request],
    });
    const to = done.writes?.settlement?.to;
    return to === undefined
      ? done
      : { ...done, writes: { ...done.writes, settlement: { from: 'posted', to } } };
  };
}

function forgetsWrongPins(decide: Decide): Decide {
  return (command, facts) => {
    const decision = decide(command, facts);
    if (decision.answer.code !== 'PIN_WRONG' || decision.writes?.card === undefined)
      return decision;
    return {
      ...decision,
      writes: { ...decision.writes, card: { ...decision.writes.card, pinWrongTries: 0 } },
    };
  };
}

function answersWithoutHavingStored(decide: Decide): Decide {
  let count = 0;
  return (command, facts) => {
    const decision: Decision = decide(command, facts);
    const isPosting = decision.writes?.posting !== undefined;
    return isPosting && ++count % 10 === 0 ? { ...decision, writes: undefined } : decision;
  };
}

function paysTwiceFromTheAccount(decide: Decide): Decide {
  return (command, facts) => {
    const decision = decide(command, facts);
    const { person } = decision.writes ?? {};
    if (command.type !== 'confirm-debit' || person === undefined) return decision;
    const writes = {
      ...decision.writes,
      person: { ...person, accountHeld: facts.person?.accountHeld ?? person.accountHeld },
    };
    return { ...decision, writes };
  };
}

const plants: { readonly [name: string]: readonly [Plant, RegExp] } = {
  'an approval that revives a sale under reversal': [
    { decide: confirmsAfterTheReversalBegan },
    /the database refused confirm-debit/,
  ],
  'the same, in a database without checks': [
    { decide: confirmsAfterTheReversalBegan, isUnchecked: true },
    /no way from reserved to posted|the bank holds 0/,
  ],
  'a void that is posted while it is reversed': [
    { decide: takesAVoidThatIsBeingReversed },
    /the bank holds \d+, the settlement says 0/,
  ],
  'a refund called off because one copy of it stayed here': [
    { decide: callsOffForACopyThatStayedHere },
    /the bank holds \d+, the settlement says \d+/,
  ],
  'silence of the bank that is taken for a decline': [
    {
      bank: (bank) => ({
        ...bank,
        async sale(sale) {
          const outcome = await bank.sale(sale);
          if (outcome.kind !== 'unknown') return outcome;
          const reply = {
            ...APPROVED,
            responseCode: '05',
            hostDate: '1122',
            issuerAuthData: undefined,
          };
          return { kind: 'declined', reply };
        },
      }),
    },
    /the bank holds \d+, the settlement says 0 \(released\)/,
  ],
  'a sale that is sent again under a new trace': [
    {
      bank: (bank) => ({
        ...bank,
        async sale(sale) {
          const outcome = await bank.sale(sale);
          return outcome.kind === 'unknown'
            ? bank.sale({ ...sale, stan: sale.stan + 500_000 })
            : outcome;
        },
      }),
    },
    /our books say \d+ of the bank, the bank says \d+/,
  ],
  'a reversal that is given up after two tries': [
    {
      finishBankLeg: (original) => async (deps, leg) => {
        if (leg.state !== 'reversing' || leg.attempts < 2) return original(deps, leg);
        const { key, settlementId, legNo } = leg;
        const at = deps.clock.now();
        await finish(deps, leg, {
          type: 'finish-reversal',
          key,
          at,
          settlementId,
          legNo,
          responseCode: '00',
        });
      },
    },
    /the bank holds \d+, the settlement says 0|the bank holds 0/,
  ],
  'request keys that are forgotten': [
    { decide: forgetsRequestKeys },
    /two settlements of one request key|a final answer was changed/,
  ],
  'a refund that is posted before the bank answered': [
    { decide: postsARefundBeforeTheBankAnswered, isUnchecked: true },
    /the bank holds \d+, the settlement says/,
  ],
  'wrong PINs that are not counted': [
    { decide: forgetsWrongPins },
    /a PIN was compared a fourth time|without the right PIN/,
  ],
  'an answer that is given before it is stored': [
    { decide: answersWithoutHavingStored },
    /told approved \(\), but it is not done/,
  ],
  'money that stays held after it was spent': [
    { decide: paysTwiceFromTheAccount, isUnchecked: true },
    /an account still holds money/,
  ],
};

const SEEDS_MAX = 400;

describe('is found', () => {
  test.each(Object.entries(plants))('%s', async (_, [plant, expected]) => {
    let seen = '';
    for (let seed = 1; seed <= SEEDS_MAX && !expected.test(seen); seed++) {
      const { violations } = await runSimulation(seed, plant);
      seen = violations.join('\n');
    }
    expect(seen).toMatch(expected);
  });
});
