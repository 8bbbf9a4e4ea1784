/**
 * Bills and packs for the rules' tests: everything has a default that is a plain class A drug at a
 * level 3 hospital.
 */
import { Decimal } from 'decimal.js';
import { type Fen, fen, parseFen, ZERO } from '../../../engine/base/money/fen.ts';
import { compilePack } from '../../../rules/kernel/compile-pack.ts';
import { formatProblem } from '../../../rules/kernel/problem.ts';
import type { PricedLine, SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import type { Bucket, PayerFile } from '../../../rules/model/pack-file-payers.ts';
import type { AmountFile } from '../../../rules/model/pack-file-values.ts';

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
  /** Yearly counts (of admissions) by name. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Numbers about the person or the visit by name: "24", "6000.00". */
  readonly facts?: Readonly<Record<string, string>>;
};

export function bill(lines: readonly PricedLine[], change: BillChange = {}): SplitInput {
  const { insured, before = {}, counts = {}, facts = {}, ...rest } = change;
  const plain = { scheme: '310', personType: '1101', ageYears: 40, traits: new Set<string>() };
  const factsE4 = new Map(
    Object.entries(facts).map(([name, text]) => [
      name,
      BigInt(new Decimal(text).times(1e4).toFixed()),
    ]),
  );
  return {
    careType: '11',
    serviceDate: '2026-11-22',
    lines: lines.map((each, index) => ({ ...each, lineNo: String(index + 1) })),
    carePlace: { kind: 'hospital', level: 3, isCommunity: false },
    insured: { ...plain, factsE4, ...insured },
    accumulators: new Map([
      ...Object.entries(before).map(([name, amount]) => [name, yuan(amount)] as const),
      ...Object.entries(counts).map(([name, count]) => [name, fen(BigInt(count))] as const),
    ]),
    accountAvailable: ZERO,
    ...rest,
  };
}

/** Money that a personal account can always cover. */
export const PLENTY = fen(100_000_000n);

const words = { source: 'rule', zh: '规则', en: 'rule' };

/** A payer of a test pack: whoever does not say more pays `ratio` of what stands in `from`. */
export type PayerChange = Partial<PayerFile> & {
  readonly id: string;
  readonly ratio?: string;
};

export type PackChange = {
  readonly deductible?: string;
  readonly period?: 'year' | 'visit';
  readonly bands?: PayerFile['choices'][number]['bands'];
  readonly edges?: PayerFile['edges'];
  /** The most that the fund pays in a year, in yuan. */
  readonly cap?: AmountFile;
  readonly rounding?: Partial<PackFile['rounding']>;
  /** Payers after the pooled fund. */
  readonly payers?: readonly PayerChange[];
  readonly mayPay?: Bucket[];
};

/** A payer as a pack file has it; 统一补充 by default, out of what the payers before it left. */
export function payer({ id, ratio = '1', ...change }: PayerChange): PayerFile {
  return {
    id: `payer-${id}`,
    field: 'hifes_pay',
    fundType: '370100',
    from: ['coinsurance'],
    edges: 'bill-base',
    choices: [{ id, ...words, bands: [{ ratio }] }],
    ...change,
  };
}

function fund({ bands, edges, cap }: PackChange): PayerFile {
  return payer({
    id: 'fund',
    field: 'hifp_pay',
    fundType: '310100',
    edges: edges ?? 'year-in-scope',
    counter: 'fund-paid',
    choices: [{ id: 'fund', ...words, bands: bands ?? [{ ratio: '0.60' }] }],
    ...(cap !== undefined && {
      caps: [{ id: 'cap', ...words, amount: cap, on: 'paid', counter: 'fund-paid' }],
      overCap: 'above-cap',
    }),
  });
}

/**
 * The file of a small pack, schemes 310 and care types 11 and 41: a deductible, a pooled fund with
 * bands and a cap, further payers and an account. Totals: in-scope, deductible, fund-paid.
 */
export function packJson(change: PackChange = {}): PackFile {
  const { deductible = '0.00', period = 'year', mayPay } = change;
  return {
    format: 2,
    id: '420100/2023-01-01-test',
    region: '420100',
    name: { zh: '测试', en: 'Test' },
    schemes: ['310'],
    careTypes: ['11', '41'],
    effectiveFrom: '2023-01-01',
    sources: { rule: { text: 'published example', grade: 'reprint' } },
    rounding: {
      mode: 'half-up',
      bands: 'once',
      chain: 'rounded',
      balancing: 'person',
      ...change.rounding,
    },
    lines: { id: 'lines', source: 'rule' },
    accumulators: { inScope: 'in-scope' },
    deductible: {
      ...(period === 'year' ? { mode: 'per-year', counter: 'deductible' } : { mode: 'per-visit' }),
      choices: [{ id: 'deductible', ...words, amount: deductible }],
    },
    payers: [fund(change), ...(change.payers ?? []).map(payer)],
    account: {
      choices: [
        {
          id: 'account',
          ...words,
          mayPay: mayPay ?? ['deductible', 'coinsurance', 'above-cap', 'prior-self-pay'],
        },
      ],
    },
  };
}

/** Compiles a pack file; an invalid one fails the test with every violation. */
export function compiled(json: unknown): Pack {
  const result = compilePack(json);
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  return result.value;
}

export function packOf(change: PackChange = {}): Pack {
  return compiled(packJson(change));
}
