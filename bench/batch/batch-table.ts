import { median } from '../report/figures.ts';
import type { TextTable } from '../report/raw-tables.ts';
import type { BatchCosts, Cost } from './batch-marks.ts';
import { batchParts } from './batch-marks.ts';

/** One way in which batches were made, with the middle of each round. */
export type MeasuredSize = {
  readonly name: string;
  readonly size: number;
  readonly rounds: readonly BatchCosts[];
};

const kinds = ['wall', 'client', 'server'] as const;

/** Many batches as one: the mean of CPU, and the median of wall time, which other programs stretch. Pure. */
export function middleCosts(batches: readonly BatchCosts[]): BatchCosts {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return Object.fromEntries(
    batchParts.map(({ id }) => {
      const all = (kind: keyof Cost) => batches.map((batch) => batch[id][kind]);
      const cost = {
        wall: median(all('wall')),
        client: mean(all('client')),
        server: mean(all('server')),
      };
      return [id, cost];
    }),
  ) as BatchCosts;
}

/**
 * µs of each part by the size of the batch. `fixed` is what a batch costs before its first settlement, and
 * `each` what a settlement adds: the line through the smallest and the largest size. Pure.
 */
export function batchTable(sizes: readonly MeasuredSize[]): TextTable {
  const [small, large] = [sizes[0], sizes.at(-1)];
  if (small === undefined || large === undefined) throw new Error('there are sizes');
  const rowOf = (name: string, of: (costs: BatchCosts) => Cost) => {
    const value = ({ rounds }: MeasuredSize, kind: keyof Cost) =>
      median(rounds.map((costs) => of(costs)[kind]));
    const each = (kind: keyof Cost) =>
      (value(large, kind) - value(small, kind)) / (large.size - small.size);
    const fixed = (kind: keyof Cost) => value(small, kind) - small.size * each(kind);
    return [
      name,
      ...sizes.map((size) => kinds.map((kind) => value(size, kind).toFixed(0)).join(' / ')),
      kinds.map((kind) => fixed(kind).toFixed(0)).join(' / '),
      kinds.map((kind) => each(kind).toFixed(1)).join(' / '),
    ];
  };
  return {
    title: 'µs a batch: wall / CPU of the client / CPU of the server (medians of the rounds)',
    head: ['part', ...sizes.map(({ name }) => name), 'fixed', 'each more'],
    rows: [
      ...batchParts.map(({ id, name }) => rowOf(name, (costs) => costs[id])),
      rowOf('whole batch', wholeBatch),
      [
        'a settlement',
        ...sizes.map((measured) =>
          kinds
            .map((kind) => {
              const whole = median(measured.rounds.map((costs) => wholeBatch(costs)[kind]));
              return (whole / measured.size).toFixed(0);
            })
            .join(' / '),
        ),
        '',
        '',
      ],
    ],
  };
}

function wholeBatch(costs: BatchCosts): Cost {
  const sum = (kind: keyof Cost) =>
    batchParts.reduce((total, { id }) => total + costs[id][kind], 0);
  return { wall: sum('wall'), client: sum('client'), server: sum('server') };
}
