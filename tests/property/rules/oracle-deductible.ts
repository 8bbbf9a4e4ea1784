/** The deductible and the number of the admission, as the oracle reads them. */
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import type { DeductibleFile } from '../../../rules/model/pack-file-deductible.ts';
import { fraction, over, rounded, times } from './fraction.ts';
import {
  add,
  atLeast0,
  fenOf,
  holds,
  keyOf,
  least,
  most,
  type State,
  stored,
} from './oracle-state.ts';

/** Does this settlement go on with an admission that was counted before? */
export function goesOn({ deductible }: PackFile, { visit }: SplitInput): boolean {
  const kind = visit?.continues?.kind;
  return kind !== undefined && (deductible?.merges ?? []).some((merged) => merged === kind);
}

export type Standard = DeductibleFile['choices'][number];

export function standardOf({ amount, repeat }: Standard, nth: number, pack: PackFile): bigint {
  const first = fenOf(amount);
  if (nth === 1 || repeat === undefined) return first;
  const share = (text: string) => rounded(times(fraction(first), over(text)), pack.rounding.mode);
  if ('amounts' in repeat) return fenOf(repeat.amounts[nth - 2] ?? repeat.amounts.at(-1));
  if ('factors' in repeat) return share(repeat.factors[nth - 2] ?? repeat.factors.at(-1) ?? '1');
  const step = 'less' in repeat ? fenOf(repeat.less) : share(repeat.lessShare);
  return most(first - step * BigInt(nth - 1), least(fenOf(repeat.floor), first));
}

export const SPANS: Readonly<Record<string, string>> = {
  'per-hospital-year': '/hospital',
  'per-quarter': '/quarter',
  'per-month': '/month',
};

export type Opened = Pick<State, 'pack' | 'input' | 'admission' | 'changes' | 'buckets'>;

export function deductibleKey({ pack, input }: Opened): string | undefined {
  const file = pack.deductible;
  if (file?.counter === undefined) return undefined;
  return keyOf(input, `${file.counter}${SPANS[file.mode] ?? ''}`);
}

export function consumedBefore(opened: Opened): bigint {
  const { pack, input } = opened;
  const mode = pack.deductible?.mode;
  if (mode === undefined || mode === 'per-visit') return 0n;
  if (mode === 'per-admission')
    return goesOn(pack, input) ? (input.visit?.continues?.deductiblePaid ?? 0n) : 0n;
  const key = deductibleKey(opened);
  return key === undefined ? 0n : stored(opened, key);
}

/** What the deductible took in the year, where one total of the pack holds it. */
export function consumedInYear(opened: Opened): bigint {
  const key = deductibleKey(opened);
  return key === undefined || key.includes('/') ? 0n : stored(opened, key);
}

type Taken = { readonly taken: bigint; readonly filled: bigint };
const NOTHING: Taken = { taken: 0n, filled: 0n };

/** What the deductible takes of the open money, and what else fills it. */
export function takeDeductible(opened: Opened, open: bigint): Taken {
  const { pack, input, admission, changes, buckets } = opened;
  const file = pack.deductible;
  const fills = (file?.alsoCounts ?? []).reduce((sum, part) => sum + buckets[part], 0n);
  if (file === undefined || open + fills === 0n) return NOTHING;
  if (file.waivers?.some((waiver) => holds(opened, waiver)) === true) return NOTHING;
  const choice = file.choices.find((each) => holds(opened, each));
  if (choice === undefined) return NOTHING;
  const key = deductibleKey(opened);
  let standard = standardOf(choice, admission, pack);
  if (file.mode === 'highest-level-once-a-year') {
    const reached = stored(opened, `${key}-standard`);
    add(changes, `${key}-standard`, atLeast0(standard - reached));
    standard = most(standard, reached);
  }
  let due = standard - consumedBefore(opened);
  const ceiling = file.yearlyCeiling;
  const ceilingKey = ceiling === undefined ? undefined : keyOf(input, ceiling.counter);
  if (ceiling !== undefined && ceilingKey !== undefined)
    due = least(due, fenOf(ceiling.amount) - stored(opened, ceilingKey));
  due = atLeast0(due);
  const filled = least(fills, due);
  const taken = least(due - filled, open);
  for (const name of new Set([key, ceilingKey]))
    if (name !== undefined) add(changes, name, taken + filled);
  return { taken, filled };
}
