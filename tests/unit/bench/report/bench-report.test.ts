import { describe, expect, test } from 'vitest';
import type { SettlementRound } from '../../../../bench/load/settlement-load.ts';
import type { BenchRun, Round } from '../../../../bench/report/bench-report.ts';
import { summarise } from '../../../../bench/report/bench-report.ts';

/** A round in which everything was approved. */
function roundOf(approved: number, changes: Partial<SettlementRound> = {}): Round {
  const settlements = {
    sent: approved,
    answered: approved,
    approved,
    errors: 0,
    elapsedMs: 10_000,
    latenciesMs: [10, 12, 40],
    refusals: {},
    prepared: approved,
    prepareMs: 1,
    ...changes,
  };
  return {
    settlements,
    tpcb: [],
    cpuMs: { generator: undefined, engine: undefined, database: undefined },
    loadAverages: [],
  };
}

function runOf(rounds: readonly Round[], stored: number): BenchRun {
  const books = { settlements: stored, trialBalance: '0', problems: 0 };
  return { rounds, warmUpApproved: 500, books, engineLog: {} };
}

describe('what a run says', () => {
  test('medians over the rounds, each against the best pgbench of its own minutes', () => {
    const rounds = [
      {
        ...roundOf(30_000),
        tpcb: [
          { clients: 8, tps: 2_000 },
          { clients: 16, tps: 3_000 },
        ],
      },
      {
        ...roundOf(20_000),
        tpcb: [
          { clients: 8, tps: 2_500 },
          { clients: 16, tps: 1_000 },
        ],
      },
      {
        ...roundOf(45_000),
        tpcb: [
          { clients: 8, tps: 3_000 },
          { clients: 16, tps: 2_900 },
        ],
      },
    ];
    expect(summarise(runOf(rounds, 95_500))).toMatchObject({
      perSecond: { median: 3_000, min: 2_000, max: 4_500 },
      p50Ms: 12,
      p99Ms: 40,
      tpcbTps: 3_000,
      ratio: 1,
      failures: 0,
      objections: [],
    });
  });

  test('no pgbench, no ratio, and still valid', () => {
    const { ratio, tpcbTps, objections } = summarise(runOf([roundOf(100)], 600));
    expect({ ratio, tpcbTps, objections }).toEqual({ ratio: null, tpcbTps: null, objections: [] });
  });

  test('CPU counts per approved settlement', () => {
    const round = { ...roundOf(1_000), cpuMs: { generator: 50, engine: 400, database: undefined } };
    expect(summarise(runOf([round], 1_500))).toMatchObject({
      cpuMs: { generator: 0.05, engine: 0.4, database: null },
    });
  });
});

describe('what makes a run invalid', () => {
  test('more than one refusal in a thousand, told by kind', () => {
    const refused = (count: number) =>
      roundOf(10_000 - count, { sent: 10_000, refusals: { '503 BUSY': count } });
    expect(summarise(runOf([refused(10)], 10_490)).objections).toEqual([]);
    const [objection] = summarise(runOf([refused(11)], 10_489)).objections;
    expect(objection).toBe('11 of 10000 requests failed: {"503 BUSY":11}');
  });

  test('a settlement answered and not stored, or stored and not answered', () => {
    for (const stored of [1_499, 1_501]) {
      const { objections } = summarise(runOf([roundOf(1_000)], stored));
      expect(objections).toEqual([`${stored} settlements are stored, 1500 were answered`]);
    }
  });

  test('books that do not balance', () => {
    const run = runOf([roundOf(1_000)], 1_500);
    const books = { ...run.books, trialBalance: '-1' };
    expect(summarise({ ...run, books }).objections[0]).toContain('do not balance');
    const audited = { ...run.books, problems: 1 };
    expect(summarise({ ...run, books: audited }).objections[0]).toContain('do not balance');
  });
});
