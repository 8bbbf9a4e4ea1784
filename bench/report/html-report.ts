import type { BenchDocument } from '../scoreboard/bench-document.ts';
import { goalText } from '../scoreboard/lines.ts';
import type { GrowthPoint } from '../scoreboard/measure-growth.ts';
import type { LoadPart, Round } from '../scoreboard/samples.ts';
import { rateOf } from '../scoreboard/samples.ts';
import type { Score } from '../scoreboard/scoreboard.ts';
import { verdictOf } from '../scoreboard/scoreboard.ts';
import { median } from './figures.ts';
import { figure } from './score-table.ts';
import type { Bar, Series } from './svg-chart.ts';
import { barChart, escapeText, lineChart } from './svg-chart.ts';

/** The report as one page that needs nothing else: no scripts, no fonts, no pictures from elsewhere. */
export function htmlReport(document: BenchDocument): string {
  const { machine, scoreboard, objections, raw, settings, at } = document;
  const { rounds } = raw;
  const facts = [
    `${machine.cores} cores (${machine.cpu})`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}`,
    `commit ${machine.commit ?? 'unknown'}, ${at}`,
    `${settings.seconds} s × ${settings.rounds} rounds, ${settings.persons} people`,
    `others used ${raw.coresOfOthers?.toFixed(2) ?? '?'} cores; load average ${raw.loadAverages.join(', ')}`,
    'load, engine, database and peers share the cores; every settlement is durable before it is answered',
  ];
  const warnings = objections.map((text) => `<p class="bad">INVALID: ${escapeText(text)}</p>`);
  const charts = [
    peersChart(rounds),
    overTimeChart(rounds),
    latencyChart(rounds),
    overloadChart(rounds),
    cpuChart(rounds),
    growthChart(document),
    memoryChart(document),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>yikatong: benchmark</title><style>${style}</style></head>
<body><h1>yikatong: benchmark</h1>
<p>${facts.map(escapeText).join('<br>')}</p>
${warnings.join('\n')}
<p>T is pgbench’s TPC-B (scale 20, prepared, 16 clients) on the same server in the same round. A value is
the median of the rounds.</p>
${scoreRows(scoreboard)}
<div class="charts">${charts.join('\n')}</div>
</body></html>
`;
}

function scoreRows(scoreboard: readonly Score[]): string {
  const rows = scoreboard.map((score) => {
    const { id, what, value, min, max, goal, unit, pass, isJudged, note } = score;
    const cells = [
      id,
      value === null ? '' : `${figure(value)} ${unit}`,
      value === null ? '' : `${figure(min ?? 0)} – ${figure(max ?? 0)}`,
      goalText(goal),
      verdictOf(score),
      note === null ? what : `${what} (${note})`,
    ];
    const kind = !isJudged ? 'none' : pass ? 'good' : 'bad';
    return `<tr class="${kind}">${cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`;
  });
  const head = ['line', 'median', 'lowest – highest', 'goal', '', 'what'];
  return `<table><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

function peersChart(rounds: readonly Round[]): string {
  const rate = (of: (round: Round) => LoadPart | undefined) => (round: Round) => {
    const part = of(round);
    return part && rateOf(part);
  };
  const bars = [
    bar('TPC-B (T)', rounds, (round) => round.tpcb?.tps),
    bar(
      'engine, 64',
      rounds,
      rate((round) => round.closed64),
    ),
    bar(
      'engine, 256',
      rounds,
      rate((round) => round.closed256),
    ),
    bar('function', rounds, (round) => round.pgFunction?.tps),
    bar(
      'plain',
      rounds,
      rate((round) => round.plain),
    ),
    bar('pgledger', rounds, (round) => round.pgledger?.tps),
  ].flat();
  return barChart({ title: 'Beside its peers', y: 'per second', bars });
}

function bar(
  name: string,
  rounds: readonly Round[],
  of: (round: Round) => number | undefined,
): Bar[] {
  const values = rounds.flatMap((round) => of(round) ?? []);
  return values.length === 0 ? [] : [{ name, parts: [{ name: 'median', value: median(values) }] }];
}

function overTimeChart(rounds: readonly Round[]): string {
  const series = rounds.flatMap(({ closed64 }, i): Series[] =>
    closed64 === undefined
      ? []
      : [
          {
            name: `round ${i + 1}`,
            points: wholeSeconds(closed64).map(({ approved }, s) => [s + 1, approved]),
          },
        ],
  );
  return lineChart({
    title: 'Settlements a second, 64 connections',
    x: 's',
    y: 'per second',
    series,
  });
}

/** The last second is not a whole one. */
function wholeSeconds({ load: { bySecond } }: LoadPart): LoadPart['load']['bySecond'] {
  return bySecond.length > 2 ? bySecond.slice(0, -1) : bySecond;
}

/** Percentiles that lie so far apart as the nines in them. */
function latencyChart(rounds: readonly Round[]): string {
  const last = rounds.at(-1) ?? {};
  const parts: readonly (readonly [string, LoadPart | undefined])[] = [
    ['200/s', last.idle],
    ['0.5 T', last.openHalf],
    ['1.0 T', last.openFull],
  ];
  const place = (share: number) => -Math.log10(1 - Math.min(share, 0.99999));
  const series = parts.flatMap(([name, part]): Series[] => {
    if (part === undefined) return [];
    const { latency, service } = part.load;
    return [
      { name, points: latency.curve.map(([share, ms]) => [place(share), ms]) },
      {
        name: `${name} from sending`,
        points: service.curve.map(([share, ms]) => [place(share), ms]),
      },
    ];
  });
  return lineChart({
    ...{
      title: 'Latency from the moment a request was due (“sent”: from sending)',
      x: 'percentile',
      y: 'ms',
      series,
    },
    isLogY: true,
    ticks: [0.5, 0.9, 0.99, 0.999, 0.9999].map((share) => [place(share), `${share * 100}`]),
  });
}

function overloadChart(rounds: readonly Round[]): string {
  const seconds = rounds.at(-1)?.overload?.load.bySecond ?? [];
  const series: Series[] = [
    { name: 'settled', points: seconds.map(({ approved }, s) => [s + 1, approved]) },
    { name: 'refused', points: seconds.map(({ refused }, s) => [s + 1, refused]) },
  ];
  return lineChart({ title: 'At twice the capacity', x: 's', y: 'per second', series });
}

function cpuChart(rounds: readonly Round[]): string {
  const bars = rounds.flatMap(({ closed64 }, i): Bar[] => {
    if (closed64?.cpuMs.database === undefined) return [];
    const each = (ms: number | undefined) => (ms ?? 0) / closed64.load.approved;
    const { engine, database, generator } = closed64.cpuMs;
    return [
      {
        name: `round ${i + 1}`,
        parts: [
          { name: 'engine', value: each(engine) },
          { name: 'PostgreSQL', value: each(database) },
          { name: 'load generator', value: each(generator) },
        ],
      },
    ];
  });
  return barChart({ title: 'CPU a settlement, 64 connections', y: 'core-ms', bars });
}

function growthChart({ raw }: BenchDocument): string {
  const growth = raw.growth?.points ?? [];
  const sizes = [...new Set(growth.map(({ settlements }) => settlements))];
  const middle = (of: (point: GrowthPoint) => number): Series['points'] =>
    sizes.map((size) => [
      size,
      median(growth.filter(({ settlements }) => settlements === size).map(of)),
    ]);
  const series: Series[] = [
    { name: 'full', points: middle((point) => point.grownPerSecond) },
    { name: 'empty', points: middle((point) => point.emptyPerSecond) },
  ];
  const axes = { x: 'settlements', y: 'per second' };
  return lineChart({ title: 'As the database grows', ...axes, series });
}

function memoryChart({ raw: { memory } }: BenchDocument): string {
  const series = memory === undefined ? [] : [{ name: 'resident', points: memory.points }];
  return lineChart({
    title: 'Memory of the engine at 0.8 of capacity',
    x: 'minutes',
    y: 'MB',
    series,
  });
}

const style = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#222, #ddd); --grid: light-dark(#ddd, #444);
  --good: light-dark(#17733b, #6c9); --bad: light-dark(#b3261e, #f88);
}
body {
  font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
  max-width: 84rem; margin: 2rem auto; padding: 0 1rem;
}
table { border-collapse: collapse; }
td, th { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid var(--grid); }
.good td:nth-child(5) { color: var(--good); }
.bad, .bad td:nth-child(5) { color: var(--bad); }
tr.bad { color: inherit; }
.none { opacity: .6; }
.charts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(30rem, 1fr)); gap: 1.5rem;
  margin-top: 2rem;
}
svg { width: 100%; font-size: 11px; }
svg text { fill: var(--ink); }
svg .title { font-size: 14px; font-weight: 600; }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 1.8; }
${['#3366cc', '#dc6712', '#2a9d6f', '#9b4dca', '#b8860b', '#888888']
  .map((colour, i) => `.line.c${i} { stroke: ${colour}; } .bar.c${i} { fill: ${colour}; }`)
  .join('\n')}
`;
