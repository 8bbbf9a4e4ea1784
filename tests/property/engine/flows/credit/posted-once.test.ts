/**
 * Random files, released and taken back, with processes that end anywhere, against balances kept beside
 * them.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CreditId, PersonNo } from '../../../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../../../engine/base/money/fen.ts';
import { fen } from '../../../../../engine/base/money/fen.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import { postCredits } from '../../../../../engine/flows/credit/post-credits.ts';
import type { CreditOrder, RecordedCreditFile } from '../../../../../engine/ports/credits.ts';
import { person, policy } from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';

const people = ['A1', 'B2', 'C3', 'D4'].map((no) => no as PersonNo);
const HELD = 20n;

const row = fc.record({
  who: fc.constantFrom(...people),
  kind: fc.constantFrom('contribution', 'interest', 'correction', 'transfer-out', 'payout'),
  size: fc.integer({ min: 1, max: 300 }),
  isNegative: fc.boolean(),
});

type Row = {
  readonly who: PersonNo;
  readonly kind: CreditOrder['kind'];
  readonly size: number;
  readonly isNegative: boolean;
};

const orderOf = ({ who, kind, size, isNegative }: Row, i: number): CreditOrder => {
  const sign = kind === 'correction' ? isNegative : kind === 'transfer-out' || kind === 'payout';
  return {
    ...{ key: { shard: shardOf(who), personNo: who }, creditId: `C${i}` as CreditId, line: i },
    ...{
      reference: `R${i}`,
      kind,
      amount: BigInt(sign ? -size : size) as Fen,
      reverses: undefined,
    },
  };
};

/** A world of four accounts: one is frozen, one closed, and two hold something for an open settlement. */
function createWorld(orders: readonly CreditOrder[]) {
  const store = createMemoryStore(createDecide(() => policy));
  const accountHeld = fen(HELD);
  for (const [i, no] of people.entries()) {
    const key = { shard: shardOf(no), personNo: no };
    const account = { accountBalance: fen(100n), accountHeld: i < 2 ? accountHeld : fen(0n) };
    const status = i === 2 ? 'frozen' : i === 3 ? 'closed' : 'active';
    store.add(person({ key, ...account, accountStatus: status }));
  }
  const posted = new Set<CreditId>();
  const file: RecordedCreditFile = {
    key: { source: '441900', date: '2026-11-30', number: 1 },
    ...{ hash: '', rows: orders.length, total: fen(0n), reverses: undefined },
    ...{ proposed: { by: 'wang', at: 1 }, released: { by: 'li', at: 2 } },
    ...{ withdrawn: undefined, doneAt: undefined, posted: 0, refused: 0 },
  };
  return { store, posted, file };
}

class Killed extends Error {}

/** @param dieAfter so many commands; the last of them may be done without anybody knowing */
async function run(
  world: ReturnType<typeof createWorld>,
  orders: readonly CreditOrder[],
  dieAfter: number,
) {
  let left = dieAfter;
  const deps = {
    records: {
      unposted: async (_: unknown, after: CreditOrder | undefined, limit: number) =>
        orders
          .filter(({ creditId, line }) => !world.posted.has(creditId) && line > (after?.line ?? -1))
          .slice(0, limit),
      noteRefusals: async () => undefined,
      finish: async () => undefined,
    },
    store: {
      execute: async (command: Parameters<typeof world.store.run>[0]) => {
        const { answer, rendered, writes } = world.store.run(command);
        // The store has it; whoever asks for what is not posted may not see it yet.
        if (answer.kind === 'credit' && left % 3 !== 0) world.posted.add(answer.credit.id);
        left -= 1;
        if (left <= 0) throw new Killed();
        return { ok: true, value: { answer, rendered, writes } } as const;
      },
    },
    ...{ now: () => 1_764_000_000_000, onProgress: () => undefined },
  };
  try {
    await postCredits(deps, world.file);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

/** What the balances must be: the first try of a row counts, and a row that was refused may fit later. */
test('each row is posted once or not at all, and no account falls below what it holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }),
      async (rows, deaths) => {
        const orders = rows.map(orderOf);
        const world = createWorld(orders);
        for (const after of [...deaths, 10_000]) await run(world, orders, after);
        const { store } = world;
        for (const [no, { accountBalance, accountHeld, accountStatus }] of store.persons) {
          const postings = [...store.postings.values()].filter(({ settlementId }) =>
            orders.some(({ creditId, key }) => creditId === settlementId && key.personNo === no),
          );
          const moved = postings
            .flatMap(({ entries }) => entries)
            .filter(({ account }) => account === 'person')
            .reduce((sum, { amount }) => sum + amount, 0n);
          expect(accountBalance).toBe(100n + moved);
          expect(accountBalance).toBeGreaterThanOrEqual(accountHeld);
          expect(accountStatus === 'closed' && no === 'C3' ? accountBalance : 0n).toBe(0n);
          if (no === 'D4') expect(postings).toEqual([]);
        }
        const positive = orders.filter(({ key, amount }) => amount > 0n && key.personNo < 'C3');
        for (const { creditId } of positive) expect(store.postings.has(`${creditId} 0`)).toBe(true);
        expect(new Set([...store.postings.keys()]).size).toBe(store.postings.size);
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['one fen more than is available', -8_001n, 'CREDIT_ABOVE_AVAILABLE'],
  ['all that is available', -8_000n, undefined],
] as const)('a correction of %s', (_, amount, code) => {
  const store = createMemoryStore(createDecide(() => policy));
  const owner = person({ accountBalance: fen(10_000n), accountHeld: fen(2_000n) });
  store.add(owner);
  const { answer } = store.run({
    ...{ type: 'post-credit', key: owner.key, at: 1, creditId: 'C1' as CreditId, line: 3 },
    ...{ file: { source: '441900', date: '2026-11-30', number: 1 }, kind: 'correction' },
    ...{ amount: fen(amount), reverses: undefined },
    release: { proposedBy: 'wang', releasedBy: 'li' },
  });
  expect(answer.code).toBe(code);
});

test('a file that the same person put forward and released posts nothing', () => {
  const store = createMemoryStore(createDecide(() => policy));
  store.add(person());
  const { answer } = store.run({
    ...{ type: 'post-credit', key: person().key, at: 1, creditId: 'C1' as CreditId, line: 3 },
    ...{ file: { source: '441900', date: '2026-11-30', number: 1 }, kind: 'interest' },
    ...{ amount: fen(1n), reverses: undefined },
    release: { proposedBy: 'wang', releasedBy: 'wang' },
  });
  expect(answer.code).toBe('CREDIT_NEEDS_SECOND_PERSON');
  expect(store.postings.size).toBe(0);
});
