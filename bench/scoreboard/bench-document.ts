import type { Books } from '../load/check-books.ts';
import type { RowSizes } from '../load/row-sizes.ts';
import type { Machine } from '../report/machine.ts';
import type { BenchOptions } from './bench-options.ts';
import type { GrowthFigures } from './measure-growth.ts';
import type { MemoryFigures } from './measure-memory.ts';
import type { Round } from './samples.ts';
import type { Score } from './scoreboard.ts';

/** Everything that a run has measured, beside what the scoreboard makes of it. */
export type RawFigures = {
  readonly rounds: readonly Round[];
  readonly memory: MemoryFigures | undefined;
  readonly growth: GrowthFigures | undefined;
  readonly books: Books;
  /** Settlements that the engine has answered. */
  readonly approved: number;
  /** Events that the engine logged at level warn or above, and how often. */
  readonly engineLog: Readonly<Record<string, number>>;
  /** What a settlement weighs in the tables, bytes. */
  readonly rowSizes: RowSizes;
  /** Cores that others used while the engine was measured. */
  readonly coresOfOthers: number | undefined;
  /** Load average over one minute before the rounds and after each. */
  readonly loadAverages: readonly number[];
};

/** The file that `--json` writes. */
export type BenchDocument = {
  readonly at: string;
  readonly machine: Machine & { readonly postgres: string };
  readonly settings: Omit<BenchOptions, 'databaseUrl'>;
  readonly scoreboard: readonly Score[];
  /** Why the run does not count; empty for a valid run. */
  readonly objections: readonly string[];
  readonly raw: RawFigures;
};
