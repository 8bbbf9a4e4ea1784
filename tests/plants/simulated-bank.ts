/** Bugs between the flows of the simulated engine and its bank, which must show in the two books. */
import type { Bank, BankReply } from '../../engine/ports/bank.ts';
import { APPROVED } from '../support/domain/builders.ts';
import { caughtBySimulator } from './plant.ts';

const reply: BankReply = { ...APPROVED, hostDate: '1122', issuerAuthData: undefined };
const declined = (responseCode: string) =>
  ({ kind: 'declined', reply: { ...reply, responseCode } }) as const;

const takesSilenceForADecline = (bank: Bank): Bank => ({
  ...bank,
  async sale(sale) {
    const outcome = await bank.sale(sale);
    return outcome.kind === 'unknown' ? declined('05') : outcome;
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
      const isOpen = outcome.kind === 'unknown' || outcome.kind === 'not-sent';
      return isOpen ? declined('12') : outcome;
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

const takesAnyAnswerToAReversal = (bank: Bank): Bank => ({
  ...bank,
  async reverse(request) {
    const outcome = await bank.reverse(request);
    return outcome.kind === 'answered' ? { ...outcome, final: true } : outcome;
  },
});

export const simulatedBank = caughtBySimulator(
  {
    name: 'silence-taken-for-a-decline',
    bug: 'A bank that does not answer in time is taken for one that declined; the holder pays twice.',
    breaks: 'Unknown is never turned into declined.',
    plant: { bank: takesSilenceForADecline },
    says: ['the bank holds …, the settlement says 0 (released)'],
  },
  {
    name: 'sale-resent-under-a-new-trace',
    bug: 'A sale without an answer is sent again under a new trace number: for the bank it is another sale.',
    breaks: 'The bank holds the share of one settlement, or nothing.',
    plant: { bank: sendsAgainUnderANewTrace },
    says: ["in the bank's books it is nowhere", 'that nobody here knows'],
  },
  {
    name: 'reversal-given-up-after-two-tries',
    bug: 'A reversal that got no answer twice is taken for done.',
    breaks: 'A reversal ends only with the host’s answer; never by count or age.',
    plant: { bank: givesUpAReversalAfterTwoTries },
    says: ['the bank holds …, the settlement says 0'],
  },
  {
    name: 'reversal-ends-on-any-answer',
    bug: 'Whatever the host says to a reversal, also 96 "system error", is taken for "done".',
    breaks: 'A reversal ends with an approval, 12 or 25 alone.',
    plant: { bank: takesAnyAnswerToAReversal },
    says: ['the bank holds …, the settlement says 0'],
  },
  {
    name: 'refund-posted-before-the-bank',
    bug: 'The account and the funds have their money back before the bank has answered.',
    breaks: 'Of a refund nothing moves until the bank has answered.',
    plant: { bank: postsARefundBeforeTheBankAnswered },
    says: ['the bank holds …, the settlement says'],
  },
  {
    name: 'one-copy-calls-the-refund-off',
    bug: 'A copy of a refund that never left calls it off, while another copy is on its way to the bank.',
    breaks: 'What concerns one copy says nothing of the others.',
    plant: { bank: callsOffForACopyThatStayedHere },
    says: ['the bank holds …, the settlement says …'],
  },
);
