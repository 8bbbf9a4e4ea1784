/**
 * A policy pack: one region's rules for one kind of care, as data that `splitBill` runs on. Packs
 * are written as JSON (`rules/packs/<region>/<effective-date>-<name>.json`) and compiled by
 * `compilePack`; nothing in the kernel knows a region.
 */
import type { Fen } from '../../engine/domain/money/fen.ts';
import type { CareType } from './bill.ts';
import type { FundField } from './split.ts';

/**
 * Whence a fen moves: every rule has a name, a source (with a warning when it is unverified) and
 * its words.
 */
export type Rule = {
  readonly id: string;
  readonly source: string;
  readonly zh: string;
  readonly en: string;
};

/** An exact share between 0 and 1. `text` is for people: "70%", "2/3". */
export type Ratio = { readonly num: bigint; readonly den: bigint; readonly text: string };

export type RoundingMode = 'half-up' | 'half-even';

/** Every field that is present must hold; an absent condition always holds. */
export type Condition = {
  /** Prefixes of 人员类别 `psn_type`: "12" is every retired person. */
  readonly personTypes?: readonly string[];
  readonly ageFrom?: number;
  readonly ageBelow?: number;
  readonly traits?: readonly string[];
  readonly placeKind?: 'hospital' | 'pharmacy';
  readonly levels?: readonly number[];
  readonly isCommunity?: boolean;
};

/**
 * One of several alternatives: the first whose condition holds is taken, and the last holds always.
 */
export type Choice = Rule & { readonly when: Condition | undefined };

export type DeductibleChoice = Choice & { readonly amount: Fen };

/**
 * One step of a band table. `num` is over the table's common denominator; `upTo` undefined = no
 * upper edge.
 */
export type Band = { readonly upTo: Fen | undefined; readonly num: bigint; readonly text: string };

/** What the band edges count; see policy pack field `fund.basis`. */
export type BandBasis = 'in-scope-including-deductible' | 'in-scope-after-deductible' | 'fund-paid';

export type FundChoice = Choice & {
  readonly bands: readonly Band[];
  readonly den: bigint;
  /** The most this choice's fund pays in a year, counted in its own accumulator. */
  readonly cap: { readonly amount: Fen; readonly accumulator: string } | undefined;
};

/**
 * Where money that no fund has paid stands. Supplements, the personal account and the patient take
 * it out: `no-code` has no insurance code, `above-cap` is in-scope money beyond the fund's yearly
 * cap.
 */
export type Bucket =
  | 'deductible'
  | 'coinsurance'
  | 'above-cap'
  | 'prior-self-pay'
  | 'over-limit'
  | 'full-own-pay'
  | 'no-code';

/**
 * `in-scope-left`: coinsurance, above-cap and deductible together. `deductible-above`: the part
 * beyond `from` in the year.
 */
export type SupplementBase =
  | { readonly of: 'coinsurance' | 'above-cap' | 'in-scope-left' }
  | { readonly of: 'deductible-above'; readonly from: Fen };

export type Supplement = Choice & {
  readonly field: FundField;
  readonly fundType: string;
  readonly base: SupplementBase;
  readonly ratio: Ratio;
};

/** What the personal account may pay, in this order; each entry with the words for the step. */
export type AccountChoice = Choice & {
  readonly pays: readonly { readonly bucket: Bucket; readonly rule: Rule }[];
};

export type LineRules = {
  readonly noCode: Rule;
  readonly fullOwnPay: Rule;
  readonly overLimit: Rule;
  readonly priorSelfPay: Rule;
  readonly inScope: Rule;
};

export type Pack = {
  readonly id: string;
  readonly region: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly schemes: readonly string[];
  readonly careTypes: readonly CareType[];
  /** First and last day of service ("2023-01-01"); `effectiveTo` undefined = still in force. */
  readonly effectiveFrom: string;
  readonly effectiveTo: string | undefined;
  /**
   * `bands`: round the fund once over all bands, or in each band. Lines round each; supplements
   * chain.
   */
  readonly rounding: { readonly mode: RoundingMode; readonly bands: 'once' | 'each' };
  readonly lines: LineRules;
  /** Names of the yearly totals that this pack reads and adds to. */
  readonly accumulators: {
    readonly inScope: string;
    readonly deductible: string;
    readonly fundPaid: string;
  };
  readonly deductible: {
    /** `year`: what the year's bills have not yet consumed; `visit`: anew for each bill. */
    readonly period: 'year' | 'visit';
    readonly choices: readonly DeductibleChoice[];
  };
  readonly fund: {
    readonly field: FundField;
    readonly fundType: string;
    readonly basis: BandBasis;
    readonly choices: readonly FundChoice[];
  };
  readonly supplements: readonly Supplement[];
  readonly account: { readonly choices: readonly AccountChoice[] };
  /** The words of the last payer, for each bucket. */
  readonly patient: Readonly<Record<Bucket, Rule>>;
};
