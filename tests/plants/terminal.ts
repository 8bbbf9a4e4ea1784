/** What a counter sends, remembers and tells the cashier. */
import assert from 'node:assert/strict';
import { problemBody } from '../../engine/base/errors/problem.ts';
import { ok } from '../../engine/base/errors/result.ts';
import { DELIVERY_MS, resume } from '../../terminal-adapter/agent/resume.ts';
import { type SettleOptions, settle } from '../../terminal-adapter/agent/settle.ts';
import type { EngineClient } from '../../terminal-adapter/client/engine-client.ts';
import type { RequestJournal } from '../../terminal-adapter/journal/request-journal.ts';
import {
  approved,
  bank,
  counterOfFakes,
  declined,
  document,
  item,
  lost,
} from '../unit/terminal-adapter/agent/counter-of-fakes.ts';
import { newJournal } from './journal.ts';
import { type Check, caughtBy } from './plant.ts';

const MORNING = '2026-11-22T08:00:00+08:00';
const openCounter = (engine: Partial<EngineClient>) =>
  counterOfFakes(engine, '13.55', newJournal());

const selling: Check<typeof settle> = {
  name: 'a sale at the counter',
  honest: () => settle,
  async keeps(run) {
    const good = openCounter({ settle: async ({ requestKey }) => approved(document(requestKey)) });
    const outcome = await run(good.options);
    assert.equal(good.calls[0], 'settle sent', 'a request leaves before its key is on disk');
    assert.equal(outcome.kind, 'approved', 'an approved sale is not told as one');
    assert.equal(good.journal.unfinished().length, 0, 'a finished sale stays open in the journal');
    const silent = openCounter({});
    assert.equal((await run(silent.options)).kind, 'unknown', 'a lost answer is told as not done');
    assert.equal(
      silent.journal.unfinished().length,
      1,
      'a key is closed before its outcome is known',
    );
    let sends = 0;
    const nothing = async () => approved({ serverTime: MORNING, items: [] });
    const resent = openCounter({
      settle: async ({ requestKey }) => (++sends === 1 ? lost : approved(document(requestKey))),
      byRequestKey: nothing,
    });
    await run(resent.options);
    assert.equal(new Set(resent.settled).size, 1, 'a repeat has another key than the first try');
    await keepsRefusals(run);
  },
};

async function keepsRefusals(run: typeof settle): Promise<void> {
  let sends = 0;
  const refused = openCounter({
    settle: async () => (++sends === 1 ? lost : declined('CHALLENGE_INVALID')),
    byRequestKey: async () => approved({ serverTime: MORNING, items: [] }),
  });
  const repeated = await run(refused.options);
  assert.equal(repeated.kind, 'unknown', 'the refusal of a repeat is taken for the first outcome');
  const refund: EngineClient['refund'] = async (_, { requestKey }) =>
    approved({ ...document(requestKey), refund: {} } as never);
  const withBank = openCounter({
    settle: async ({ requestKey }) => approved(document(requestKey, bank)),
    refund,
  });
  const card = { ...withBank.counterCard, finish: async () => ok(false) };
  const undone = await run({ ...withBank.options, card, tender: 'bank-debit' });
  assert.equal(undone.kind, 'declined', 'a card refuses the bank’s answer and the sale stands');
}

const requestKey = 'sale-0000000000000001';

const resuming: Check<typeof resume> = {
  name: 'a counter that starts again',
  honest: () => resume,
  async keeps(run) {
    const engine = { at: Date.parse(MORNING), isKnown: false };
    const counter = openCounter({
      byRequestKey: async () => {
        const items = engine.isKnown ? [item(requestKey, { answer: document(requestKey) })] : [];
        return approved({ serverTime: new Date(engine.at).toISOString(), items });
      },
    });
    const { journal, clock } = counter;
    const at = clock.now();
    journal.prepare({ requestKey, kind: 'sale', bodySha256: 'ab'.repeat(32), amount: '1.00', at });
    journal.markSent(requestKey, at);
    const outcome = async () => (await run(counter))[0]?.outcome;
    assert.equal(await outcome(), undefined, 'a key is given up while its request may arrive');
    clock.at += 86_400_000;
    assert.equal(await outcome(), undefined, 'the clock of the terminal gives a key up');
    engine.at += 86_400_000;
    engine.isKnown = true;
    assert.equal(await outcome(), 'approved', 'an approval is not found again');
    assert.equal(journal.find(requestKey)?.outcome, 'approved', 'an outcome is told and not kept');
    await keepsCounting(run);
  },
};

/** An engine that was a day ahead is set right: its word counts from then on. */
async function keepsCounting(run: typeof resume): Promise<void> {
  const engine = { at: Date.parse(MORNING) + 86_400_000 };
  const serverTime = () => new Date(engine.at).toISOString();
  const counter = openCounter({
    byRequestKey: async () => approved({ serverTime: serverTime(), items: [] }),
  });
  const { journal, clock } = counter;
  const at = clock.now();
  journal.prepare({ requestKey, kind: 'sale', bodySha256: 'ab'.repeat(32), amount: '1.00', at });
  journal.markSent(requestKey, at);
  await run(counter);
  engine.at -= 86_400_000;
  await run(counter);
  engine.at += DELIVERY_MS;
  const [done] = await run(counter);
  assert.equal(done?.outcome, 'not-done', 'a clock that was ahead keeps a key open');
}

type Change = (options: SettleOptions) => Partial<SettleOptions>;

const withOptions =
  (change: Change) =>
  (run: typeof settle): typeof settle =>
  (options) =>
    run({ ...options, ...change(options) });

const withClient = (change: (client: EngineClient) => Partial<EngineClient>) =>
  withOptions(({ client }) => ({ client: { ...client, ...change(client) } }));

const withJournal = (change: (journal: RequestJournal) => Partial<RequestJournal>) =>
  withOptions(({ journal }) => ({ journal: { ...journal, ...change(journal) } }));

type Resuming = Parameters<typeof resume>[0];

/** What the engine says about a key comes with another time. */
const withServerTime =
  (timeOf: (told: number, deps: Resuming) => number) =>
  (run: typeof resume): typeof resume =>
  (deps) => {
    const byRequestKey: EngineClient['byRequestKey'] = async (asked) => {
      const result = await deps.client.byRequestKey(asked);
      if (result.kind !== 'approved') return result;
      const told = timeOf(Date.parse(result.body.serverTime), deps);
      return { ...result, body: { ...result.body, serverTime: new Date(told).toISOString() } };
    };
    return run({ ...deps, client: { ...deps.client, byRequestKey } });
  };

export const terminalPlants = [
  ...caughtBy(
    selling,
    {
      name: 'journal-after-sending',
      bug: 'The key goes to disk after the request went out: a terminal that crashes in between sells again.',
      breaks: 'A key is on disk before its request leaves.',
      plant: withJournal((journal) => ({
        markSent: (...sent) => void Promise.resolve().then(() => journal.markSent(...sent)),
      })),
      says: 'a request leaves before its key is on disk',
    },
    {
      name: 'outcome-not-journalled',
      bug: 'What became of a sale is shown to the cashier and not written down.',
      breaks: 'An outcome that is known is in the journal.',
      plant: withJournal(() => ({ finish: () => undefined })),
      says: 'a finished sale stays open in the journal',
    },
    {
      name: 'lost-connection-called-not-done',
      bug: 'A broken connection is told the cashier as "not done".',
      breaks: 'What may have arrived is unknown.',
      plant: withClient((client) => ({
        async settle(request) {
          const result = await client.settle(request);
          return result.kind === 'unknown' ? { kind: 'unreachable' } : result;
        },
      })),
      says: 'a lost answer is told as not done',
    },
    {
      name: 'unknown-closed-in-the-journal',
      bug: 'A request without an answer is struck off the journal.',
      breaks: 'A key stays open until its outcome is known.',
      plant: (run) => async (options) => {
        const outcome = await run(options);
        const at = options.clock.now();
        if (outcome.kind === 'unknown')
          options.journal.finish(outcome.requestKey, { outcome: 'not-done', at });
        return outcome;
      },
      says: 'a key is closed before its outcome is known',
    },
    {
      name: 'sale-repeated-under-a-new-key',
      bug: 'Each try of a sale makes a key of its own.',
      breaks: 'A repeat has the key and the bytes of the first try.',
      plant: withClient((client) => {
        let tries = 0;
        return {
          settle(request) {
            const key = `${request.requestKey.slice(0, -1)}${tries}`;
            return client.settle(tries++ === 0 ? request : { ...request, requestKey: key });
          },
        };
      }),
      says: 'a repeat has another key than the first try',
    },
    {
      name: 'refusal-of-a-repeat-believed',
      bug: 'A repeat that is refused is taken for the outcome of the first try, which may have been approved.',
      breaks: 'After a send without an answer only an enquiry declines.',
      plant: withClient((client) => {
        let isRefused = false;
        return {
          async settle(request) {
            const result = await client.settle(request);
            isRefused ||= result.kind === 'declined';
            return result;
          },
          async byRequestKey(asked) {
            if (!isRefused) return client.byRequestKey(asked);
            const answer = problemBody('CHALLENGE_INVALID');
            const items = [item(asked, { status: 422, answer })];
            return approved({ serverTime: MORNING, items });
          },
        };
      }),
      says: 'the refusal of a repeat is taken for the first outcome',
    },
    {
      name: 'card-refusal-ignored',
      bug: 'The chip finds the bank’s answer false, and the sale stands.',
      breaks: 'A card that refuses the bank’s answer undoes the sale.',
      plant: withOptions(({ card }) => ({
        card: {
          ...card,
          async finish(answer) {
            const finished = await card.finish(answer);
            return finished.ok ? ok(true) : finished;
          },
        },
      })),
      says: 'a card refuses the bank’s answer and the sale stands',
    },
  ),
  ...caughtBy(
    resuming,
    {
      name: 'never-seen-believed-at-once',
      bug: 'An engine that has not seen the key yet is believed, while the request is still on its way.',
      breaks: '"Never seen" counts only when no copy can arrive any more.',
      plant: (run) => async (deps) => {
        await run(deps);
        return withServerTime((told) => told + DELIVERY_MS)(run)(deps);
      },
      says: 'a key is given up while its request may arrive',
    },
    {
      name: 'terminal-believes-its-own-clock',
      bug: 'A key is struck off when the terminal’s own clock says that time is up.',
      breaks: 'A key is given up on the engine’s word alone.',
      plant: withServerTime((_, { clock }) => clock.now()),
      says: 'the clock of the terminal gives a key up',
    },
    {
      name: 'resumed-outcome-not-kept',
      bug: 'What became of an open key is shown and not written down.',
      breaks: 'An outcome that is known is in the journal.',
      plant: (run) => (deps) =>
        run({ ...deps, journal: { ...deps.journal, finish: () => undefined } }),
      says: 'an outcome is told and not kept',
    },
    {
      name: 'key-waits-for-a-clock-ahead',
      bug: 'Once the engine’s clock was a day ahead, the terminal waits for a day before it gives a key up.',
      breaks: 'What a wrong clock wrote keeps no key open.',
      plant: (run) => {
        const latest = new Map<object, number>();
        return withServerTime((told, { journal }) => {
          latest.set(journal, Math.max(told, latest.get(journal) ?? 0));
          return latest.get(journal) ?? told;
        })(run);
      },
      says: 'a clock that was ahead keeps a key open',
    },
  ),
];
