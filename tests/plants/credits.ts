/** What insurers put into accounts, and when their files say that somebody is insured. */
import assert from 'node:assert/strict';
import type { CreditId } from '../../engine/base/ids/ids.ts';
import { fen } from '../../engine/base/money/fen.ts';
import type { PostCredit } from '../../engine/domain/credit/post-credit.ts';
import { postCredit } from '../../engine/domain/credit/post-credit.ts';
import { createDecide } from '../../engine/domain/decide.ts';
import { insuredOn } from '../../engine/domain/insurance/insured-spans.ts';
import type { RelationChange } from '../../engine/domain/insurance/relation.ts';
import { insuredSpans } from '../../engine/domain/insurance/relation.ts';
import { person, personKey, policy } from '../support/domain/builders.ts';
import { createMemoryStore } from '../support/memory/memory-store.ts';
import { type Check, caughtBy } from './plant.ts';

type Decision = typeof postCredit.decide;

const file = { source: '441900', date: '2026-11-30', number: 1 };
const credit = (change: Partial<PostCredit> = {}): PostCredit => ({
  ...{ type: 'post-credit', key: personKey, at: 1, creditId: 'C1' as CreditId, file, line: 3 },
  ...{ kind: 'correction', amount: fen(100n), reverses: undefined },
  release: { proposedBy: 'wang', releasedBy: 'li' },
  ...change,
});

/** Commands one after the other on an account with 100.00, of which 20.00 are held. */
function balanceAfter(decide: Decision, ...commands: readonly PostCredit[]): bigint {
  const honest = createDecide(() => policy);
  const store = createMemoryStore(
    (command, facts) =>
      command.type === 'post-credit'
        ? decide(command as PostCredit, facts, { policy } as Parameters<Decision>[2])
        : honest(command, facts),
    false,
  );
  store.add(person({ accountBalance: fen(10_000n), accountHeld: fen(2_000n) }));
  for (const command of commands) store.run(command);
  return [...store.persons.values()][0]?.accountBalance ?? 0n;
}

const credits: Check<Decision> = {
  name: 'credits of an account',
  honest: () => postCredit.decide,
  keeps(decide) {
    const once = balanceAfter(decide, credit());
    assert.equal(once, 10_100n, 'a credit is not posted');
    assert.equal(balanceAfter(decide, credit(), credit()), once, 'a credit is posted twice');
    const alone = credit({ release: { proposedBy: 'wang', releasedBy: 'wang' } });
    assert.equal(balanceAfter(decide, alone), 10_000n, 'one person released a file');
    const all = credit({ amount: fen(-8_000n) });
    assert.equal(balanceAfter(decide, all), 2_000n, 'what is available is not taken');
    const more = credit({ amount: fen(-8_001n) });
    assert.equal(balanceAfter(decide, more), 10_000n, 'a correction takes what is held');
  },
};

type SpansOf = typeof insuredSpans;

const relation = (change: Partial<RelationChange>): RelationChange => ({
  ...{ key: personKey, relationNo: 'R1', file, line: 3, state: 'normal', from: '2026-01-01' },
  ...{ until: '2026-06-30', region: '441900', scheme: '310', personType: '1101' },
  employer: undefined,
  ...change,
});

const relations: Check<SpansOf> = {
  name: 'days of insurance',
  honest: () => insuredSpans,
  keeps(spansOf) {
    const isInsured = (changes: readonly RelationChange[], day: string) =>
      insuredOn(person({ insuredSpans: spansOf(changes) }), day).length > 0;
    const half = [relation({})];
    assert.ok(!isInsured(half, '2025-12-31'), 'somebody is insured before the first day');
    assert.ok(isInsured(half, '2026-01-01'), 'the first day is not insured');
    assert.ok(isInsured(half, '2026-06-30'), 'the last day is not insured');
    assert.ok(!isInsured(half, '2026-07-01'), 'somebody is insured after the last day');
    const paused = relation({
      ...{ state: 'paused', from: '2026-03-01', until: undefined, line: 4 },
      file: { ...file, number: 2 },
    });
    const both = [...half, paused];
    assert.ok(isInsured(both, '2026-02-28'), 'a pause takes days before it');
    assert.ok(!isInsured(both, '2026-03-01'), 'a pause begins a day late');
    assert.ok(!isInsured([paused, ...half], '2026-03-02'), 'an older file undoes a newer one');
  },
};

export const creditPlants = [
  ...caughtBy(
    credits,
    {
      name: 'credit-posted-twice',
      bug: 'Whether a credit is posted already is not looked at when its row comes again after a crash.',
      breaks: 'Each row of a file is posted once.',
      plant: (decide) => (command, facts, rulebook) =>
        decide(command, { ...facts, credits: [] }, rulebook),
      says: 'a credit is posted twice',
    },
    {
      name: 'credits-released-by-one-person',
      bug: 'The person who puts a file of credits forward may release it too.',
      breaks: 'Money comes into accounts by two people.',
      plant: (decide) => (command, facts, rulebook) => {
        const release = { proposedBy: 'somebody', releasedBy: 'else' };
        return decide({ ...command, release }, facts, rulebook);
      },
      says: 'one person released a file',
    },
    {
      name: 'correction-below-the-hold',
      bug: 'A negative correction looks at the balance and not at what is held of it.',
      breaks: 'What an open settlement has reserved is there when it is posted.',
      plant: (decide) => (command, facts, rulebook) => {
        const { person: owner } = facts;
        if (owner === undefined) return decide(command, facts, rulebook);
        const free = { ...owner, accountHeld: fen(0n) };
        return decide(command, { ...facts, person: free }, rulebook);
      },
      says: 'a correction takes what is held',
    },
  ),
  ...caughtBy(
    relations,
    {
      name: 'relation-ends-a-day-early',
      bug: 'The last day of an insurance relation is taken as the first day without it.',
      breaks: 'The last day is insured until 24:00.',
      plant: (spansOf) => (changes) =>
        spansOf(changes).map((span) => ({
          ...span,
          until: span.until && dayBefore(span.until),
        })),
      says: 'the last day is not insured',
    },
    {
      name: 'files-in-the-order-of-arrival',
      bug: 'The rows of files count in the order in which they came: a late file undoes a newer one.',
      breaks: 'Files count in the order of their days and numbers.',
      plant: (spansOf) => (changes) =>
        spansOf(
          changes.map((change, i) => ({ ...change, file: { ...file, number: i + 1 }, line: i })),
        ),
      says: 'an older file undoes a newer one',
    },
  ),
];

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
