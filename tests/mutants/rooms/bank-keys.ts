import type { Room } from '../mutant.ts';

const flow = 'engine/flows/leg/bank-sign-in.ts';
const store = 'engine/store/reference/reference-store.ts';
const macKeys = 'engine/gateways/bank-debit/mac-keys.ts';
const ofFinishFlow = 'tests/unit/engine/flows/leg/finish-bank-leg.test.ts';
const ofStore = 'tests/integration/engine/store/reference/reference-store.test.ts';
const ofHost = 'tests/integration/engine/sandbox/bank-host/bank-host.test.ts';

export const bankKeys: Room = {
  title: 'The work keys of the bank',
  mutants: [
    {
      name: 'older-bank-keys-over-newer',
      bug: 'An engine that wakes up late puts older bank keys on record over newer ones.',
      breaks: 'Of two sign-ins of a terminal the later one counts, whichever engine is heard last.',
      file: store,
      from: `
    .where('bank_keys_no', '<', BigInt(keysNo))`,
      to: '',
      tests: [ofStore],
    },
    {
      name: 'older-bank-key-in-memory',
      bug: 'The answer to an older sign-in brings its key back into an engine that was told of a newer one.',
      breaks: 'Of two sign-ins of a terminal the later one counts, whichever engine is heard last.',
      file: macKeys,
      from: 'known.keysNo >= keysNo',
      to: 'known.keysNo === keysNo',
      tests: [ofHost],
    },
    {
      name: 'every-engine-renews',
      bug: 'Ten engines with ten open reversals sign one terminal in ten times, each against the others.',
      breaks: 'Keys are renewed once, by one engine, and not again for a while.',
      file: store,
      from: ".where(sinceThen, '>=', BigInt(restMs))",
      to: ".where(sinceThen, '>=', 0n)",
      tests: [ofStore],
    },
    {
      name: 'renewed-after-another',
      bug: 'An engine renews keys that another one has renewed meanwhile; the PIN pads are wrong again.',
      breaks: 'Keys are renewed only while they are still those that the bank refused.',
      file: store,
      from: ".where('bank_keys_no', '=', BigInt(keysNo))",
      to: '',
      tests: [ofStore],
    },
    {
      name: 'keys-never-renewed',
      bug: 'A reversal under keys that the bank does not know is sent for ever, and refused for ever.',
      breaks: 'A reversal goes on until the bank has answered it.',
      file: flow,
      from: 'if (leg.attempts === 0 || !isOfKeys(outcome)) return false;',
      to: 'if (!isOfKeys(outcome) || leg.attempts >= 0) return false;',
      tests: [ofFinishFlow],
    },
    {
      name: 'keys-renewed-for-one-bad-message',
      bug: 'One damaged message is enough for a sign-in, and the PIN pad must be signed in anew.',
      breaks: 'The bank’s keys are changed when they are wrong, not when a message was.',
      file: flow,
      from: 'leg.attempts === 0 || !isOfKeys(outcome)',
      to: '!isOfKeys(outcome)',
      tests: [ofFinishFlow],
    },
    {
      name: 'answer-under-other-keys-is-noise',
      bug: 'A host under other keys signs its A0 with them, and the engine takes that for a bad line.',
      breaks: 'A reversal goes on until the bank has answered it.',
      file: flow,
      from: "return outcome.reason === 'bad-mac';",
      to: 'return false;',
      tests: [ofFinishFlow],
    },
    {
      name: 'sign-in-sent-late',
      bug: 'An engine that stood still before it sent its sign-in sends it after that of another.',
      breaks: 'A sign-in leaves soon after it has its number, or not at all.',
      file: flow,
      from: 'if (deps.clock.now() - at > BEGIN_MS) return undefined;',
      to: '',
      tests: [ofFinishFlow],
    },
  ],
};
