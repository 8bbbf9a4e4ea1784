/** The batch writer on PostgreSQL: what is told, when, to whom, and in which order. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { fail } from '../../engine/base/errors/result.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createStore } from '../../engine/store/create-store.ts';
import { blockPerson } from '../integration/engine/store/blocked-person.ts';
import { severedConnection } from '../integration/engine/store/severed-connection.ts';
import { answers, bill, query, seed } from '../integration/engine/store/toy-store.ts';
import { withDatabase } from './database.ts';
import { type Check, caughtBy } from './plant.ts';
import { decide, type Open, POISON, withOptions, withPort, withStore } from './store-world.ts';

const told: Check<Open> = {
  name: 'what a store tells, and when',
  isSlow: true,
  honest: () => createStore,
  async keeps(open) {
    await withStore(open, async (store, url) => {
      const other = await blockPerson(url, 'A');
      const sale = store.execute(bill('A', 100n));
      await other.waiter();
      const first = await Promise.race([sale.then(() => 'told'), pause(200).then(() => 'waits')]);
      await other.release('rollback');
      await sale;
      assert.equal(first, 'waits', 'an answer is told before it is committed');
      const mixed = [bill('A', 100n), bill('B', POISON), bill('A', 100n)];
      const [one, poison, two] = await answers(mixed.map((command) => store.execute(command)));
      assert.equal(poison, 'unavailable', 'a sale is told that the database refused');
      assert.deepEqual(
        [one, two],
        ['"balance 800"', '"balance 700"'],
        'a bill fails with another’s',
      );
      const rows = await query(url, 'select from settlement');
      assert.equal(rows.length, 3, 'a sale is told that is not there');
    });
  },
};

const fresh: Check<Open> = {
  name: 'a person whom another process changes',
  isSlow: true,
  honest: () => createStore,
  async keeps(open) {
    await withStore(open, async (store, url) => {
      const other = await blockPerson(url, 'A');
      const sale = store.execute(bill('A', 100n));
      await other.waiter();
      await other.release('commit');
      const [answer] = await answers([sale]);
      assert.equal(answer, '"balance 800"', 'a sale is decided on a balance that is no more');
    });
  },
};

const queues: Check<Open> = {
  name: 'the queue of a store',
  isSlow: true,
  honest: () => createStore,
  async keeps(open) {
    const limits = { queueMax: 2, secondLaneAbove: 100 };
    await withStore(
      open,
      async (store, url) => {
        const other = await blockPerson(url, 'A');
        const first = store.execute(bill('A', 100n));
        await other.waiter();
        const behind = [store.execute(bill('A', 200n)), store.execute(bill('A', 300n))];
        const one = await Promise.race([store.execute(bill('A', 1n)), pause(200)]);
        const { key, at, settlementId } = bill('A', 100n);
        const ending = store.execute({
          type: 'release-reservation',
          ...{ key, at, settlementId, fence: 0, responseCode: '51' },
        });
        await other.release('rollback');
        await Promise.all([first, ...behind]);
        const ended = await ending;
        const isBusy = typeof one === 'object' && !one.ok && one.error.kind === 'busy';
        assert.ok(isBusy, 'a full queue takes one more');
        const isRefused = !ended.ok && ended.error.kind === 'busy';
        assert.ok(!isRefused, 'a full queue refuses what the bank has said');
      },
      { limits },
    );
  },
};

const orders: Check<Open> = {
  name: 'the order of a person’s commands',
  isSlow: true,
  honest: () => createStore,
  async keeps(open) {
    await withStore(open, async (store) => {
      const bills = [100n, 200n, 300n].map((amount) => store.execute(bill('A', amount)));
      const inOrder = ['"balance 900"', '"balance 700"', '"balance 400"'];
      assert.deepEqual(await answers(bills), inOrder, 'a person’s commands change their order');
    });
  },
};

const lostCommits: Check<Open> = {
  name: 'a commit whose answer is lost',
  isSlow: true,
  honest: () => createStore,
  async keeps(open) {
    await withDatabase(async (url) => {
      await seed(url, { A: 1_000n });
      const way = await severedConnection(url);
      const now = () => performance.now();
      const options = { url: way.url, decide, now, log: () => undefined };
      const store = open({ ...options, limits: { awayMs: 100 } });
      const other = await blockPerson(url, 'A');
      const sale = store.execute(bill('A', 100n));
      await other.waiter();
      way.cut('forGood');
      const [answer] = await answers([sale]);
      await other.release('rollback');
      await way.close();
      await store.close();
      assert.equal(
        answer,
        'outcome-unknown',
        'a commit that may have come through is called undone',
      );
    });
  },
};

const traces: Check<Open> = {
  name: 'trace numbers',
  isSlow: true,
  honest: () => createStore,
  async keeps(open) {
    const seen: string[] = [];
    const take = async (store: Store): Promise<void> => {
      for (let count = 0; count < 20; count++) {
        const { stan, batch } = await store.nextTrace();
        seen.push(`${batch} ${stan}`);
      }
    };
    await withStore(open, async (store, url) => {
      const now = () => performance.now();
      const second = open({ url, decide, now, log: () => undefined });
      await Promise.all([take(store), take(second)]);
      await second.close();
    });
    assert.equal(new Set(seen).size, seen.length, 'a trace number is given twice');
  },
};

export const storePlants = [
  ...caughtBy(
    told,
    {
      name: 'answer-before-commit',
      bug: 'The answers go out while the batch is still being committed.',
      breaks: 'Whoever was told "approved" finds it there after a crash.',
      plant: withOptions(() => ({
        around: async (step, run) => {
          if (step !== 'batch.write') return run();
          const written = run();
          written.catch(() => undefined);
          // The outcome of a write is its being done: nobody looks at a value.
          return Promise.race([written, pause(0)]) as typeof written;
        },
      })),
      says: 'an answer is told before it is committed',
    },
    {
      name: 'failed-write-swallowed',
      bug: 'An error of the writing statement is logged away, and everybody is told "approved".',
      breaks: 'Nobody is told what was not committed.',
      plant: withOptions(() => ({
        around: (step, run) => {
          const done = run();
          return step === 'batch.write'
            ? done.catch(() => undefined as Awaited<typeof done>)
            : done;
        },
      })),
      says: 'a sale is told that the database refused',
    },
    {
      name: 'neighbours-of-the-poison-refused',
      bug: 'When one command of a batch cannot be carried out, all others are refused with it.',
      breaks: 'A command that cannot be carried out fails alone.',
      plant: withPort((store) => {
        let group: ReturnType<Store['execute']>[] = [];
        return {
          async execute(command) {
            const own = group;
            own.push(store.execute(command));
            const mine = own.at(-1) ?? store.execute(command);
            setImmediate(() => {
              group = [];
            });
            const all = await Promise.all(own);
            return all.find((result) => !result.ok) ?? mine;
          },
        };
      }),
      says: 'a bill fails with another’s',
    },
  ),
  ...caughtBy(fresh, {
    name: 'decision-kept-after-a-conflict',
    bug: 'A batch that another engine overtook is written again as it was decided.',
    breaks: 'A decision on an old state of a person is made again.',
    plant: withOptions((options) => {
      const made = new Map<object, ReturnType<Decide>>();
      return {
        decide(command, facts) {
          const decision = made.get(command) ?? options.decide(command, facts);
          made.set(command, decision);
          return decision;
        },
      };
    }),
    says: 'a sale is decided on a balance that is no more',
  }),
  ...caughtBy(
    queues,
    {
      name: 'queue-without-end',
      bug: 'An overloaded engine takes everything and answers nothing.',
      breaks: 'Overload is refused before any effect, with the time to come back.',
      plant: withOptions(({ limits }) => ({ limits: { ...limits, queueMax: 1_000_000 } })),
      says: 'a full queue takes one more',
    },
    {
      name: 'bank-answer-refused-when-busy',
      bug: 'A full queue refuses the bank’s approval like any new sale.',
      breaks: 'What the bank said is taken however busy the engine is.',
      plant: withPort((store, { limits }) => ({
        execute: async (command) =>
          store.load().queued >= (limits?.queueMax ?? Infinity)
            ? fail({ kind: 'busy', retryAfterMs: 100 })
            : store.execute(command),
      })),
      says: 'a full queue refuses what the bank has said',
    },
  ),
  ...caughtBy(orders, {
    name: 'latest-command-first',
    bug: 'Of the commands that wait the latest one goes first.',
    breaks: 'A person’s commands are carried out in the order in which they came.',
    plant: withPort((store) => {
      let waiting: (() => void)[] = [];
      return {
        async execute(command) {
          await new Promise<void>((wake) => {
            waiting.push(wake);
            setImmediate(() => {
              for (const each of waiting.toReversed()) each();
              waiting = [];
            });
          });
          return store.execute(command);
        },
      };
    }),
    says: 'a person’s commands change their order',
  }),
  ...caughtBy(lostCommits, {
    name: 'lost-commit-called-undone',
    bug: 'A connection that is lost after the write was sent is reported as "nothing was done".',
    breaks: 'A lost commit is unknown until the key is read.',
    plant: withPort((store) => ({
      async execute(command) {
        const result = await store.execute(command);
        const isLost = !result.ok && result.error.kind === 'outcome-unknown';
        return isLost ? fail({ kind: 'unavailable' }) : result;
      },
    })),
    says: 'a commit that may have come through is called undone',
  }),
  ...caughtBy(traces, {
    name: 'trace-numbers-start-anew',
    bug: 'Trace numbers are counted in memory and begin at one in every process.',
    breaks: 'A trace number is never given twice.',
    plant: withPort(() => {
      let stan = 0;
      return { nextTrace: async () => ({ stan: ++stan, batch: 1 }) };
    }),
    says: 'a trace number is given twice',
  }),
];
