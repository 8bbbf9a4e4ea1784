import type { BenchDocument } from '../scoreboard/bench-document.ts';
import type { GrowthPoint } from '../scoreboard/measure-growth.ts';
import type { LoadPart, Round } from '../scoreboard/samples.ts';
import { rateOf } from '../scoreboard/samples.ts';
import { median } from './figures.ts';
import { partNames, piecesOf } from './raw-tables.ts';
import { figure } from './score-table.ts';
import type { Bar, Series } from './svg-chart.ts';
import { barChart, lineChart } from './svg-chart.ts';

/** The charts of the page, in its order; what was not measured says so. */
export function chartsOf(document: BenchDocument): string[] {
  const { rounds } = document.raw;
  return [
    peersChart(rounds),
    overTimeChart(rounds),
    latencyChart(rounds),
    overloadChart(rounds),
    cpuChart(rounds),
    growthChart(document),
    memoryChart(document),
  ];
}

function peersChart(rounds: readonly Round[]): string {
  const rate = (part: LoadPart | undefined) => part && rateOf(part);
  const bars = [
    bar('T (TPC-B)', rounds, ({ tpcb }) => tpcb?.tps),
    bar('engine, 64', rounds, ({ closed64 }) => rate(closed64)),
    bar('engine, 256', rounds, ({ closed256 }) => rate(closed256)),
    bar('one function', rounds, ({ pgFunction }) => pgFunction?.tps),
    bar('plain', rounds, ({ plain }) => rate(plain)),
    bar('pgledger', rounds, ({ pgledger }) => pgledger?.tps),
  ].flat();
  return barChart({
    title: 'Settlements a second beside its peers (median, lowest to highest)',
    y: 'a second',
    bars,
  });
}

function bar(
  name: string,
  rounds: readonly Round[],
  of: (round: Round) => number | undefined,
): Bar[] {
  const values = rounds.flatMap((round) => of(round) ?? []);
  if (values.length === 0) return [];
  const range = [Math.min(...values), Math.max(...values)] as const;
  return [{ name, range, parts: [{ name: 'median', value: median(values) }] }];
}

/** The rounds one after another; what lies between their parts is left out. */
function overTimeChart(rounds: readonly Round[]): string {
  const series: Series[] = [
    { name: '64 connections', points: secondsOf(piecesOf(rounds, 'closed64'), 'approved') },
    { name: '256 connections', points: secondsOf(piecesOf(rounds, 'closed256'), 'approved') },
  ];
  const title = 'Settlements a second over time, all rounds';
  return lineChart({ title, x: 'measured second', y: 'a second', series });
}

function overloadChart(rounds: readonly Round[]): string {
  const pieces = piecesOf(rounds, 'overload');
  const series: Series[] = [
    { name: 'settled', points: secondsOf(pieces, 'approved') },
    { name: 'refused', points: secondsOf(pieces, 'refused') },
  ];
  const title = 'At twice the capacity, all rounds';
  return lineChart({ title, x: 'measured second', y: 'a second', series });
}

function secondsOf(pieces: readonly LoadPart[], of: 'approved' | 'refused'): Series['points'] {
  return pieces
    .flatMap(({ load: { bySecond } }) =>
      // The last second is not a whole one.
      bySecond.length > 1 ? bySecond.slice(0, -1) : bySecond,
    )
    .map((second, i) => [i + 1, second[of]]);
}

/** Percentiles lie so far apart as the nines in them; medians over the rounds. */
function latencyChart(rounds: readonly Round[]): string {
  const parts = [
    ['200/s', piecesOf(rounds, 'idle')],
    ['0.5 T', piecesOf(rounds, 'openHalf')],
    ['1.0 T', piecesOf(rounds, 'openFull')],
  ] as const;
  const series = parts.flatMap(([name, pieces], i): Series[] => {
    if (pieces.length === 0) return [];
    const curve = (of: 'latency' | 'service') =>
      middleCurve(pieces.map(({ load }) => load[of].curve));
    return [
      { name, points: curve('latency'), colour: i },
      { name: `${name}, from sending`, points: curve('service'), colour: i, isDashed: true },
    ];
  });
  return lineChart({
    ...{ title: 'Latency from the moment a sale was due', x: 'percentile', y: 'ms', series },
    isLogY: true,
    ticks: [0.5, 0.9, 0.99, 0.999, 0.9999].map((share) => [
      placeOf(share),
      `${Number((share * 100).toFixed(2))} %`,
    ]),
  });
}

function placeOf(share: number): number {
  return -Math.log10(1 - Math.min(share, 0.9999));
}

type Curve = LoadPart['load']['latency']['curve'];

function middleCurve(curves: readonly Curve[]): Series['points'] {
  const [first = []] = curves;
  return first
    .filter(([share]) => share >= 0.25 && share <= 0.9999)
    .map(([share]) => {
      const all = curves.flatMap((curve) =>
        curve.filter(([at]) => at === share).map(([, ms]) => ms),
      );
      return [placeOf(share), median(all)];
    });
}

function cpuChart(rounds: readonly Round[]): string {
  const bars = partNames.flatMap(([part, name]): Bar[] => {
    const pieces = piecesOf(rounds, part).filter(
      ({ load, cpuMs }) => load.approved > 0 && cpuMs.database !== undefined,
    );
    if (pieces.length === 0) return [];
    const each = (of: 'engine' | 'database' | 'generator') =>
      median(pieces.map(({ load, cpuMs }) => (cpuMs[of] ?? 0) / load.approved));
    return [
      {
        name,
        parts: [
          { name: 'engine', value: each('engine') },
          { name: 'PostgreSQL', value: each('database') },
          { name: 'load generator', value: each('generator') },
        ],
      },
    ];
  });
  return barChart({ title: 'CPU a settlement, by part of the load', y: 'core-ms', bars });
}

function growthChart({ raw }: BenchDocument): string {
  const points = raw.growth?.points ?? [];
  const sizes = [...new Set(points.map(({ settlements }) => settlements))];
  const middle = (of: (point: GrowthPoint) => number): Series['points'] =>
    sizes.map((size) => [
      size,
      median(points.filter(({ settlements }) => settlements === size).map(of)),
    ]);
  const series: Series[] = [
    { name: 'full database', points: middle((point) => point.filledPerSecond) },
    { name: 'empty database', points: middle((point) => point.emptyPerSecond) },
  ];
  const axes = { x: 'settlements in the full one', y: 'settlements a second' };
  return lineChart({ title: 'As the database grows', ...axes, series });
}

function memoryChart({ raw: { memory } }: BenchDocument): string {
  if (memory === undefined) return lineChart({ title: memoryTitle, x: '', y: '', series: [] });
  const { points, slope, slopeError } = memory;
  const title = `${memoryTitle}: ${figure(slope)} ± ${figure(slopeError)} MB/min`;
  const series: Series[] = [{ name: 'resident memory of the engine', points }];
  return lineChart({ title, x: 'minutes', y: 'MB', series });
}

const memoryTitle = 'Memory at 0.8 of capacity';
