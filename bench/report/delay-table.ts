import Table from 'cli-table3';
import type { Durations } from '../load/durations.ts';
import type { LoadPart, PartDelays, Round } from '../scoreboard/samples.ts';
import { median } from './figures.ts';
import type { TextTable } from './raw-tables.ts';
import { partNames, piecesOf } from './raw-tables.ts';
import { figure } from './score-table.ts';

type Kind = keyof PartDelays;

/**
 * What the slowest answers of each part may have waited for: batches, garbage collections, the event loop,
 * the
 * disk. Percentiles are medians over the rounds, `max` is the highest of all rounds. Pure.
 */
export function delayTable(rounds: readonly Round[]): TextTable {
  const rows = partNames.flatMap(([part, name]) => {
    const pieces = piecesOf(rounds, part).filter(({ delays }) => delays !== undefined);
    if (pieces.length === 0) return [];
    const { text, perSecond, count } = figuresOf(pieces);
    return [
      [
        name,
        figure(median(pieces.map(({ load }) => load.latency.p99))),
        text('batches', 'p50', 'p99'),
        perSecond('scavenges'),
        text('scavenges', 'p50', 'max'),
        count('markCompacts'),
        text('markCompacts', 'p50', 'max'),
        text('loopDelays', 'p99', 'max'),
        text('syncs', 'p50', 'p99'),
      ],
    ];
  });
  return {
    title: 'What the slowest answers may have waited for, ms',
    head: [
      'part',
      'p99',
      'batch p50 / p99',
      'scavenges a second',
      'each p50 / max',
      'mark-compacts',
      'each p50 / max',
      'event loop late p99 / max',
      'log sync p50 / p99',
    ],
    rows,
  };
}

function figuresOf(pieces: readonly LoadPart[]) {
  const all = (kind: Kind): Durations[] => pieces.flatMap(({ delays }) => delays?.[kind] ?? []);
  const value = (kind: Kind, of: 'p50' | 'p99' | 'max'): string => {
    const values = all(kind)
      .filter(({ count }) => count > 0)
      .map((durations) => durations[of]);
    if (values.length === 0) return '–';
    return figure(of === 'max' ? Math.max(...values) : median(values));
  };
  return {
    text: (kind: Kind, low: 'p50' | 'p99', high: 'p99' | 'max') =>
      `${value(kind, low)} / ${value(kind, high)}`,
    count: (kind: Kind) => String(all(kind).reduce((sum, { count }) => sum + count, 0)),
    perSecond: (kind: Kind) => {
      const rates = pieces.map(
        ({ delays, wallMs }) => ((delays?.[kind]?.count ?? 0) * 1000) / wallMs,
      );
      return figure(median(rates));
    },
  };
}

/** A table for a terminal, with its title above it; empty when there are no rows. */
export function terminalTable({ title, head, rows }: TextTable): string {
  if (rows.length === 0) return '';
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return `${title}\n${table.toString()}`;
}
