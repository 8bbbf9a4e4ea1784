import type { Room } from '../mutant.ts';

const exchange = 'engine/gateways/bank-debit/exchange.ts';
const matching = 'engine/gateways/bank-debit/matching.ts';
const codes = 'engine/gateways/bank-debit/response-codes.ts';
const ofMatching = 'tests/unit/engine/gateways/bank-debit/matching.test.ts';
const ofCodes = 'tests/unit/engine/gateways/bank-debit/response-codes.test.ts';
const ofClient = 'tests/integration/engine/gateways/bank-debit/client.test.ts';

export const bankLink: Room = {
  title: 'The line to the bank',
  mutants: [
    {
      name: 'mac-not-checked',
      bug: 'The MAC of an answer is read and not compared: a switch in between can turn declines into approvals.',
      breaks: 'An answer with a wrong MAC is no answer, and the sale is reversed.',
      file: exchange,
      from: 'key !== undefined && hasGoodMac(received.frame.body, key)',
      to: 'key !== undefined',
      tests: [ofClient],
    },
    {
      name: 'missing-mac-is-good',
      bug: 'An answer that leaves field 64 out has nothing to check, so it passes.',
      breaks: 'An answer without a MAC is no answer.',
      file: 'engine/gateways/bank-debit/wire/mac.ts',
      from: 'if (((body[BITMAP_END] ?? 0) & 1) === 0) return false;',
      to: 'if (((body[BITMAP_END] ?? 0) & 1) === 0) return true;',
      tests: ['tests/unit/engine/gateways/bank-debit/wire/mac.test.ts'],
    },
    {
      name: 'matched-by-trace-only',
      bug: 'Answers find their requests by trace number alone, and two terminals share numbers.',
      breaks: 'An answer belongs to one request: class, trace, terminal, merchant, amount.',
      file: matching,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      from: '|${fields[41]}|${fields[42]}|',
      to: '|',
      tests: [ofMatching],
    },
    {
      name: 'other-amount-accepted',
      bug: 'An approval of another amount confirms the sale.',
      breaks: 'An answer belongs to one request: class, trace, terminal, merchant, amount.',
      file: matching,
      from: 'if (answer.fields[4] !== request.fields[4]) return 4;',
      to: '',
      tests: [ofMatching, ofClient],
    },
    {
      name: 'part-approval-is-approval',
      bug: '39 = 10, approved for a part of the amount, is read as a success.',
      breaks: 'Only a code that leaves no doubt is a success.',
      file: codes,
      from: "const approved = ['00', '11',",
      to: "const approved = ['00', '10', '11',",
      tests: [ofCodes, ofClient],
    },
    {
      name: 'strange-code-is-decline',
      bug: 'A code that nobody listed is read as a decline, and the host may have posted the sale.',
      breaks: 'A code that leaves doubt is unknown, and the sale is reversed.',
      file: codes,
      from: "verdicts.get(responseCode) ?? 'unsure'",
      to: "verdicts.get(responseCode) ?? 'declined'",
      tests: [ofCodes, ofClient],
    },
    {
      name: 'system-error-ends-reversal',
      bug: 'Host code 96 on a reversal counts as "undone".',
      breaks: 'A reversal ends with 00, 12 or 25 alone.',
      file: codes,
      from: "new Set(['00', '12', '25'])",
      to: "new Set(['00', '12', '25', '96'])",
      tests: [ofCodes],
    },
    {
      name: 'broken-line-is-not-sent',
      bug: 'A connection that breaks while an answer is due is reported as "never sent".',
      breaks: 'What was sent and not answered is unknown.',
      file: exchange,
      from: "finish(link, key, unknown('connection-lost'))",
      to: "finish(link, key, notSent('not-connected'))",
      tests: [ofClient],
    },
    {
      name: 'trace-under-way-sent-again',
      bug: 'A second request under a trace that still waits replaces it; one answer then counts for both.',
      breaks: 'A trace that is under way is not sent a second time.',
      file: exchange,
      from: "if (pending.has(key)) return notSent('trace-in-use');",
      to: '',
      tests: [ofClient],
    },
    {
      name: 'late-answer-counts-twice',
      bug: 'Every copy of a late answer is reported anew.',
      breaks: 'A second answer has no effect.',
      file: exchange,
      from: 'if (finished?.answered === true) {',
      to: 'if (finished?.answered === true && link.closed) {',
      tests: [ofClient],
    },
    {
      name: 'reversal-sends-own-trace',
      bug: 'The reversal of a void names the void as its own original.',
      breaks: 'A reversal names the message that it takes back.',
      file: 'engine/flows/finish-bank-leg.ts',
      from: "original: leg.kind === 'void' ? { stan: sale.stan, batch: sale.batch } : undefined,",
      to: "original: leg.kind === 'void' ? { stan: leg.stan, batch: leg.batch } : undefined,",
      tests: ['tests/unit/engine/flows/finish-bank-leg.test.ts'],
    },
    {
      name: 'trace-numbers-start-anew',
      bug: 'Trace numbers are counted in memory and begin at one after every restart.',
      breaks: 'A trace number is never given twice.',
      file: 'engine/store/person-store.ts',
      from: 'next = row.last - traceBlock;\n    end = row.last;',
      to: 'next = 0n;\n    end = traceBlock;',
      tests: ['tests/integration/engine/store/store.test.ts'],
    },
    {
      name: 'trace-block-overlaps',
      bug: 'A block of trace numbers reaches one into the next process’s block.',
      breaks: 'A trace number is never given twice.',
      file: 'engine/store/person-store.ts',
      from: 'end = row.last;',
      to: 'end = row.last + 1n;',
      tests: ['tests/integration/engine/store/store.test.ts'],
    },
  ],
};
