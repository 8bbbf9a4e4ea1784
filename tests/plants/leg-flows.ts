/** What is sent to the bank, how often, and what becomes of its answers. */
import assert from 'node:assert/strict';
import { fail, ok } from '../../engine/base/errors/result.ts';
import type { Writes } from '../../engine/domain/decision.ts';
import type { FlowDeps } from '../../engine/flows/deps.ts';
import type { BankSignIn } from '../../engine/ports/bank.ts';
import { attempt, type Ports, reserved, sell, withBank, withStore } from './leg-world.ts';
import { type Check, caughtBy } from './plant.ts';

const silent = { kind: 'unknown', reason: 'no-answer', responseCode: undefined } as const;
const unsure = { kind: 'answered', responseCode: '96', final: false } as const;

const asking: Check<Ports> = {
  name: 'asking the bank',
  honest: () => (deps) => deps,
  async keeps(ports) {
    const late = reserved({});
    late.clock.at = (late.leg().nextAttemptAt ?? 0) - 1_000;
    await sell(ports, late);
    assert.equal(late.sales.length, 0, 'a sale leaves when another engine may have the leg');
    const forged = reserved({ sale: async () => ({ ...silent, reason: 'bad-mac' }) });
    await sell(ports, forged);
    await attempt(ports, forged);
    assert.equal(forged.reversals[0]?.reason, 'A0', 'a forged answer is called silence');
    const busy = reserved({});
    let offers = 0;
    const store: FlowDeps['store'] = {
      ...busy.deps.store,
      execute: async (command) =>
        ++offers <= 3 ? fail({ kind: 'busy', retryAfterMs: 1 }) : ok(busy.memory.run(command)),
    };
    await sell(ports, { ...busy, deps: { ...busy.deps, store } });
    assert.equal(busy.state(), 'posted', 'an approval is dropped when the store is busy');
  },
};

const reversing: Check<Ports> = {
  name: 'reversing a sale',
  honest: () => (deps) => deps,
  async keeps(ports) {
    const answers = Array.from({ length: 24 }, () => unsure);
    const sale = reserved({
      sale: async () => silent,
      reverse: async () => answers.shift() ?? { ...unsure, responseCode: '00', final: true },
    });
    await sell(ports, sale);
    assert.equal(sale.state(), 'reversing', 'silence is taken for a decline');
    for (let tries = 1; tries <= 24; tries++) {
      await attempt(ports, sale);
      const pauseMs = (sale.leg().nextAttemptAt ?? 0) - sale.clock.at;
      assert.ok(pauseMs <= 60_000, 'a reversal rests for longer than a minute');
      assert.equal(sale.state(), 'reversing', 'a reversal ends before the bank has answered it');
    }
    await attempt(ports, sale);
    assert.equal(sale.state(), 'released', 'a reversal that is answered does not end');
    const traces = new Set(sale.reversals.map(({ stan }) => stan));
    assert.deepEqual([...traces], [sale.leg().stan], 'a reversal names another message');
  },
};

const refusedKeys: Check<Ports> = {
  name: 'keys that the bank refuses',
  honest: () => (deps) => deps,
  async keeps(ports) {
    const signIns: BankSignIn[] = [];
    const sale = reserved({
      sale: async () => silent,
      reverse: async () =>
        signIns.length === 0
          ? { kind: 'answered', responseCode: 'A0', final: false }
          : { kind: 'answered', responseCode: '00', final: true },
      async signIn(request) {
        signIns.push(request);
        return ok({ pinKeyBlob: 'P', macKeyBlob: 'M', keysNo: request.keysNo });
      },
    });
    await sell(ports, sale);
    await attempt(ports, sale);
    assert.equal(signIns.length, 0, 'one damaged message changes the keys');
    for (let tries = 1; tries <= 5; tries++) await attempt(ports, sale);
    assert.equal(signIns.length, 1, 'a reversal goes on for ever under keys that the bank refuses');
    assert.equal(sale.state(), 'released', 'a reversal does not go on under the new keys');
  },
};

/** The leg as if it had been refused before. */
function oneAttemptMore(writes: Writes): Writes {
  const { bankLeg } = writes;
  if (bankLeg === undefined) return writes;
  return { ...writes, bankLeg: { ...bankLeg, attempts: bankLeg.attempts + 1 } };
}

export const legFlowPlants = [
  ...caughtBy(
    asking,
    {
      name: 'sale-leaves-too-late',
      bug: 'A process that stood still sends its sale after another one has already reversed it.',
      breaks: 'A fresh leg leaves within its time, or not at all.',
      plant: (ports) => (deps) => {
        const made = ports(deps);
        const { reservationMs } = made.settings;
        const now = () => made.environment.now() - reservationMs;
        return { ...made, environment: { ...made.environment, now } };
      },
      says: 'a sale leaves when another engine may have the leg',
    },
    {
      name: 'bad-mac-called-silence',
      bug: 'The reversal of a sale whose answer was forged is sent as an ordinary time-out.',
      breaks: 'Field 39 of a reversal tells the host why: A0 for a wrong MAC.',
      plant: withBank((bank) => ({
        async sale(sale) {
          const outcome = await bank.sale(sale);
          return outcome.kind === 'unknown' ? { ...outcome, reason: 'no-answer' } : outcome;
        },
      })),
      says: 'a forged answer is called silence',
    },
    {
      name: 'bank-answer-given-up-at-once',
      bug: 'The bank’s approval is dropped when the store is busy at that moment.',
      breaks: 'What the bank said is stored, or the sale goes to the reversal job.',
      plant: withStore((store) => {
        let given: ReturnType<typeof store.execute> | undefined;
        return { execute: (command) => (given ??= store.execute(command)) };
      }),
      says: 'an approval is dropped when the store is busy',
    },
  ),
  ...caughtBy(
    reversing,
    {
      name: 'silence-is-a-decline',
      bug: 'A bank that does not answer in time is taken for one that declined.',
      breaks: 'Unknown is never turned into declined.',
      plant: withBank((bank) => ({
        async sale(sale) {
          const outcome = await bank.sale(sale);
          return outcome.kind === 'unknown' ? { kind: 'not-sent', reason: 'busy' } : outcome;
        },
      })),
      says: 'silence is taken for a decline',
    },
    {
      name: 'retry-pause-grows-for-ever',
      bug: 'The pause between attempts grows without end: after a long night no reversal is tried for hours.',
      breaks: 'Once the bank is back, open reversals are answered within minutes.',
      plant: withStore((store) => ({
        execute(command) {
          if (command.type !== 'postpone-leg') return store.execute(command);
          const nextAttemptAt = command.at + 4 * (command.nextAttemptAt - command.at);
          return store.execute({ ...command, nextAttemptAt });
        },
      })),
      says: 'a reversal rests for longer than a minute',
    },
    {
      name: 'reversal-dropped-after-three-tries',
      bug: 'A reversal that got no answer three times is deleted, and the cashier is told to call support.',
      breaks: 'A reversal ends only with the host’s answer; never by count or age.',
      plant: (ports) => {
        let tries = 0;
        return withBank((bank) => ({
          async reverse(request) {
            const outcome = await bank.reverse(request);
            return ++tries > 3 ? { ...unsure, final: true } : outcome;
          },
        }))(ports);
      },
      says: 'a reversal ends before the bank has answered it',
    },
    {
      name: 'reversal-sends-a-trace-of-its-own',
      bug: 'A reversal is sent under a new trace number, as every other message is.',
      breaks: 'A reversal names the message that it takes back.',
      plant: withBank((bank) => ({
        reverse: (request) => {
          const own = { ...request, stan: request.stan + 1 };
          Object.assign(request, own);
          return bank.reverse(own);
        },
      })),
      says: 'a reversal names another message',
    },
  ),
  ...caughtBy(
    refusedKeys,
    {
      name: 'keys-never-renewed',
      bug: 'A reversal under keys that the bank does not know is sent for ever, and refused for ever.',
      breaks: 'A reversal goes on until the bank has answered it.',
      plant: (ports) => (deps) => {
        const made = ports(deps);
        const beginBankSignIn = async () => undefined;
        return { ...made, reference: { ...made.reference, beginBankSignIn } };
      },
      says: 'a reversal goes on for ever under keys that the bank refuses',
    },
    {
      name: 'keys-renewed-for-one-bad-message',
      bug: 'One damaged message is enough for a sign-in, and the PIN pad must be signed in anew.',
      breaks: 'The bank’s keys are changed when they are wrong, not when a message was.',
      plant: withStore((store) => ({
        async execute(command) {
          const result = await store.execute(command);
          if (!result.ok || command.type !== 'claim-leg') return result;
          const { writes } = result.value;
          return ok({ ...result.value, writes: writes && oneAttemptMore(writes) });
        },
      })),
      says: 'one damaged message changes the keys',
    },
  ),
];
