/** Bugs to plant in the simulated engine, with what the audit must say of each. */
import type { Command } from '../../engine/domain/commands.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Decision, Facts } from '../../engine/domain/decision.ts';
import type { Bank } from '../../engine/ports/bank.ts';
import { APPROVED } from '../support/builders.ts';
import type { Plant } from './world/engine.ts';
import type { FaultRates } from './world/faults.ts';

/** The legs of the settlement as if nothing had happened to them since they were sent. */
function asIfJustSent(command: Command, facts: Facts): Facts['bankLegs'] {
  // Whoever speaks is taken for the one who works on the leg now.
  const fence: number = Reflect.get(command, 'fence');
  return facts.bankLegs.map((leg) =>
    leg.nextAttemptAt === undefined ? leg : { ...leg, state: 'sending', fence },
  );
}

function confirmsAfterTheReversalBegan(decide: Decide): Decide {
  return (command, facts) => {
    const { settlement } = facts;
    if (command.type !== 'confirm-debit' || settlement?.state !== 'reversing')
      return decide(command, facts);
    const before = { ...settlement, state: 'reserved' } as const;
    return decide(command, {
      ...facts,
      settlement: before,
      bankLegs: asIfJustSent(command, facts),
    });
  };
}

function takesAVoidThatIsBeingReversed(decide: Decide): Decide {
  return (command, facts) =>
    command.type === 'finish-refund' && command.outcome === 'approved'
      ? decide(command, { ...facts, bankLegs: asIfJustSent(command, facts) })
      : decide(command, facts);
}

function forgetsRequestKeys(decide: Decide): Decide {
  return (command, facts) =>
    decide(command, command.type === 'settle-bill' ? { ...facts, requests: [] } : facts);
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

function keepsMoneyHeld(decide: Decide): Decide {
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

function looksAtNoList(decide: Decide): Decide {
  return (command, facts) => decide(command, { ...facts, invalidListHits: [] });
}

const reply = { ...APPROVED, hostDate: '1122', issuerAuthData: undefined };

const takesSilenceForADecline = (bank: Bank): Bank => ({
  ...bank,
  async sale(sale) {
    const outcome = await bank.sale(sale);
    return outcome.kind === 'unknown'
      ? { kind: 'declined', reply: { ...reply, responseCode: '05' } }
      : outcome;
  },
});

const sendsAgainUnderANewTrace = (bank: Bank): Bank => ({
  ...bank,
  async sale(sale) {
    const outcome = await bank.sale(sale);
    return outcome.kind === 'unknown' ? bank.sale({ ...sale, stan: sale.stan + 500_000 }) : outcome;
  },
});

/** It is sent, but nobody waits for what the bank says. */
const postsARefundBeforeTheBankAnswered = (bank: Bank): Bank => ({
  ...bank,
  async void(request) {
    void bank.void(request);
    return { kind: 'approved', reply };
  },
  async refund(request) {
    void bank.refund(request);
    return { kind: 'approved', reply };
  },
});

const callsOffForACopyThatStayedHere = (bank: Bank): Bank => {
  const callOff =
    <Asked, Outcome extends { readonly kind: string }>(ask: (asked: Asked) => Promise<Outcome>) =>
    async (asked: Asked) => {
      const outcome = await ask(asked);
      if (outcome.kind !== 'unknown' && outcome.kind !== 'not-sent') return outcome;
      return { kind: 'declined', reply: { ...reply, responseCode: '12' } } as const;
    };
  return { ...bank, refund: callOff(bank.refund) };
};

const givesUpAReversalAfterTwoTries = (bank: Bank): Bank => {
  const tries = new Map<number, number>();
  return {
    ...bank,
    async reverse(request) {
      const count = (tries.get(request.stan) ?? 0) + 1;
      tries.set(request.stan, count);
      return count > 2
        ? { kind: 'answered', responseCode: '00', final: true }
        : bank.reverse(request);
    },
  };
};

/** An engine that wakes up when its reversal has not come through yet. */
const lateAnswers: FaultRates = {
  'engine.stalls-before-answer': 3,
  'bank.unsure': 6,
  'bank.mute': 3,
};

/** A bank that says nothing to a void's reversal gives the engine time to wake up: one seed in ten shows it. */
const lateVoids: FaultRates = { 'engine.stalls-before-answer': 3, 'bank.mute': 3 };

/** By name: where it is planted, what must be found, and the only faults that it needs. */
export const plants: { readonly [name: string]: readonly [Plant, RegExp, FaultRates?] } = {
  'an approval that revives a sale under reversal': [
    { decide: confirmsAfterTheReversalBegan },
    /the database refused confirm-debit/,
    lateAnswers,
  ],
  'the same, in a database without checks': [
    { decide: confirmsAfterTheReversalBegan, isUnchecked: true },
    /no way from reversing to posted|in the bank's books it is reversed/,
    lateAnswers,
  ],
  'a void that is posted while it is reversed': [
    { decide: takesAVoidThatIsBeingReversed },
    /the bank holds \d+, the settlement says 0|no way for a bank leg from reversing to approved/,
    lateVoids,
  ],
  'silence of the bank that is taken for a decline': [
    { bank: takesSilenceForADecline },
    /the bank holds \d+, the settlement says 0 \(released\)/,
  ],
  'a sale that is sent again under a new trace': [
    { bank: sendsAgainUnderANewTrace },
    /in the bank's books it is nowhere|that nobody here knows/,
  ],
  'a reversal that is given up after two tries': [
    { bank: givesUpAReversalAfterTwoTries },
    /the bank holds \d+, the settlement says 0/,
  ],
  'request keys that are forgotten': [
    { decide: forgetsRequestKeys },
    /two settlements of one request key|a final answer was changed/,
  ],
  'a refund that is posted before the bank answered': [
    { bank: postsARefundBeforeTheBankAnswered },
    /the bank holds \d+, the settlement says/,
  ],
  'a refund that is called off because a copy of it stayed here': [
    { bank: callsOffForACopyThatStayedHere },
    /the bank holds \d+, the settlement says \d+/,
  ],
  'wrong PINs that are not counted': [
    { decide: forgetsWrongPins },
    /a PIN was compared a fourth time|without the right PIN/,
    { 'card.wrong-pin': 6 },
  ],
  'an answer that is given before it is stored': [
    { decide: answersWithoutHavingStored },
    /an approval was told before it was stored/,
  ],
  'money that stays held after it was spent': [
    { decide: keepsMoneyHeld, isUnchecked: true },
    /what is held is not what is reserved/,
  ],
  'an invalid list that nobody looks at': [
    { decide: looksAtNoList },
    /a card that is reported lost or listed has paid/,
  ],
};
