import type { LoadPart, Round } from '../scoreboard/samples.ts';
import { loadPartsOf, rateOf } from '../scoreboard/samples.ts';
import { median } from './figures.ts';
import { figure } from './score-table.ts';

/** Figures that ratios are made of, as text: for readers who want to see them. Pure. */
export type TextTable = {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

type PartName = Extract<
  keyof Round,
  | 'closed64'
  | 'closed256'
  | 'onePlace'
  | 'manyPlaces'
  | 'idle'
  | 'openHalf'
  | 'withBankLegs'
  | 'openFull'
  | 'overload'
>;

/** What readers call the measured parts of the engine, in the order of the report. */
export const partNames: readonly (readonly [part: PartName, name: string])[] = [
  ['closed64', '64 connections'],
  ['closed256', '256 connections'],
  ['manyPlaces', '100 merchants'],
  ['onePlace', 'one merchant'],
  ['idle', '200/s'],
  ['openHalf', '0.5 T'],
  ['withBankLegs', '0.5 T, bank legs'],
  ['openFull', '1.0 T'],
  ['overload', 'overload'],
];

/** The measured pieces of a part, one of each round that has it. */
export function piecesOf(rounds: readonly Round[], part: PartName): LoadPart[] {
  return rounds.flatMap((round) => round[part] ?? []);
}

/** What a settlement costs in each part of the load: medians over the rounds. */
export function costTable(rounds: readonly Round[]): TextTable {
  const rows = partNames.flatMap(([part, name]) => {
    const pieces = piecesOf(rounds, part);
    if (pieces.length === 0) return [];
    const middle = (of: (piece: LoadPart) => number | undefined) => {
      const values = pieces
        .map(of)
        .filter((value) => value !== undefined && Number.isFinite(value));
      return values.length === 0 ? '' : figure(median(values as number[]));
    };
    const each = (of: (piece: LoadPart) => number | undefined) =>
      middle((piece) => divided(of(piece), piece.load.approved));
    return [
      [
        name,
        middle(rateOf),
        middle(({ load }) => load.latency.p50),
        middle(({ load }) => load.latency.p99),
        middle(({ load }) => load.service.p99),
        each(({ cpuMs }) => cpuMs.engine),
        each(({ cpuMs }) => cpuMs.database),
        each(({ server }) => server?.walBytes),
        middle(({ load, server }) => divided(load.approved, server?.writes)),
        middle(({ load, server }) => divided(load.approved, server?.walSyncs)),
        each(({ server }) => server?.fullPages),
        middle((piece) => percentOfCores(piece, 'stolen')),
        middle((piece) => percentOfCores(piece, 'waited')),
      ],
    ];
  });
  return {
    title: 'What a settlement costs, by part of the load (medians)',
    head: [
      'part',
      'settled/s',
      'p50 ms',
      'p99 ms',
      'p99 ms from sending',
      'engine core-ms',
      'PostgreSQL core-ms',
      'log bytes',
      'settlements a transaction',
      'settlements a sync',
      'whole pages in the log',
      'stolen by the host, % of a core',
      'waiting for the disk, % of a core',
    ],
    rows,
  };
}

/** What the ratios stand on, and who else used the machine: one row for each round. */
export function baseTable(rounds: readonly Round[]): TextTable {
  const rows = rounds.map((round, i) => {
    const parts = loadPartsOf(round);
    const share = (of: 'others' | 'stolen' | 'waited') => {
      const known = parts.filter((part) => part.cpuMs[of] !== undefined);
      const wallMs = known.reduce((sum, part) => sum + part.wallMs, 0);
      const spent = known.reduce((sum, part) => sum + (part.cpuMs[of] ?? 0), 0);
      return wallMs === 0 ? '' : figure((spent / wallMs) * 100);
    };
    const { tpcb, commit } = round;
    return [
      String(i + 1),
      tpcb === undefined ? '' : figure(tpcb.tps),
      commit === undefined ? '' : figure(commit.tps),
      commit === undefined ? '' : figure(commit.p50Ms),
      commit === undefined ? '' : figure(commit.p99Ms),
      share('others'),
      share('stolen'),
      share('waited'),
    ];
  });
  return {
    title: 'What the ratios stand on, and the machine, round by round',
    head: [
      'round',
      'T, transactions/s',
      'one-row commits/s',
      'commit p50 ms',
      'commit p99 ms',
      'used by others, % of a core',
      'stolen by the host, % of a core',
      'waiting for the disk, % of a core',
    ],
    rows: rows.filter((row) => row.some((cell, i) => i > 0 && cell !== '')),
  };
}

/** One line: T and the one-row commit, median with lowest and highest. */
export function baseLine(rounds: readonly Round[]): string | undefined {
  const spread = (values: readonly number[]) =>
    `${figure(median(values))} (${figure(Math.min(...values))} – ${figure(Math.max(...values))})`;
  const tps = rounds.flatMap(({ tpcb }) => tpcb?.tps ?? []);
  const commits = rounds.flatMap(({ commit }) => commit ?? []);
  const p50 = commits.map(({ p50Ms }) => p50Ms);
  const p99 = commits.map(({ p99Ms }) => p99Ms);
  const parts = [
    ...(tps.length === 0 ? [] : [`T ${spread(tps)}/s`]),
    ...(commits.length === 0
      ? []
      : [`one-row commit p50 ${spread(p50)} ms, p99 ${spread(p99)} ms`]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function percentOfCores({ cpuMs, wallMs }: LoadPart, of: 'stolen' | 'waited'): number | undefined {
  const share = divided(cpuMs[of], wallMs);
  return share === undefined ? undefined : share * 100;
}

function divided(value: number | undefined, by: number | undefined): number | undefined {
  return value === undefined || by === undefined || by === 0 ? undefined : value / by;
}
