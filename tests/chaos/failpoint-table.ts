/** What a run of the matrix came to: names × kinds, passed and failed. */

import type { FailpointKind } from '../../engine/failpoints/failpoints.ts';
import { failpointKinds } from '../../engine/failpoints/failpoints.ts';
import { failpointNames } from '../../engine/failpoints/names.ts';
import type { RunReport } from './failpoint-matrix.ts';
import { describeRun } from './failpoint-matrix.ts';

type Cell = { passed: number; failed: number };

export type FailpointTally = {
  add(report: RunReport): void;
  /** What `--json` prints. */
  summary(): FailpointSummary;
};

export type FailpointSummary = {
  readonly names: number;
  readonly runs: number;
  readonly singles: number;
  readonly pairs: number;
  /** Ordered pairs of names of which both fired, in one settlement. */
  readonly orderedPairsFired: number;
  readonly failed: readonly string[];
  /** By name and kind: runs in which it fired. */
  readonly cells: Readonly<Record<string, Readonly<Record<FailpointKind, Cell>>>>;
};

export function createFailpointTally(): FailpointTally {
  const cells: Record<string, Record<FailpointKind, Cell>> = {};
  for (const name of Object.keys(failpointNames)) {
    const empty = failpointKinds.map((kind) => [kind, { passed: 0, failed: 0 }] as const);
    cells[name] = Object.fromEntries(empty) as Record<FailpointKind, Cell>;
  }
  const failed: string[] = [];
  const pairsFired = new Set<string>();
  let singles = 0;
  let pairs = 0;
  return {
    add(report) {
      const { orders, fired, violations } = report;
      if (orders.length === 1) singles += 1;
      else pairs += 1;
      const isBad = violations.length > 0;
      if (isBad) failed.push(`${describeRun(report)}: ${violations.join('; ')}`);
      if (orders.length > 1 && fired > 1) pairsFired.add(orders.map(({ name }) => name).join(' '));
      for (const { name, kind } of orders.slice(0, fired)) {
        const cell = cells[name]?.[kind];
        if (cell !== undefined) cell[isBad ? 'failed' : 'passed'] += 1;
      }
    },
    summary: () => ({
      names: Object.keys(cells).length,
      runs: singles + pairs,
      ...{ singles, pairs, orderedPairsFired: pairsFired.size, failed, cells },
    }),
  };
}

/** One line for each name: how often each kind fired there, and in how many of these runs a check failed. */
export function tableLines({ cells, failed, ...counts }: FailpointSummary): readonly string[] {
  const width = Math.max(...Object.keys(cells).map((name) => name.length));
  const row = (name: string, columns: readonly string[]) =>
    `${name.padEnd(width)} ${columns.map((text) => text.padStart(10)).join('')}`;
  const { names, runs, singles, pairs, orderedPairsFired } = counts;
  return [
    row('', failpointKinds),
    ...Object.entries(cells).map(([name, own]) =>
      row(
        name,
        failpointKinds.map((kind) => cellText(own[kind])),
      ),
    ),
    '',
    `${names} names × ${failpointKinds.length} kinds; ${runs} runs: ${singles} with one, ${pairs} with two in order (${orderedPairsFired} different pairs of names of which both fired)`,
    ...(failed.length === 0 ? ['nothing failed'] : [`${failed.length} failed:`, ...failed]),
  ];
}

function cellText({ passed, failed }: Cell): string {
  if (passed + failed === 0) return '–';
  return failed === 0 ? `${passed}` : `${passed} !${failed}`;
}
