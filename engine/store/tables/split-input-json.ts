import type { Insured, PricedLine, SplitInput, Visit } from '../../../rules/model/bill.ts';
import type { Fen } from '../../base/money/fen.ts';

/**
 * A split's input as it stands in JSON: integers as decimal text, Map and Set as arrays, undefined
 * as null. What an input leaves out is left out here too; rows of before a field existed have none of
 * it and are read as the input that they were.
 */
export type StoredSplitInput = Readonly<
  Pick<SplitInput, 'careType' | 'serviceDate'> & {
    lines: readonly StoredLine[];
    carePlace: Omit<SplitInput['carePlace'], 'level'> & { readonly level: 1 | 2 | 3 | null };
    insured: StoredInsured;
    visit?: StoredVisit;
    accumulators: StoredAmounts;
    accountAvailable: string;
    accountCurrentYear?: string;
    familyAvailable?: string;
  }
>;

type StoredAmounts = readonly (readonly [name: string, amount: string])[];

type StoredInsured = Omit<Insured, 'traits' | 'factsE4'> & {
  readonly traits: readonly string[];
  readonly factsE4?: StoredAmounts;
};

type StoredVisit = Omit<Visit, 'continues'> & {
  readonly continues?: { readonly kind: 'mid' | 'transfer'; readonly deductiblePaid: string };
};

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
  const { careType, serviceDate, carePlace, visit } = input;
  const { accountCurrentYear, familyAvailable } = input;
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
    insured: toStoredInsured(input.insured),
    ...(visit !== undefined && { visit: toStoredVisit(visit) }),
    accumulators: toTexts(input.accumulators),
    accountAvailable: input.accountAvailable.toString(),
    ...(accountCurrentYear !== undefined && { accountCurrentYear: accountCurrentYear.toString() }),
    ...(familyAvailable !== undefined && { familyAvailable: familyAvailable.toString() }),
  };
}

function toStoredInsured({ traits, factsE4, ...insured }: Insured): StoredInsured {
  return {
    ...insured,
    traits: [...traits],
    ...(factsE4 !== undefined && { factsE4: toTexts(factsE4) }),
  };
}

function toStoredVisit({ continues, ...visit }: Visit): StoredVisit {
  if (continues === undefined) return visit;
  const { kind, deductiblePaid } = continues;
  return { ...visit, continues: { kind, deductiblePaid: deductiblePaid.toString() } };
}

function toTexts(amounts: ReadonlyMap<string, bigint>): StoredAmounts {
  return [...amounts].map(([name, amount]) => [name, amount.toString()]);
}

/** The input that `toSplitInputJson` stored. */
export function fromSplitInputJson(stored: StoredSplitInput): SplitInput {
  const { careType, serviceDate, carePlace, visit } = stored;
  const { accountCurrentYear, familyAvailable } = stored;
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
    insured: fromStoredInsured(stored.insured),
    ...(visit !== undefined && { visit: fromStoredVisit(visit) }),
    accumulators: new Map(stored.accumulators.map(([name, text]) => [name, BigInt(text) as Fen])),
    accountAvailable: BigInt(stored.accountAvailable) as Fen,
    ...(accountCurrentYear !== undefined && {
      accountCurrentYear: BigInt(accountCurrentYear) as Fen,
    }),
    ...(familyAvailable !== undefined && { familyAvailable: BigInt(familyAvailable) as Fen }),
  };
}

function fromStoredInsured({ traits, factsE4, ...insured }: StoredInsured): Insured {
  return {
    ...insured,
    traits: new Set(traits),
    ...(factsE4 !== undefined && {
      factsE4: new Map(factsE4.map(([name, text]) => [name, BigInt(text)])),
    }),
  };
}

function fromStoredVisit({ continues, ...visit }: StoredVisit): Visit {
  if (continues === undefined) return visit;
  const { kind, deductiblePaid } = continues;
  return { ...visit, continues: { kind, deductiblePaid: BigInt(deductiblePaid) as Fen } };
}
