/** The lines of the scoreboard, in their order: what is measured, and what is good enough. */
export const lines = [
  line('throughput-64', 'Settlements/s, 64 connections, by pgbench TPC-B', atLeast(1), '× T'),
  line('throughput-256', 'Settlements/s, 256 connections, by pgbench TPC-B', atLeast(1.2), '× T'),
  line('vs-function', 'By the same writes as one PL/pgSQL call (pgbench)', atLeast(2.5), '×'),
  line('vs-plain', 'By BEGIN … COMMIT with a statement a row (Node, pg pool)', atLeast(6), '×'),
  line('vs-pgledger', 'By three transfers of pgledger in one call (pgbench)', atLeast(10), '×'),
  line('open-half', 'p99 at 0.5 T, open loop, by p99 of a one-row commit', atMost(50), '×'),
  line('open-full', 'p99 at 1.0 T, open loop, by p99 of a one-row commit', atMost(8), '×'),
  line('idle-200', 'p50 at 200/s, open loop, by p50 of a one-row commit', atMost(10), '×'),
  line('overload', 'Settled at twice the capacity, by the maximum', atLeast(0.9), '×'),
  line('hot-rows', 'One merchant and fund, by 100 merchants and 2 funds', atLeast(0.9), '×'),
  line('cpu', 'CPU of engine and PostgreSQL per settlement', atMost(0.25), 'core-ms'),
  line('growth', 'Settlements/s on a full database, by an empty one', atLeast(0.9), '×'),
  line('bank-legs', 'p99 without a bank while 20 % wait 150 ms for one', atMost(1.3), '×'),
  line('memory', 'Growth of the engine’s memory at 0.8 of capacity', atMost(1), 'MB/min'),
] as const;

export type Line = (typeof lines)[number];
export type LineId = Line['id'];
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** Is the value as good as the goal asks? */
export function isReached(goal: Goal, value: number): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}

/** "≥ 2", "≤ 0.35". */
export function goalText(goal: Goal): string {
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

/** @throws Error for an id that is no line */
export function lineOf(id: string): Line {
  const found = lines.find((one) => one.id === id);
  if (found === undefined) {
    throw new Error(`there is no line ${id}; lines: ${lines.map((one) => one.id).join(', ')}`);
  }
  return found;
}

function line<const Id extends string>(id: Id, what: string, goal: Goal, unit: string) {
  return { id, what, goal, unit };
}

function atLeast(value: number): Goal {
  return { atLeast: value };
}

function atMost(value: number): Goal {
  return { atMost: value };
}
