/** Goal: the transition tables say what the rules of the card say, and the database says the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AnyCardState,
  cardMachines,
  cardTransitions,
  isDead,
} from '../../../../../engine/domain/card/card-machines.ts';

const states = Object.keys(cardTransitions) as AnyCardState[];

/** Every state that some chain of steps reaches. */
function reachedFrom(start: AnyCardState): ReadonlySet<AnyCardState> {
  const reached = new Set<AnyCardState>();
  const open: AnyCardState[] = [start];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const next of cardTransitions[state] as readonly AnyCardState[]) {
      if (!reached.has(next)) open.push(next);
      reached.add(next);
    }
  }
  return reached;
}

test('no way leads from a dead card back into use', () => {
  for (const state of states.filter(isDead)) {
    expect([...reachedFrom(state)].filter((reached) => !isDead(reached))).toEqual([]);
  }
});

test('every card can end: destroyed, or its application rejected', () => {
  for (const state of states.filter((one) => !isDead(one))) {
    expect(reachedFrom(state)).toContain('destroyed');
  }
});

test('a replacement comes out of a written loss report alone', () => {
  const before = states.filter((from) =>
    (cardTransitions[from] as readonly string[]).includes('replaced'),
  );
  expect(before).toEqual(['written-loss']);
});

test('a closed function stays closed', () => {
  expect(cardMachines.medical.closed).toEqual([]);
  expect(cardMachines.financial.closed).toEqual([]);
});

test('the database has the same tables', () => {
  const folder = '../../../../../engine/store/migrations/0031-card-life/up.sql';
  const sql = readFileSync(join(import.meta.dirname, folder), 'utf8');
  const rows = [...sql.matchAll(/^ *\('(card|medical|financial)', '([a-z-]+)', '([a-z -]+)'\)/gm)];
  const stored = rows.flatMap(([, machine, from, to = '']) =>
    to.split(' ').map((one) => `${machine}: ${from} → ${one}`),
  );
  const told = Object.entries(cardMachines).flatMap(([machine, table]) =>
    Object.entries(table).flatMap(([from, to]) =>
      to.map((one: string) => `${machine}: ${from} → ${one}`),
    ),
  );
  const first = [
    'card: new → applied',
    'medical: new → not-activated',
    'financial: new → not-activated',
  ];
  expect(new Set(stored)).toEqual(new Set([...told, ...first]));
});
