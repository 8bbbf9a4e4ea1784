/** A run as a file: the plan that a seed gave, or what the shrinker left of it, and what it once showed. */
import { readFileSync } from 'node:fs';
import type { Violation } from '../auditor/findings.ts';
import { type Plan, parsePlan } from '../world/plan.ts';

export type Replay = {
  readonly why: string;
  readonly plan: Plan;
  /** What was found when the file was written. */
  readonly found: readonly Violation[];
};

export function formatReplay(replay: Replay): string {
  return `${JSON.stringify(replay, undefined, 2)}\n`;
}

/** Throws where the file is not a replay. */
export function readReplay(path: string): Replay {
  const { why, plan, found } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Replay>;
  return { why: why ?? '', plan: parsePlan(plan), found: found ?? [] };
}
