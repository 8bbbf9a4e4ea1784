/** What the stages of the oracle share: the bill on its way, conditions, totals, lines. */
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import type { ConditionFile } from '../../../rules/model/pack-file-condition.ts';
import type { Bucket } from '../../../rules/model/pack-file-payers.ts';
import { fraction, rounded } from './fraction.ts';

export type State = {
  readonly pack: PackFile;
  readonly input: SplitInput;
  readonly admission: number;
  readonly buckets: Record<Bucket, bigint>;
  readonly inScope: bigint;
  readonly total: bigint;
  readonly after: bigint;
  readonly changes: Map<string, bigint>;
  readonly funds: Map<string, bigint>;
  /** In-scope money that caps on it have counted of this bill, by total. */
  readonly looked: Map<string, bigint>;
};
export type Choice = { readonly when?: ConditionFile };

export const least = (...all: readonly bigint[]) => all.reduce((a, b) => (b < a ? b : a));
export const most = (...all: readonly bigint[]) => all.reduce((a, b) => (b > a ? b : a));
export const atLeast0 = (value: bigint) => most(value, 0n);
/** Yuan text in fen. The generated packs have no formulas. */
export const fenOf = (yuan: unknown) => BigInt(String(yuan).replace('.', ''));

export function holds({ input, admission }: Pick<State, 'input' | 'admission'>, { when }: Choice) {
  const { levels, travels, traits, personTypes, admissionFrom } = when ?? {};
  return (
    (levels?.some((level) => level === input.carePlace.level) ?? true) &&
    (travels?.some((travel) => travel === (input.visit?.travel ?? 'local')) ?? true) &&
    (traits?.every((trait) => input.insured.traits.has(trait)) ?? true) &&
    (personTypes?.some((type) => input.insured.personType.startsWith(type)) ?? true) &&
    admission >= (admissionFrom ?? 1)
  );
}

export function keyOf(input: SplitInput, counter: string): string {
  const [name = '', span] = counter.split('/');
  const [year = '', month = ''] = input.serviceDate.split('-');
  if (span === undefined) return name;
  if (span === 'month') return `${name}/${year}-${month}`;
  if (span === 'quarter')
    return `${name}/${year}Q${(Number(month) + 2 - ((Number(month) + 2) % 3)) / 3}`;
  if (span === 'day') return `${name}/${input.serviceDate}`;
  if (span === 'hospital') return `${name}/${input.carePlace.code}`;
  return `${name}/${input.visit?.diseases?.[0] ?? 'none'}`;
}

export const stored = ({ input }: Pick<State, 'input'>, key: string): bigint =>
  input.accumulators.get(key) ?? 0n;
export const now = (state: State, key: string) =>
  stored(state, key) + (state.changes.get(key) ?? 0n);
export function add(changes: Map<string, bigint>, key: string, amount: bigint) {
  if (amount !== 0n) changes.set(key, (changes.get(key) ?? 0n) + amount);
}

export function lineParts({ lines }: SplitInput, mode: PackFile['rounding']['mode']) {
  const sum = { total: 0n, noCode: 0n, own: 0n, over: 0n, prior: 0n };
  for (const line of lines) {
    sum.total += line.amount;
    if (line.code === undefined) sum.noCode += line.amount;
    else if (line.selfPayE4 === 10_000) sum.own += line.amount;
    else {
      const excess = atLeast0(line.priceE6 - (line.priceLimitE6 ?? line.priceE6));
      const exact = fraction(excess * line.quantityE4, 100_000_000n);
      const beyond = least(rounded(exact, mode), line.amount);
      const share = fraction((line.amount - beyond) * BigInt(line.selfPayE4), 10_000n);
      sum.over += beyond;
      sum.prior += rounded(share, mode);
    }
  }
  return sum;
}

export function takeOut(state: State, buckets: readonly Bucket[], amount: bigint): bigint {
  let left = amount;
  for (const bucket of buckets) {
    const taken = least(left, state.buckets[bucket]);
    state.buckets[bucket] -= taken;
    left -= taken;
  }
  return left;
}
