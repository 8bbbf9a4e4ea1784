import { describe, expect, test } from 'vitest';
import { lostLines, parseBudget, readBudget } from '../../../../bench/scoreboard/budget.ts';
import { drawScoreboard } from '../../../../bench/scoreboard/scoreboard.ts';

const budget = parseBudget(`{
  "throughput-64": { "allowed": 2, "noise": 0.2 },
  "cpu": { "allowed": 0.35, "noise": 0.1 },
  "memory": { "allowed": 1, "noise": 0 }
}`);

function lost(throughput: number, cpu: number): string[] {
  return lostLines(
    budget,
    drawScoreboard({
      'throughput-64': { samples: [{ value: throughput, broken: [] }] },
      cpu: { samples: [{ value: cpu, broken: [] }] },
      memory: { samples: [{ value: 40, broken: [] }], isShortened: true },
    }),
  );
}

describe('a budget', () => {
  test('forgives what is noise', () => {
    expect(lost(1.61, 0.38)).toEqual([]);
  });

  test('does not forgive more, in either direction, and says what was lost', () => {
    expect(lost(1.59, 0.39)).toEqual([
      'throughput-64: 1.59 × T, the budget is 2 with 20 % of noise',
      'cpu: 0.39 core-ms, the budget is 0.35 with 10 % of noise',
    ]);
  });

  test('does not judge lines that were not measured', () => {
    expect(lostLines(budget, drawScoreboard({}))).toEqual([]);
  });

  test('names lines that exist, with figures that can be lost', () => {
    expect(() => parseBudget('{"throughput-65":{"allowed":1,"noise":0}}')).toThrow('throughput-65');
    for (const line of ['{"allowed":0,"noise":0.1}', '{"allowed":1,"noise":1}', '{"allowed":1}']) {
      expect(() => parseBudget(`{"cpu":${line}}`)).toThrow('the budget of cpu');
    }
    expect(Object.keys(readBudget())).toContain('throughput-64');
  });
});
