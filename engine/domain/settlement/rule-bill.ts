import { linesFor } from '../../../rules/catalogues/lines-for.ts';
import { benefitYearOf, policyDay } from '../../../rules/kernel/benefit-year.ts';
import type { CarePlace, CareType, Insured, SplitInput, Visit } from '../../../rules/model/bill.ts';
import type { ListedLine } from '../../../rules/model/catalogue.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { ZERO } from '../../base/money/fen.ts';
import { wholeYearsBetween } from '../../base/time/calendar.ts';
import type { Facts } from '../decision.ts';
import { insuredOn } from '../insurance/insured-spans.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { accountAvailable, emptyAccumulator, traitsAt } from '../person/person.ts';
import type { BillRules, Rulebook } from '../rulebook.ts';
import { describeRefusing, toWarning } from './bill-review.ts';
import { type AboveCeiling, ceilingWarning, findAboveCeiling } from './ceilings.ts';
import type { PrescribedBill } from './prescription.ts';
import { describeDuplicate, duplicateWarning, findDuplicate } from './prescription.ts';
import type { BillWarning, Settlement } from './settlement.ts';

/** The bill of a quote or settlement. */
export type BillToSettle = PrescribedBill & {
  readonly carePlace: CarePlace;
  readonly careType: CareType;
  /** "2026-11-22" */
  readonly serviceDate: string;
  readonly visit: Visit | undefined;
  readonly lines: readonly ListedLine[];
  /** May the medical personal account pay? */
  readonly useAccount: boolean;
};

/** The pack for a bill, the input of its split, the accumulator before it, and the warnings of the review. */
export type RuledBill = {
  /** As insured on the day of the service, in the scheme that the pack is for. */
  readonly insured: Person;
  readonly pack: Pack;
  readonly input: SplitInput;
  readonly accumulator: Accumulator;
  readonly warnings: readonly BillWarning[];
  /** Undefined: the bill needs no confirmation. */
  readonly above: AboveCeiling | undefined;
};

/**
 * Why a bill is not split. `detail`: the missing facts, or the refused lines. `settlementId`: of the earlier
 * settlement of the prescription.
 */
export type BillRefusal = {
  readonly code: ErrorCode;
  readonly extra?: Pick<ProblemExtra, 'detail' | 'settlementId'>;
};

/**
 * Chooses the pack, builds the split's input and checks the bill. Quote and settlement use it, so equal facts
 * give equal splits.
 */
export function ruleBill(
  bill: BillToSettle,
  person: Person,
  facts: Pick<Facts, 'accumulators' | 'prescribed'>,
  { policy, ...rules }: BillRules & Pick<Rulebook, 'policy'>,
): Result<RuledBill, BillRefusal> {
  const { serviceDate, visit } = bill;
  const chosen = choosePack(bill, person, policy);
  if (chosen === undefined) return fail({ code: 'NO_POLICY_PACK' });
  const { pack, insured } = chosen;
  const accumulator = findAccumulator(insured, facts.accumulators, {
    year: benefitYearOf(pack, policyDay(pack, { serviceDate, ...(visit && { visit }) })),
    scheme: insured.scheme,
  });
  const { heldBy } = accumulator;
  if (heldBy !== undefined) {
    return fail({ code: 'REFUND_HOLDS_YEAR', extra: { detail: `settlement: ${heldBy}` } });
  }
  const input = createSplitInput(bill, insured, accumulator);
  const missing = pack.factsNeeded.filter((name) => !input.insured.factsE4?.has(name));
  if (missing.length > 0) {
    const detail = `facts missing: ${missing.join(', ')}`;
    return fail({ code: 'POLICY_FACT_MISSING', extra: { detail } });
  }
  const warnings = checkBill(input, facts.prescribed ?? [], rules);
  if (!warnings.ok) return warnings;
  const above = findAboveCeiling(input, rules.ceilings);
  const all = above === undefined ? warnings.value : [...warnings.value, ceilingWarning(above)];
  return ok({ insured, pack, input, accumulator, warnings: all, above });
}

/** The first of the person's schemes that has a pack for the bill. */
function choosePack(
  { careType, serviceDate, visit }: BillToSettle,
  person: Person,
  policy: Rulebook['policy'],
): Pick<RuledBill, 'pack' | 'insured'> | undefined {
  for (const insured of insuredOn(person, serviceDate)) {
    const { region, scheme } = insured;
    const pack = policy.find({ region, scheme, careType, serviceDate, ...(visit && { visit }) });
    if (pack !== undefined) return { pack, insured };
  }
  return undefined;
}

/** The findings that let the bill pass, or the first that does not. */
function checkBill(
  input: SplitInput,
  prescribed: readonly Settlement[],
  { reviewBill, duplicatePrescriptions }: BillRules,
): Result<readonly BillWarning[], BillRefusal> {
  const findings = reviewBill(input);
  if (findings.some(({ severity }) => severity === 'refuse')) {
    return fail({ code: 'BILL_CHECK_FAILED', extra: { detail: describeRefusing(findings) } });
  }
  const warnings = findings.map(toWarning);
  const duplicate = findDuplicate(input.lines, prescribed);
  if (duplicate === undefined) return ok(warnings);
  if (duplicatePrescriptions === 'warn') return ok([...warnings, duplicateWarning(duplicate)]);
  const extra = { settlementId: duplicate.earlier.id, detail: describeDuplicate(duplicate) };
  return fail({ code: 'DUPLICATE_PRESCRIPTION', extra });
}

function createSplitInput(
  bill: BillToSettle,
  person: Person,
  accumulator: Accumulator,
): SplitInput {
  const { careType, serviceDate, visit, carePlace } = bill;
  const insured: Insured = {
    scheme: person.scheme,
    personType: person.personType,
    ageYears: wholeYearsBetween(person.birthDate, serviceDate),
    traits: traitsAt(person, bill.institution),
  };
  const ownPlace: CarePlace = { ...carePlace, code: bill.institution };
  return {
    careType,
    serviceDate,
    lines: linesFor(insured, ownPlace, bill.lines),
    carePlace: ownPlace,
    insured,
    ...(visit && { visit }),
    accumulators: accumulator.amounts,
    accountAvailable: bill.useAccount ? accountAvailable(person) : ZERO,
  };
}

/** The person's accumulator of a year and scheme; an empty one when none is stored. */
function findAccumulator(
  person: Person,
  accumulators: readonly Accumulator[],
  { year, scheme }: { readonly year: number; readonly scheme: string },
): Accumulator {
  const stored = accumulators.find((row) => row.year === year && row.scheme === scheme);
  return stored ?? emptyAccumulator({ key: person.key, year, scheme });
}

/**
 * The accumulator that a settlement counts in: of its pack's benefit year and of the scheme on its day, which
 * may differ from the person's current scheme.
 */
export function settlementAccumulator(
  person: Person,
  accumulators: readonly Accumulator[],
  { input }: Pick<Settlement, 'input'>,
  pack: Pack,
): Accumulator {
  const year = benefitYearOf(pack, policyDay(pack, input));
  return findAccumulator(person, accumulators, { year, scheme: input.insured.scheme });
}
