import { fen } from '../../engine/base/money/fen.ts';
import { loadCatalogues } from '../../rules/catalogues/catalogue-registry.ts';
import { lineAmount } from '../../rules/kernel/line-amount.ts';
import type { PricedLine, SplitInput } from '../../rules/model/bill.ts';
import type { CatalogueItem } from '../../rules/model/catalogue.ts';
import { mulberry32 } from '../../tests/support/random.ts';
import type { PlainTotals } from './plain-bill.ts';

const SERVICE_DATE = '2026-11-20';
const E4 = 10_000n;
const E6_PER_FEN = 10_000n;

/**
 * The bill that is measured: national code, unit price in fen, how many, limit of the price in fen.
 * Prices as printed in the catalogue's sources; the extract has no limits, the one here is assumed.
 */
const TEN_LINES: readonly (readonly [string, bigint, bigint, bigint?])[] = [
  ['001102000010000', 700n, 1n],
  ['002503100050000', 3_200n, 1n],
  ['002503100040000', 3_200n, 1n],
  ['002503100380000', 4_000n, 1n],
  ['XC08CAX066A011010100002', 7_800n, 6n],
  ['XC08CAB037A001020100617', 5_684n, 12n],
  ['XV02DEF113A001010184440', 3_187n, 20n],
  ['XV08CAG004B002020178485', 17_085n, 2n, 15_000n],
  ['XJ01CAA040A001010102699', 12_000n, 1n],
  ['XA07ECM053E013010305815', 8_048n, 12n],
];

/**
 * The ten-line bill of an employee in service at a hospital of level 3 whose year's deductible this
 * bill fills up, `count` times: each a little other in quantities and totals, so that no compiler
 * learns the result.
 */
export function tenLineBills(count: number, totals: PlainTotals): readonly SplitInput[] {
  const items = catalogueItems();
  return Array.from({ length: count }, (_, number) => {
    const before = fen(60_000n + 137n * BigInt(number));
    const lines = TEN_LINES.map(([code, price, quantity, limit], index) => {
      const item = items.find((candidate) => candidate.code === code);
      if (item === undefined) throw new Error(`the catalogue has no ${code}`);
      const more = quantity > 2n ? BigInt((number + index) % 3) : 0n;
      return lineOf(item, { index, price, quantity: quantity + more, limit });
    });
    return {
      ...{ careType: '11', serviceDate: SERVICE_DATE, lines },
      carePlace: { kind: 'hospital', level: 3, isCommunity: false },
      insured: { scheme: '310', personType: '1101', ageYears: 45, traits: new Set<string>() },
      accumulators: new Map([
        [totals.inScope, before],
        [totals.deductible, before],
      ]),
      accountAvailable: fen(32_000n),
    };
  });
}

const PERSON_TYPES = ['1101', '1102', '1201', '1202', '1300'];
const TRAITS = ['public-funded', 'unit-supplement', 'veteran-aid', 'family-doctor'];

/**
 * Bills of any person whom the policy tells apart, with one to twelve lines of the catalogue at any
 * price, and any state of the year. The same seed gives the same bills.
 */
export function randomBills(
  count: number,
  seed: number,
  totals: PlainTotals,
): readonly SplitInput[] {
  const items = catalogueItems();
  const random = mulberry32(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  const chance = (share: number) => random() < share;
  return Array.from({ length: count }, () => {
    const lines = Array.from({ length: 1 + below(12) }, (_, index) => {
      const price = BigInt(1 + below(chance(0.1) ? 300_000 : 20_000));
      const limit = chance(0.3) ? BigInt(1 + below(15_000)) : undefined;
      const line = lineOf(pick(items), { index, price, quantity: BigInt(1 + below(20)), limit });
      return chance(0.1) ? { ...line, code: undefined } : line;
    });
    const inScopeBefore = chance(0.2) ? 0 : below(chance(0.5) ? 300_000 : 4_000_000);
    const deductibleBefore = Math.min(inScopeBefore, chance(0.5) ? 180_000 : below(180_000));
    return {
      ...{ careType: '11', serviceDate: SERVICE_DATE, lines },
      carePlace: { kind: 'hospital', level: pick([1, 2, 3] as const), isCommunity: chance(0.3) },
      insured: {
        scheme: '310',
        personType: pick(PERSON_TYPES),
        ageYears: 20 + below(75),
        traits: new Set(TRAITS.filter(() => chance(0.25))),
      },
      accumulators: new Map([
        [totals.inScope, fen(BigInt(inScopeBefore))],
        [totals.deductible, fen(BigInt(deductibleBefore))],
      ]),
      accountAvailable: fen(BigInt(chance(0.3) ? 0 : below(200_000))),
      familyAvailable: fen(BigInt(chance(0.7) ? 0 : below(200_000))),
    };
  });
}

type Charged = {
  readonly index: number;
  /** Fen for one. */
  readonly price: bigint;
  readonly quantity: bigint;
  readonly limit: bigint | undefined;
};

function lineOf(item: CatalogueItem, { index, price, quantity, limit }: Charged): PricedLine {
  const { code, name, selfPayE4, itemClass, chargeType } = item;
  const priceE6 = price * E6_PER_FEN;
  const quantityE4 = quantity * E4;
  return {
    ...{
      lineNo: `${index + 1}`,
      code,
      name,
      quantityE4,
      priceE6,
      selfPayE4,
      itemClass,
      chargeType,
    },
    amount: lineAmount(quantityE4, priceE6),
    priceLimitE6: limit === undefined ? undefined : limit * E6_PER_FEN,
  };
}

function catalogueItems(): readonly CatalogueItem[] {
  return loadCatalogues().flatMap((catalogue) => [...catalogue.items.values()].flat());
}
