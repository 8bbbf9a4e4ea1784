import type { PricedLine, SplitInput } from '../../rules/model/bill.ts';
import type { Fen } from '../domain/money/fen.ts';

/**
 * A split's input as it stands in jsonb: integers as decimal text, Map and Set as arrays, undefined
 * as null.
 */
export type StoredSplitInput = Readonly<
  Pick<SplitInput, 'careType' | 'serviceDate'> & {
    lines: readonly StoredLine[];
    carePlace: Omit<SplitInput['carePlace'], 'level'> & { readonly level: 1 | 2 | 3 | null };
    insured: Omit<SplitInput['insured'], 'traits'> & { readonly traits: readonly string[] };
    accumulators: readonly (readonly [string, string])[];
    accountAvailable: string;
  }
>;

type StoredLine = Omit<
  PricedLine,
  'code' | 'quantityE4' | 'priceE6' | 'amount' | 'priceLimitE6'
> & {
  readonly code: string | null;
  readonly quantityE4: string;
  readonly priceE6: string;
  readonly amount: string;
  readonly priceLimitE6: string | null;
};

/** The JSON form of a split's input; `fromSplitInputJson` gives back an equal input. */
export function toSplitInputJson(input: SplitInput): StoredSplitInput {
  const { careType, serviceDate, carePlace, insured } = input;
  return {
    careType,
    serviceDate,
    lines: input.lines.map((line) => ({
      ...line,
      code: line.code ?? null,
      quantityE4: line.quantityE4.toString(),
      priceE6: line.priceE6.toString(),
      amount: line.amount.toString(),
      priceLimitE6: line.priceLimitE6?.toString() ?? null,
    })),
    carePlace: { ...carePlace, level: carePlace.level ?? null },
    insured: { ...insured, traits: [...insured.traits] },
    accumulators: [...input.accumulators].map(([name, amount]) => [name, amount.toString()]),
    accountAvailable: input.accountAvailable.toString(),
  };
}

/** The input that `toSplitInputJson` stored. */
export function fromSplitInputJson(stored: StoredSplitInput): SplitInput {
  const { careType, serviceDate, carePlace, insured } = stored;
  return {
    careType,
    serviceDate,
    lines: stored.lines.map((line) => ({
      ...line,
      code: line.code ?? undefined,
      quantityE4: BigInt(line.quantityE4),
      priceE6: BigInt(line.priceE6),
      amount: BigInt(line.amount) as Fen,
      priceLimitE6: line.priceLimitE6 === null ? undefined : BigInt(line.priceLimitE6),
    })),
    carePlace: { ...carePlace, level: carePlace.level ?? undefined },
    insured: { ...insured, traits: new Set(insured.traits) },
    accumulators: new Map(stored.accumulators.map(([name, text]) => [name, BigInt(text) as Fen])),
    accountAvailable: BigInt(stored.accountAvailable) as Fen,
  };
}
