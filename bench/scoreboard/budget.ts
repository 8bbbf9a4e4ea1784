import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LineId } from './lines.ts';
import { lineOf } from './lines.ts';
import type { Score } from './scoreboard.ts';

/**
 * The value that a line must reach, and the share by which its median varies between runs on a quiet machine.
 * `allowed` is an upper limit where the goal is one.
 */
export type BudgetLine = { readonly allowed: number; readonly noise: number };
export type Budget = { readonly [Id in LineId]?: BudgetLine };

/** The committed budget. */
export function readBudget(): Budget {
  const path = fileURLToPath(new URL('../budget.json', import.meta.url));
  return parseBudget(readFileSync(path, 'utf8'));
}

/** @throws Error for a line that does not exist, or for figures that are none */
export function parseBudget(text: string): Budget {
  const entries = Object.entries(JSON.parse(text) as Record<string, BudgetLine>);
  for (const [id, { allowed, noise }] of entries) {
    lineOf(id);
    const isGood = allowed > 0 && noise >= 0 && noise < 1;
    if (!isGood) throw new Error(`the budget of ${id} needs allowed > 0 and noise from 0 to 1`);
  }
  return Object.fromEntries(entries);
}

/**
 * Texts about lines that are worse than the budget by more than their noise. Lines without a verdict
 * are left out.
 */
export function lostLines(budget: Budget, scores: readonly Score[]): string[] {
  return scores.flatMap(({ id, value, goal, unit, isJudged }) => {
    const line = budget[id];
    if (line === undefined || value === null || !isJudged) return [];
    const { allowed, noise } = line;
    const limit = 'atLeast' in goal ? allowed * (1 - noise) : allowed * (1 + noise);
    const isLost = 'atLeast' in goal ? value < limit : value > limit;
    const share = `${Math.round(noise * 100)} %`;
    return isLost
      ? [`${id}: ${value.toFixed(2)} ${unit}, the budget is ${allowed} with ${share} of noise`]
      : [];
  });
}
