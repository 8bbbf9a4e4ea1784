import { describe, expect, test } from 'vitest';
import { htmlReport } from '../../../../bench/report/html-report.ts';
import { scoreTable } from '../../../../bench/report/score-table.ts';
import type { BenchDocument } from '../../../../bench/scoreboard/bench-document.ts';
import { readBenchOptions } from '../../../../bench/scoreboard/bench-options.ts';
import { lines } from '../../../../bench/scoreboard/lines.ts';
import type { Round } from '../../../../bench/scoreboard/samples.ts';
import { samplesOf } from '../../../../bench/scoreboard/samples.ts';
import { drawScoreboard } from '../../../../bench/scoreboard/scoreboard.ts';
import { partOf } from '../scoreboard/load-figures.ts';

const round: Round = {
  tpcb: { clients: 16, tps: 3_500, latencyMs: 4.6 },
  commit: { tps: 3_200, p50Ms: 0.3, p99Ms: 1.2 },
  ...{ closed64: partOf(70_000), closed256: partOf(98_000), plain: partOf(10_000) },
  ...{ openHalf: partOf(17_500), openFull: partOf(35_000), overload: partOf(68_000) },
};

function documentOf(rounds: readonly Round[], objections: readonly string[] = []): BenchDocument {
  const samples = rounds.map(samplesOf);
  const measured = Object.fromEntries(
    lines.map(({ id }) => [id, { samples: samples.flatMap((of) => of[id] ?? []) }]),
  );
  const { databaseUrl: _, ...settings } = readBenchOptions([]);
  const machine = {
    cores: 2,
    cpu: 'AMD <EPYC>',
    node: '24.21.0',
    commit: 'c9ba831',
    postgres: '18.4',
  };
  return {
    at: '2026-11-22T12:00:00.000Z',
    ...{ machine, settings, scoreboard: drawScoreboard(measured), objections },
    raw: {
      ...{
        rounds,
        growth: undefined,
        memory: undefined,
        engineLog: {},
        coresOfOthers: 0.05,
        loadAverages: [0.4, 0.9],
      },
      books: { settlements: 1, trialBalance: '0', problems: 0 },
      ...{ approved: 1, rowSizes: { inputBytes: 900, answerBytes: 5_000 } },
    },
  };
}

describe('the page', () => {
  const page = htmlReport(documentOf([round, round]));

  test('needs nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|<img|https?:\/\/|@import|url\(/);
  });

  test('tells every line with its goal, its spread and its verdict', () => {
    for (const { id } of lines) expect(page).toContain(`<td>${id}</td>`);
    expect(page).toContain(
      '<td>throughput-64</td><td>2.00 × T</td><td>2.00 – 2.00</td><td>≥ 1</td><td>pass</td>',
    );
    expect(page).toMatch(/<td>open-half<\/td><td>16\.7 ×<\/td>.*?<td>pass<\/td>/);
    expect(page).toMatch(/<tr class="none"><td>memory<\/td>.*?<td>not measured<\/td>/);
  });

  test('tells the machine, the settings and each chart; what was not measured is said to be so', () => {
    expect(page).toContain('2 cores (AMD &lt;EPYC&gt;)');
    expect(page).toContain('3 s × 7 rounds');
    expect(page.match(/<svg /g)).toHaveLength(7);
    expect(page).toMatch(/As the database grows<\/text><text[^>]*>not measured/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('tells what the ratios stand on, and what a settlement costs', () => {
    expect(page).toContain('<td>1</td><td>3500</td><td>3200</td><td>0.30</td><td>1.20</td>');
    expect(page).toMatch(/<td>64 connections<\/td><td>7000<\/td>.*?<td>4000<\/td><td>20\.0<\/td>/);
  });

  test('of a run that measured nothing, or does not count, says that', () => {
    const empty = htmlReport(documentOf([], ['3 settlements are stored, 4 were answered']));
    expect(empty).toContain('INVALID: 3 settlements are stored, 4 were answered');
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test('the table for the terminal puts what was kept last beside each median', () => {
  const { scoreboard } = documentOf([round]);
  const rows = scoreTable(scoreboard, { 'throughput-64': 1.31 }).split('\n');
  const rowOf = (id: string) => rows.find((row) => row.includes(` ${id} `)) ?? '';
  expect(rowOf('throughput-64')).toMatch(/2\.00 × T .* 1\.31 .* ≥ 1 .* pass/);
  expect(rowOf('memory')).toContain('not measured');
});
