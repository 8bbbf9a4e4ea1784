/**
 * Bills and packs for the rules' tests: everything has a default that is a plain class A drug at a
 * level 3 hospital.
 */
import { type Fen, fen, parseFen, ZERO } from '../../../engine/domain/money/fen.ts';
import { compilePack } from '../../../rules/kernel/compile-pack.ts';
import type { PricedLine, SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';

export function yuan(text: string): Fen {
  const amount = parseFen(/\./.test(text) ? text : `${text}.00`);
  if (amount === undefined) throw new Error(`not an amount: ${text}`);
  return amount;
}

/** One line of 阿司匹林肠溶片, sold once at its amount. */
export function line(amount: string, change: Partial<PricedLine> = {}): PricedLine {
  const sum = yuan(amount);
  return {
    lineNo: '1',
    code: 'XB01ACA056A012020279489',
    name: '阿司匹林肠溶片',
    quantityE4: 10_000n,
    priceE6: sum * 10_000n,
    amount: sum,
    selfPayE4: 0,
    priceLimitE6: undefined,
    itemClass: '01',
    chargeType: '09',
    ...change,
  };
}

export type BillChange = Omit<Partial<SplitInput>, 'accumulators' | 'insured'> & {
  readonly insured?: Partial<SplitInput['insured']>;
  /** Yearly totals in yuan by name. */
  readonly before?: Readonly<Record<string, string>>;
};

export function bill(lines: readonly PricedLine[], change: BillChange = {}): SplitInput {
  const { insured, before = {}, ...rest } = change;
  return {
    careType: '11',
    serviceDate: '2026-11-22',
    lines: lines.map((each, index) => ({ ...each, lineNo: String(index + 1) })),
    carePlace: { kind: 'hospital', level: 3, isCommunity: false },
    insured: { scheme: '310', personType: '1101', ageYears: 40, traits: new Set(), ...insured },
    accumulators: new Map(Object.entries(before).map(([name, amount]) => [name, yuan(amount)])),
    accountAvailable: ZERO,
    ...rest,
  };
}

/** Money that a personal account can always cover. */
export const PLENTY = fen(100_000_000n);

const words = { source: 'rule', zh: '规则', en: 'rule' };

export type PackChange = {
  readonly deductible?: string;
  readonly period?: 'year' | 'visit';
  readonly bands?: readonly { readonly upTo?: string; readonly ratio: string }[];
  readonly basis?: string;
  readonly cap?: string;
  readonly rounding?: { readonly mode: string; readonly bands: string };
  readonly supplements?: readonly object[];
  readonly mayPay?: readonly string[];
};

/**
 * The JSON of a small pack: deductible, bands, cap and supplements as asked, 310 and 41 included.
 */
export function packJson(change: PackChange = {}): Record<string, unknown> {
  const { deductible = '0.00', period = 'year', bands = [{ ratio: '0.60' }], cap } = change;
  const fund = {
    id: 'fund',
    ...words,
    bands,
    ...(cap && { cap: { amount: cap, accumulator: 'fund-paid' } }),
  };
  return {
    id: '420100/2023-01-01-test',
    region: '420100',
    name: { zh: '测试', en: 'Test' },
    schemes: ['310'],
    careTypes: ['11', '41'],
    effectiveFrom: '2023-01-01',
    sources: { rule: 'published example' },
    rounding: change.rounding ?? { mode: 'half-up', bands: 'once' },
    lines: { id: 'lines', source: 'rule' },
    accumulators: { inScope: 'in-scope', deductible: 'deductible', fundPaid: 'fund-paid' },
    deductible: { period, choices: [{ id: 'deductible', ...words, amount: deductible }] },
    fund: {
      field: 'hifp_pay',
      fundType: '310100',
      basis: change.basis ?? 'in-scope-including-deductible',
      choices: [fund],
    },
    supplements: (change.supplements ?? []).map((entry) => ({ ...words, ...entry })),
    account: {
      choices: [
        {
          id: 'account',
          ...words,
          mayPay: change.mayPay ?? ['deductible', 'coinsurance', 'above-cap', 'prior-self-pay'],
        },
      ],
    },
  };
}

export function compiled(json: unknown): Pack {
  const result = compilePack(json);
  if (!result.ok) throw new Error(result.error.join('\n'));
  return result.value;
}

export function packOf(change: PackChange = {}): Pack {
  return compiled(packJson(change));
}
