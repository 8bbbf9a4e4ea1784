import type { Room } from '../mutant.ts';

const finishDebit = 'engine/domain/settlement/finish-debit.ts';
const finishRefund = 'engine/domain/refund/finish-refund.ts';
const refund = 'engine/domain/refund/refund-settlement.ts';
const authorise = 'engine/flows/leg/authorise-bank-leg.ts';
const finishLeg = 'engine/flows/leg/finish-bank-leg.ts';
const ofDebit = 'tests/unit/engine/domain/settlement/finish-debit.test.ts';
const ofRefund = 'tests/unit/engine/domain/refund/refund-settlement.test.ts';
const ofFinishFlow = 'tests/unit/engine/flows/leg/finish-bank-leg.test.ts';
const ofSettleFlow = 'tests/unit/engine/flows/settlement/settle-bill.test.ts';

export const bankLeg: Room = {
  title: 'Two books: ours and the bank’s',
  mutants: [
    {
      name: 'release-keeps-the-hold',
      bug: 'A sale that the bank declined leaves its part of the personal account on hold for ever.',
      breaks: 'Every hold is given back or spent, once.',
      file: finishDebit,
      from: 'person: { ...person, accountHeld: subtractFen(person.accountHeld, split.accountPay) },',
      to: 'person,',
      tests: [ofDebit],
      seeds: 100,
    },
    {
      name: 'posting-keeps-the-hold',
      bug: 'A posted sale takes the money of the account and leaves the same money on hold.',
      breaks: 'Every hold is given back or spent, once.',
      file: finishDebit,
      from: `    accountHeld: subtractFen(person.accountHeld, split.accountPay),
`,
      to: '',
      tests: [ofDebit],
      seeds: 100,
    },
    {
      name: 'release-leaves-the-totals',
      bug: 'A declined sale still counts towards the deductible and the caps of the year.',
      breaks: 'Yearly totals are the sum of what stands.',
      file: finishDebit,
      from: `split.accumulatorChanges,
      -1n,`,
      to: `new Map(),
      -1n,`,
      tests: [ofDebit],
      seeds: 100,
    },
    {
      name: 'decline-after-silence-releases',
      bug: 'A decline of one copy releases a sale that is already under reversal, and its reversal is forgotten.',
      breaks: 'Once a reversal has begun, it ends only with the host’s answer to it.',
      file: finishDebit,
      from: `if (!isInHand(sale, command)) return answerAsItStands(sale);
  const { responseCode } = command;`,
      to: `if (sale.settlement.state === 'posted') return answerAsItStands(sale);
  const { responseCode } = command;`,
      tests: [ofDebit],
      seeds: 100,
    },
    {
      name: 'silence-taken-for-decline',
      bug: 'A bank that does not answer in time is taken for one that declined; the holder pays twice.',
      breaks: 'Unknown is never turned into declined.',
      file: authorise,
      from: "return { type: 'bank-unanswered', ...of, legNo: 0, reason: reversalReason(outcome.reason) };",
      to: "return { type: 'release-reservation', ...of, responseCode: '98' };",
      tests: [ofSettleFlow],
      seeds: 100,
    },
    {
      name: 'sale-resent-under-a-new-trace',
      bug: 'A sale without an answer is sent again under a new trace number: for the bank it is another sale.',
      breaks: 'The bank’s net effect of a settlement is its share, or nothing.',
      file: authorise,
      from: 'tooLate : await deps.bank.sale(sale);',
      to: `tooLate : await deps.bank.sale(sale).then((first) =>
    first.kind === 'unknown' ? deps.bank.sale({ ...sale, stan: sale.stan + 500_000 }) : first,
  );`,
      tests: [ofSettleFlow],
      seeds: 100,
    },
    {
      name: 'bank-asked-beside-the-reservation',
      bug: 'To save a few milliseconds the bank is asked while the reservation is still being written.',
      breaks: 'What may reach the bank is durable before the first byte is sent.',
      file: 'engine/flows/settlement/settle-bill.ts',
      from: 'const executed = await execute(deps, command, command.request.requestKey);',
      to: `const asked = sale && deps.bank.sale(sale);
  const executed = await execute(deps, command, command.request.requestKey);
  await asked;`,
      tests: [ofSettleFlow],
      seeds: 100,
    },
    {
      name: 'sale-leaves-too-late',
      bug: 'A process that stood still sends its sale after another one has already reversed it.',
      breaks: 'A fresh leg leaves within its time, or not at all.',
      file: authorise,
      from: 'return isDue(leg.nextAttemptAt ?? 0, clock.now() + settings.reservationMs / 2);',
      to: 'return clock.now() < (leg.nextAttemptAt ?? 0) - 100 * settings.reservationMs;',
      tests: [ofSettleFlow],
    },
    {
      name: 'reversal-dropped-after-three-tries',
      bug: 'A reversal that got no answer three times is deleted, and the cashier is told to call support.',
      breaks: 'A reversal ends only with the host’s answer; never by count or age.',
      file: finishLeg,
      from: 'await finish(deps, leg, touch(deps.clock, leg, responseCode));',
      to: `const givenUp = { type: 'finish-reversal', ...inHand(leg, deps.clock.now()), legNo } as const;
  const isGivenUp = leg.attempts >= 3;
  await finish(
    deps,
    leg,
    isGivenUp ? { ...givenUp, responseCode: '00' } : touch(deps.clock, leg, responseCode),
  );`,
      tests: [ofFinishFlow],
      seeds: 100,
    },
    {
      name: 'reversal-ends-on-any-answer',
      bug: 'Whatever the host says to a reversal, also 96 "system error", is taken for "done".',
      breaks: 'A reversal ends with 00, 12 or 25 alone.',
      file: finishLeg,
      from: "outcome.kind === 'answered' && outcome.final",
      to: "outcome.kind === 'answered'",
      tests: [ofFinishFlow],
      seeds: 100,
    },
    {
      name: 'bad-mac-called-silence',
      bug: 'The reversal of a sale whose answer was forged is sent as an ordinary time-out.',
      breaks: 'Field 39 of a reversal tells the host why: A0 for a wrong MAC.',
      file: authorise,
      from: "return 'A0';",
      to: "return '98';",
      tests: [ofFinishFlow],
    },
    {
      name: 'retry-pause-grows-for-ever',
      bug: 'The pause between attempts doubles without end: after a long night no reversal is tried for days.',
      breaks: 'Once the bank is back, open reversals are answered within minutes.',
      file: authorise,
      from: 'Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(leg.attempts, 10))',
      to: 'FIRST_RETRY_MS * 2 ** leg.attempts',
      tests: [ofFinishFlow],
    },
    {
      name: 'bank-answer-given-up-at-once',
      bug: 'The bank’s approval is dropped when the store is busy at that moment.',
      breaks: 'What the bank said is stored, or the sale goes to the reversal job.',
      file: authorise,
      from: 'const FINISH_TRIES = 5;',
      to: 'const FINISH_TRIES = 1;',
      tests: [ofFinishFlow],
    },
    {
      name: 'void-approved-under-reversal',
      bug: 'A void that is approved while its reversal is under way is posted; the bank then takes it back.',
      breaks: 'Once a reversal has begun, the refund can only be called off.',
      file: finishRefund,
      from: "if (!isInHand || leg.state === 'reversing') {",
      to: "if (!(asked.refund.state === 'running' && leg.fence >= command.fence)) {",
      tests: [ofRefund],
    },
    {
      name: 'one-copy-calls-the-refund-off',
      bug: 'A copy of a refund that never left calls it off, while another copy is on its way to the bank.',
      breaks: 'What concerns one copy says nothing of the others.',
      file: finishRefund,
      from: "if (command.outcome !== 'approved' && isOfCopy && leg.state !== 'sending') return asItStands;",
      to: '',
      tests: [ofRefund],
    },
    {
      name: 'silent-refund-reversed',
      bug: 'A refund without an answer is reversed like a sale, though the interface knows no such reversal.',
      breaks: 'A silent refund is repeated under its trace until the bank answers.',
      file: finishRefund,
      from: "leg.kind === 'void' ? 'reversing' : 'repeating'",
      to: "'reversing'",
      tests: [ofRefund],
      seeds: 100,
    },
    {
      name: 'refund-posted-before-the-bank',
      bug: 'The account and the funds have their money back before anybody has asked the bank.',
      breaks: 'Of a refund nothing moves until the bank has answered.',
      file: refund,
      from: "settlement.tender === 'bank-debit' && back.patientPay > 0n",
      to: 'false',
      tests: [ofRefund],
      seeds: 100,
    },
    {
      name: 'void-on-another-day',
      bug: 'A sale of yesterday is voided; a host that has closed its day refuses, or voids the wrong one.',
      breaks: '撤销 is for the day and the batch of the sale; after it there is 退货.',
      file: refund,
      from: `    settlement.businessDate === command.businessDate &&
`,
      to: '',
      tests: [ofRefund],
    },
  ],
};
