/**
 * Random bills for a pack: persons, places and visits are made of what the pack itself
 * distinguishes, and the year so far lies around its own amounts, so that edges, caps and
 * deductibles are met often.
 */
import fc from 'fast-check';
import { addFen, type Fen, fen, ZERO } from '../../../engine/base/money/fen.ts';
import { lineAmount } from '../../../rules/kernel/line-amount.ts';
import type { PricedLine, SplitInput, Visit } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import {
  BIRTHS,
  type ConditionFile,
  DISTANCES,
  TRAVELS,
} from '../../../rules/model/pack-file-condition.ts';
import { line } from '../../unit/rules/bill-builder.ts';

export const fenTo = (max: number) => fc.bigInt(0n, BigInt(max)).map((value) => fen(value));

/** Real kinds of lines: with and without a code, over a limit, class B, all own-pay. */
export const pricedLine: fc.Arbitrary<PricedLine> = fc
  .record({
    hasCode: fc.boolean(),
    quantityE4: fc.bigInt(1n, 300_000n),
    priceE6: fc.bigInt(1n, 2_000_000_000n),
    limitE6: fc.option(fc.bigInt(1n, 2_000_000_000n), { nil: undefined }),
    selfPayE4: fc.constantFrom(0, 0, 0, 500, 1000, 1234, 3000, 10_000),
  })
  .map(({ hasCode, quantityE4, priceE6, limitE6, selfPayE4 }) =>
    line('0.00', {
      code: hasCode ? 'XC08CAB037A001020180517' : undefined,
      quantityE4,
      priceE6,
      amount: lineAmount(quantityE4, priceE6),
      priceLimitE6: limitE6,
      selfPayE4,
    }),
  );

/** A line that is wholly in scope, from a fen to a long stay. */
const inScopeLine = fc
  .oneof(fenTo(100), fenTo(100_000), fenTo(30_000_000))
  .map((amount) => line('0.00', { amount, priceE6: amount * 10_000n }));

export const lines: fc.Arbitrary<readonly PricedLine[]> = fc
  .array(fc.oneof(pricedLine, inScopeLine), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((each, index) => ({ ...each, lineNo: String(index + 1) })));

/** A bill for this pack. */
export function billFor(pack: Pack): fc.Arbitrary<SplitInput> {
  const asked = askedBy(pack.file);
  return fc
    .record({
      careType: fc.constantFrom(...pack.careTypes),
      lines,
      carePlace: placeFor(pack, asked),
      insured: personFor(pack, asked),
      visit: visitFor(pack, asked),
      accumulators: totalsFor(pack),
      account: fc.tuple(fenTo(300_000), fenTo(300_000), fenTo(300_000)),
      serviceDate: fc.constantFrom(pack.effectiveFrom, pack.effectiveTo ?? pack.effectiveFrom),
    })
    .map(({ account: [older, current, family], ...rest }) => ({
      ...rest,
      accountAvailable: fen(older + current),
      accountCurrentYear: current,
      familyAvailable: family,
    }));
}

/** Every condition of a pack, wherever it stands. */
function askedBy(file: PackFile): readonly ConditionFile[] {
  const found: ConditionFile[] = [];
  const visit = (value: unknown, key: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (key === 'when') found.push(value as ConditionFile);
    for (const [name, part] of Object.entries(value)) visit(part, name);
  };
  visit(file, '');
  return found;
}

function all<T>(asked: readonly ConditionFile[], of: (when: ConditionFile) => readonly T[]): T[] {
  return [...new Set(asked.flatMap((when) => of(when)))];
}

function personFor(pack: Pack, asked: readonly ConditionFile[]) {
  const traits = all(asked, (when) => [
    ...(when.traits ?? []),
    ...(when.anyTrait ?? []),
    ...(when.noTraits ?? []),
  ]);
  const ages = all(asked, (when) =>
    [when.ageFrom, when.ageBelow].filter((age) => age !== undefined),
  );
  const types = all(asked, (when) => when.personTypes ?? []);
  const facts = Object.keys(pack.file.facts ?? {});
  return fc.record({
    scheme: fc.constantFrom(...pack.schemes),
    personType: fc.constantFrom('1101', '1201', '1300', '1403', '1501', ...types),
    ageYears: fc.constantFrom(0, 40, 99, ...ages.flatMap((age) => [Math.max(age - 1, 0), age])),
    traits: fc.subarray(traits).map((some): ReadonlySet<string> => new Set(some)),
    factsE4: fc
      .tuple(...facts.map(() => fc.constantFrom(0n, 10_000n, 60_000n, 240_000n, 5_000_0000n)))
      .map((values): ReadonlyMap<string, bigint> => {
        return new Map(facts.map((name, index) => [name, values[index] ?? 0n]));
      }),
  });
}

function placeFor(
  pack: Pack,
  asked: readonly ConditionFile[],
): fc.Arbitrary<SplitInput['carePlace']> {
  const marks = all(asked, (when) => when.placeMarks ?? []);
  const code = fc.constantFrom(
    'H11010800001',
    'H44190000002',
    ...all(asked, (when) => when.institutions ?? []),
  );
  const hospital = fc.record({
    kind: fc.constant('hospital' as const),
    level: fc.constantFrom(1 as const, 2 as const, 3 as const),
    isCommunity: fc.boolean(),
    code,
    marks: fc.subarray(marks),
  });
  const pharmacy = fc.record({
    kind: fc.constant('pharmacy' as const),
    level: fc.constant(undefined),
    isCommunity: fc.constant(false),
    code,
    marks: fc.subarray(marks),
  });
  return pack.careTypes.includes('41') ? fc.oneof(hospital, pharmacy) : hospital;
}

function visitFor(pack: Pack, asked: readonly ConditionFile[]): fc.Arbitrary<Visit> {
  const diseases = all(asked, (when) => when.diseases ?? []);
  const ways = all(asked, (when) => when.dischargeConditions ?? []);
  const continues = fc.option(
    fc.record({
      kind: fc.constantFrom('mid' as const, 'transfer' as const),
      deductiblePaid: fenTo(200_000),
    }),
    { nil: undefined, freq: 5 },
  );
  return fc
    .record({
      travel: fc.constantFrom(...TRAVELS),
      distance: fc.constantFrom(...DISTANCES),
      birth: fc.constantFrom(...BIRTHS),
      diseases: fc.subarray([...diseases, 'I10.x00']),
      dischargeCondition: fc.constantFrom('1', ...ways),
      continues,
    })
    .map(({ continues: earlier, ...rest }) => ({
      ...rest,
      ...(earlier !== undefined && { continues: earlier }),
      ...(pack.selectedBy === 'discharge-date' && { dischargeDate: pack.effectiveFrom }),
    }));
}

/** The names under which a pack counts on a day, and amounts around those that it names. */
function totalsFor(pack: Pack): fc.Arbitrary<ReadonlyMap<string, Fen>> {
  const amounts = [...JSON.stringify(pack.file).matchAll(/"(\d+)\.(\d\d)"/g)].map((match) =>
    BigInt(`${match[1] ?? '0'}${match[2] ?? '00'}`),
  );
  const near = amounts.flatMap((amount) => [amount, amount - 1n, amount + 1n, amount / 2n]);
  const total = fc.oneof(
    fc.constant(ZERO),
    fc.constantFrom(...near.filter((amount) => amount > 0n), 1n).map((amount) => fen(amount)),
    fenTo(3_000_000),
  );
  const names = counterNames(pack);
  return fc
    .tuple(fc.tuple(...names.map(() => total)), fc.integer({ min: 0, max: 4 }))
    .map(([values, stays]): ReadonlyMap<string, Fen> => {
      const totals = new Map(names.map((name, index) => [name, values[index] ?? ZERO]));
      const { admissions } = pack.file.accumulators;
      if (admissions !== undefined) totals.set(admissions, fen(BigInt(stays)));
      // Whatever the deductible consumed was in scope.
      const inScope = pack.file.accumulators.inScope;
      const consumed = totals.get(pack.file.deductible?.counter ?? '') ?? ZERO;
      totals.set(inScope, addFen(totals.get(inScope) ?? ZERO, consumed));
      return totals;
    });
}

/** All totals that splitting a bill of the pack's first day may read or change. */
function counterNames(pack: Pack): readonly string[] {
  const text = JSON.stringify(pack.file);
  const named = [...text.matchAll(/"(?:counter|baseCounter|inScope)":"([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  const day = pack.effectiveFrom;
  const spans: Readonly<Record<string, string>> = {
    month: day.slice(0, 7),
    quarter: `${day.slice(0, 4)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`,
    day,
    hospital: 'H11010800001',
    disease: 'I10.x00',
  };
  const keys = named.map((counter) => {
    const [name = counter, span] = counter.split('/');
    return span === undefined ? name : `${name}/${spans[span] ?? span}`;
  });
  return [...new Set(keys)];
}
