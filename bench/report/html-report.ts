import type { BenchDocument } from '../scoreboard/bench-document.ts';
import { goalText } from '../scoreboard/lines.ts';
import { fillText } from '../scoreboard/measure-growth.ts';
import type { Score } from '../scoreboard/scoreboard.ts';
import { verdictOf } from '../scoreboard/scoreboard.ts';
import { chartsOf } from './charts.ts';
import { delayTable } from './delay-table.ts';
import type { TextTable } from './raw-tables.ts';
import { baseTable, costTable } from './raw-tables.ts';
import { figure } from './score-table.ts';
import { escapeText } from './svg-chart.ts';
import { warmUpLines } from './warm-up-lines.ts';

/** The report as one page that needs nothing else: no scripts, no fonts, no pictures from elsewhere. */
export function htmlReport(document: BenchDocument): string {
  const { machine, scoreboard, objections, raw, settings, at } = document;
  const facts = [
    `${machine.cores} cores (${machine.cpu})`,
    `Node ${machine.node}, PostgreSQL ${machine.postgres}`,
    `commit ${machine.commit ?? 'unknown'}, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    `${settings.seconds} s × ${settings.rounds} round${settings.rounds === 1 ? '' : 's'}, ${settings.persons} people`,
    `others used ${raw.coresOfOthers?.toFixed(2) ?? '?'} cores; load average ${raw.loadAverages.join(', ')}`,
    'load, engine, database and peers share the cores; every settlement is durable before it is answered',
    ...warmUpLines(raw.rounds),
    ...(raw.growth?.fills ?? []).map((fill) => `filled for growth: ${fillText(fill)}`),
  ];
  const warnings = objections.map((text) => `<p class="bad">INVALID: ${escapeText(text)}</p>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>yikatong: benchmark</title><style>${style}</style></head>
<body><h1>yikatong: benchmark</h1>
<p>${facts.map(escapeText).join('<br>')}</p>
${warnings.join('\n')}
<p>T is pgbench’s TPC-B (scale 20, prepared, 16 clients) on the same server in the same round. A value is
the median of the rounds.</p>
${scoreRows(scoreboard)}
<div class="charts">${chartsOf(document).join('\n')}</div>
${textTable(baseTable(raw.rounds))}
${textTable(costTable(raw.rounds))}
${textTable(delayTable(raw.rounds))}
</body></html>
`;
}

function textTable({ title, head, rows }: TextTable): string {
  if (rows.length === 0) return '';
  const cells = (row: readonly string[], tag: 'td' | 'th') =>
    `<tr>${row.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((row) => cells(row, 'td')).join('');
  return `<h2>${escapeText(title)}</h2><div class="wide"><table class="figures">${cells(head, 'th')}${body}</table></div>`;
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
      note === null || note === 'not measured' ? what : `${what} (${note})`,
    ];
    const kind = !isJudged ? 'none' : pass ? 'good' : 'bad';
    return `<tr class="${kind}">${cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`;
  });
  const head = ['line', 'median', 'lowest – highest', 'goal', '', 'what'];
  return `<div class="wide"><table><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>${rows.join('')}</table></div>`;
}

const style = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#222, #ddd); --grid: light-dark(#ddd, #444);
  --good: light-dark(#17733b, #6c9); --bad: light-dark(#b3261e, #f88);
}
body {
  background: light-dark(#fff, #181a1b);
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
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr));
  gap: 1.5rem; margin: 2rem 0;
}
.wide { overflow-x: auto; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
.figures td, .figures th { text-align: right; vertical-align: bottom; }
.figures td:first-child, .figures th:first-child { text-align: left; white-space: nowrap; }
.figures th { font-weight: 600; font-size: .85rem; max-width: 7rem; }
td:nth-child(-n+5) { white-space: nowrap; }
td:last-child:not(.figures td) { min-width: 18rem; }
svg { width: 100%; font-size: 11px; }
svg text { fill: var(--ink); }
svg .title { font-size: 14px; font-weight: 600; }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 1.8; }
.dashed { stroke-dasharray: 5 4; }
.range { stroke: var(--ink); stroke-width: 1.2; }
${['#3366cc', '#dc6712', '#2a9d6f', '#9b4dca', '#b8860b', '#888888']
  .map((colour, i) => `.line.c${i} { stroke: ${colour}; } .bar.c${i} { fill: ${colour}; }`)
  .join('\n')}
`;
