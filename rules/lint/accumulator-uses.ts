import type { PackFile } from '../model/pack-file.ts';

/**
 * What a running total holds. Packs that share a name must count the same kind of money under it.
 */
export type AccumulatorKind =
  | 'in-scope money'
  | 'admissions'
  | 'deductible'
  | 'fund paid'
  | 'base money'
  | 'account paid';

export type AccumulatorUse = {
  /** Name with its suffix: "outpatient-paid/month". */
  readonly accumulator: string;
  readonly kind: AccumulatorKind;
  readonly path: string;
  /** Whether a later bill reads it. */
  readonly isRead: boolean;
};

const SPANS: Readonly<Record<string, string>> = {
  'per-hospital-year': '/hospital',
  'per-quarter': '/quarter',
  'per-month': '/month',
};

/** Every running total that a pack keeps. The pack file calls its name `counter`. */
export function accumulatorUses(file: PackFile): readonly AccumulatorUse[] {
  return [...visitUses(file), ...deductibleUses(file), ...payerUses(file), ...accountUses(file)];
}

function visitUses({ accumulators, payers, deductible }: PackFile): readonly AccumulatorUse[] {
  const { inScope, admissions } = accumulators;
  const isRead = payers.some(({ edges }) => edges.startsWith('year-') && edges !== 'year-base');
  const uses: AccumulatorUse[] = [
    { accumulator: inScope, kind: 'in-scope money', path: 'accumulators.inScope', isRead },
  ];
  if (admissions !== undefined) {
    const isAsked = deductible?.choices.some(({ repeat }) => repeat !== undefined) ?? false;
    const path = 'accumulators.admissions';
    uses.push({ accumulator: admissions, kind: 'admissions', path, isRead: isAsked });
  }
  return uses;
}

function deductibleUses({ deductible }: PackFile): readonly AccumulatorUse[] {
  if (deductible === undefined) return [];
  const { counter, mode, yearlyCeiling } = deductible;
  const uses: AccumulatorUse[] = [];
  if (counter !== undefined) {
    const isRead = mode !== 'per-visit' && mode !== 'per-admission';
    const name = `${counter}${SPANS[mode] ?? ''}`;
    uses.push({ accumulator: name, kind: 'deductible', path: 'deductible.counter', isRead });
  }
  if (yearlyCeiling !== undefined) {
    const path = 'deductible.yearlyCeiling.counter';
    uses.push({ accumulator: yearlyCeiling.counter, kind: 'deductible', path, isRead: true });
  }
  return uses;
}

function payerUses({ payers }: PackFile): readonly AccumulatorUse[] {
  return payers.flatMap((payer, index) => {
    const path = `payers[${index}]`;
    const { counter, baseCounter, edges, caps = [] } = payer;
    const uses: AccumulatorUse[] = [];
    if (counter !== undefined) {
      const isRead = edges === 'year-paid';
      uses.push({ accumulator: counter, kind: 'fund paid', path: `${path}.counter`, isRead });
    }
    if (baseCounter !== undefined) {
      const isRead = edges === 'year-base';
      const kind = 'base money';
      uses.push({ accumulator: baseCounter, kind, path: `${path}.baseCounter`, isRead });
    }
    caps.forEach((cap, nth) => {
      if (cap.counter === undefined) return;
      const kind = cap.on === 'paid' ? 'fund paid' : 'base money';
      uses.push({
        accumulator: cap.counter,
        kind,
        path: `${path}.caps[${nth}].counter`,
        isRead: true,
      });
    });
    return uses;
  });
}

function accountUses({ account }: PackFile): readonly AccumulatorUse[] {
  return (account.limits ?? []).flatMap(({ counter }, index) => {
    const path = `account.limits[${index}].counter`;
    return counter === undefined
      ? []
      : [{ accumulator: counter, kind: 'account paid', path, isRead: true }];
  });
}

/** "outpatient-paid/month" → "outpatient-paid". */
export function accumulatorName(accumulator: string): string {
  return accumulator.split('/')[0] ?? accumulator;
}
