import { parseArgs } from 'node:util';

/** What a run of the rules benchmark was asked to do. */
export type RulesOptions = {
  readonly rounds: number;
  /** Length of what is measured at a time, ms: one contender, one round. */
  readonly sliceMs: number;
  readonly warmUpMs: number;
  /** How many random bills every contender must answer alike before anything is measured. */
  readonly comparedBills: number;
  /** Of the random bills. */
  readonly seed: number;
  /** Where every raw figure goes. */
  readonly json: string | undefined;
};

const SEED = 20_230_101;
const FULL = { rounds: 7, sliceMs: 400, warmUpMs: 1_500, comparedBills: 400 };
const QUICK = { rounds: 3, sliceMs: 100, warmUpMs: 300, comparedBills: 100 };

/** Reads the command line after `rules`. @throws Error for an option that is unknown */
export function readRulesOptions(args: readonly string[]): RulesOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  return { ...(values.quick ? QUICK : FULL), seed: SEED, json: values.json };
}
