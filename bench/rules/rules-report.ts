import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../report/figures.ts';
import { CONTENDERS, type ContenderId, PEERS } from './contenders.ts';
import type { RulesRound } from './measure-rules.ts';

/** One figure of a run; `goal` and `pass` are null where nothing was promised. */
export type Figure = {
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly goal: string | null;
  readonly unit: string;
  readonly pass: boolean | null;
};

/** The kernel must be this many times faster than the faster peer. */
const TIMES_FASTER_MIN = 20;
/** Share of one core that splitting may take at peak load, %. */
const CORE_SHARE_MAX = 1;
const NS_PER_SECOND = 1e9;

const OURS = ['split', 'explain'] as const satisfies readonly ContenderId[];

/**
 * Draws the rounds together. `rates`: settlements a second at which the share of a core is told.
 */
export function rulesFigures(
  rounds: readonly RulesRound[],
  rates: readonly number[],
): readonly Figure[] {
  const nsOf = (id: ContenderId) => rounds.map((round) => round[id].ns);
  const fastest = fasterPeer(rounds);
  return [
    ...CONTENDERS.map((id) => figure(`rules.${id}`, 'ns a bill', nsOf(id))),
    ...CONTENDERS.map((id) =>
      figure(
        `rules.${id}.cpu`,
        'ns a bill',
        rounds.map((round) => round[id].cpuNs),
      ),
    ),
    ...OURS.map((id) => {
      const times = rounds.map((round) => round[fastest].ns / round[id].ns);
      const whole = figure(`rules.${id}.times-faster`, `x ${fastest}`, times);
      const goal = `>= ${TIMES_FASTER_MIN}`;
      return { ...whole, goal, pass: whole.value >= TIMES_FASTER_MIN };
    }),
    ...rates.flatMap((rate) =>
      OURS.map((id) => {
        const shares = nsOf(id).map((ns) => (100 * ns * rate) / NS_PER_SECOND);
        const whole = figure(`rules.${id}.core-share-at-${rate}`, '% of a core', shares);
        return { ...whole, goal: `< ${CORE_SHARE_MAX}`, pass: whole.value < CORE_SHARE_MAX };
      }),
    ),
  ];
}

/** The peer with the least time a bill, by medians. */
export function fasterPeer(rounds: readonly RulesRound[]): (typeof PEERS)[number] {
  const medianOf = (id: ContenderId) => median(rounds.map((round) => round[id].ns));
  return [...PEERS].sort((a, b) => medianOf(a) - medianOf(b))[0] ?? PEERS[0];
}

function figure(id: string, unit: string, values: readonly number[]): Figure {
  const [value, min, max] = [median(values), Math.min(...values), Math.max(...values)].map(short);
  return { id, value: value ?? 0, min: min ?? 0, max: max ?? 0, goal: null, unit, pass: null };
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}

/** The table that a run prints. */
export function rulesLines(figures: readonly Figure[]): string[] {
  const rows = figures.map(({ id, value, min, max, unit, goal, pass }) => {
    const range = `${min} to ${max}`;
    const verdict = goal === null ? '' : `${goal} ${pass === true ? 'met' : 'MISSED'}`;
    return `${id.padEnd(34)} ${String(value).padStart(9)}  ${range.padEnd(22)} ${unit.padEnd(19)} ${verdict}`.trimEnd();
  });
  const head = `${'figure'.padEnd(34)} ${'median'.padStart(9)}  ${'min to max'.padEnd(22)} ${'unit'.padEnd(19)} goal`;
  return ['', head, ...rows, ''];
}

/** Settlements a second of the newest kept settlement run, or undefined when none was kept. */
export function peakSettlements(resultsFolder: string): number | undefined {
  const files = readdirSync(resultsFolder).filter((name) => name.endsWith('.json'));
  for (const name of files.sort().reverse()) {
    const kept: unknown = JSON.parse(readFileSync(join(resultsFolder, name), 'utf8'));
    const rate = settlementRate(kept);
    if (rate !== undefined) return Math.round(rate);
  }
  return undefined;
}

function settlementRate(kept: unknown): number | undefined {
  const rate = ['summary', 'perSecond', 'median'].reduce<unknown>(
    (value, key) => (isRecord(value) ? value[key] : undefined),
    kept,
  );
  return typeof rate === 'number' ? rate : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
