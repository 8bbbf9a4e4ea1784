/** Charts as SVG text, without scripts; colours come from the page's style sheet. */

export type Series = {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Which colour, from 0; without it that of its place among the series. */
  readonly colour?: number;
  readonly isDashed?: boolean;
};

export type LineChart = {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Factors of ten lie equally far apart. */
  readonly isLogY?: boolean;
  /** Names of places on the x axis; without them round values are. */
  readonly ticks?: readonly (readonly [x: number, label: string])[];
};

export type BarChart = {
  readonly title: string;
  readonly y: string;
  readonly bars: readonly Bar[];
};

/** `parts` are stacked; `range` is drawn over them. */
export type Bar = {
  readonly name: string;
  readonly range?: readonly [low: number, high: number];
  readonly parts: readonly { readonly name: string; readonly value: number }[];
};

const [WIDTH, HEIGHT] = [640, 280];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 60, 44];
const STEPS = 4;
const COLOURS = 6;

type Scale = (value: number) => number;

/** Lines through points; an empty chart says that nothing was measured. */
export function lineChart(chart: LineChart): string {
  const points = chart.series.flatMap((series) => series.points);
  if (points.length === 0) return emptyChart(chart.title);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const toX = scale([left, right === left ? left + 1 : right], [LEFT, WIDTH - RIGHT]);
  const { toY, grid } = chart.isLogY ? logAxis(ys) : linearAxis(Math.max(...ys));
  const isInside = ([x]: readonly [number, string]) => x >= left && x <= right;
  const ticks = (chart.ticks ?? roundTicks(left, right)).filter(isInside);
  const lines = chart.series.map(({ points: own, colour, isDashed }, i) => {
    const path = own.map(([x, y]) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join(' ');
    const look = `line c${(colour ?? i) % COLOURS}${isDashed ? ' dashed' : ''}`;
    const dots = own.length === 1 ? own.map(([x, y]) => dot(toX(x), toY(y), colour ?? i)) : [];
    return `<polyline class="${look}" points="${path}"/>${dots.join('')}`;
  });
  const labels = ticks.map(([x, text]) => label(toX(x), HEIGHT - BOTTOM + 16, text, 'middle'));
  return svg(chart.title, [
    ...[...grid, ...lines, ...labels],
    legend(chart.series),
    axisNames(chart.x, chart.y),
  ]);
}

/** Stacked bars side by side. */
export function barChart(chart: BarChart): string {
  if (chart.bars.length === 0) return emptyChart(chart.title);
  const names = [...new Set(chart.bars.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const sums = chart.bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const highest = chart.bars.map(({ range }, i) => Math.max(sums[i] ?? 0, range?.[1] ?? 0));
  const { toY, grid } = linearAxis(Math.max(...highest));
  const room = (WIDTH - LEFT - RIGHT) / chart.bars.length;
  const bars = chart.bars.flatMap(({ name, parts, range = [0, 0] }, i) => {
    const x = LEFT + room * (i + 0.2);
    let below = 0;
    const stack = parts.map((part) => {
      const [bottom, top] = [toY(below), toY(below + part.value)];
      below += part.value;
      const colour = names.indexOf(part.name) % COLOURS;
      const box = `x="${x.toFixed(1)}" y="${top.toFixed(1)}" width="${(room * 0.6).toFixed(1)}"`;
      return `<rect class="bar c${colour}" ${box} height="${(bottom - top).toFixed(1)}"/>`;
    });
    const middle = x + room * 0.3;
    const [low, high] = range;
    return [
      ...stack,
      high > low ? rangeLine(middle, toY(low), toY(high)) : '',
      // Every second name stands lower, so that long ones do not meet.
      label(middle, HEIGHT - BOTTOM + (i % 2 === 0 ? 14 : 27), name, 'middle'),
      label(middle, toY(Math.max(below, high)) - 4, short(below), 'middle'),
    ];
  });
  return svg(chart.title, [
    ...[...grid, ...bars],
    names.length > 1 ? legend(names.map((name) => ({ name }))) : '',
    axisNames('', chart.y),
  ]);
}

/** From 0, with room above the highest value for its label. */
function linearAxis(highest: number): { toY: Scale; grid: string[] } {
  const step = roundStep((highest === 0 ? 1 : highest) / STEPS);
  const steps = Math.ceil((highest * 1.08) / step) || 1;
  const toY = scale([0, step * steps], [HEIGHT - BOTTOM, TOP]);
  const values = Array.from({ length: steps + 1 }, (_, i) => step * i);
  return { toY, grid: values.map((value) => gridLine(toY(value), short(value))) };
}

function logAxis(values: readonly number[]): { toY: Scale; grid: string[] } {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive, 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 1))));
  const place = scale([low, high], [HEIGHT - BOTTOM, TOP]);
  const toY = (value: number) => place(Math.log10(Math.max(value, 10 ** low)));
  const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return { toY, grid: decades.map((value) => gridLine(toY(value), short(value))) };
}

function scale(
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
): Scale {
  return (value) => low + ((value - from) / (to - from)) * (high - low);
}

function gridLine(y: number, text: string): string {
  const at = y.toFixed(1);
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>${label(LEFT - 6, y + 4, text, 'end')}`;
}

type LegendEntry = Pick<Series, 'name' | 'colour' | 'isDashed'>;

/** Side by side; what does not fit stands in the next row. */
function legend(entries: readonly LegendEntry[]): string {
  let [x, y] = [LEFT, 24];
  return entries
    .map(({ name, colour, isDashed }, i) => {
      const width = 30 + name.length * 6;
      if (x + width > WIDTH && x > LEFT) [x, y] = [LEFT, y + 16];
      const [at, row] = [x, y];
      x += width;
      const look = `line c${(colour ?? i) % COLOURS}${isDashed ? ' dashed' : ''}`;
      const sign = isDashed
        ? `<line class="${look}" x1="${at}" x2="${at + 12}" y1="${row + 5}" y2="${row + 5}"/>`
        : `<rect class="bar c${(colour ?? i) % COLOURS}" x="${at}" y="${row}" width="10" height="10"/>`;
      return `${sign}${label(at + 15, row + 9, name, 'start')}`;
    })
    .join('');
}

function dot(x: number, y: number, colour: number): string {
  return `<circle class="bar c${colour % COLOURS}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3"/>`;
}

function rangeLine(x: number, low: number, high: number): string {
  const at = x.toFixed(1);
  return `<line class="range" x1="${at}" x2="${at}" y1="${low.toFixed(1)}" y2="${high.toFixed(1)}"/>`;
}

/** At most seven round values from left to right. */
function roundTicks(left: number, right: number): (readonly [number, string])[] {
  const step = roundStep(Math.max(right - left, 1e-9) / 5);
  const first = Math.ceil(left / step) * step;
  const count = Math.floor((right - first) / step + 1e-9) + 1;
  const values = Array.from({ length: count }, (_, i) => first + i * step);
  return (values.length < 2 ? [left, right] : values).map((value) => [value, short(value)]);
}

/** 1, 2 or 5 times a power of ten, not less than asked for. */
function roundStep(wanted: number): number {
  const unit = 10 ** Math.floor(Math.log10(wanted));
  return unit * ([1, 2, 5].find((factor) => factor * unit >= wanted) ?? 10);
}

function axisNames(x: string, y: string): string {
  return `${label(WIDTH - RIGHT, HEIGHT - 4, x, 'end')}${label(4, TOP - 8, y, 'start')}`;
}

function emptyChart(title: string): string {
  return svg(title, [label(WIDTH / 2, HEIGHT / 2, 'not measured', 'middle')]);
}

function svg(title: string, content: readonly string[]): string {
  const heading = `<text class="title" x="4" y="14">${escapeText(title)}</text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}">${heading}${content.join('')}</svg>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"`;
  return `<text ${place}>${escapeText(text)}</text>`;
}

/** "1.2M", "340k", "0.35". */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trim(value / 1e6)}M`;
  if (size >= 1e4) return `${trim(value / 1e3)}k`;
  return trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** For text and attributes of HTML and SVG. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
