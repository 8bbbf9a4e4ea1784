import type { PackFile } from '../model/pack-file.ts';

/** What a running total holds: two packs that share a name must mean the same by it. */
export type CounterKind =
  | 'in-scope money'
  | 'admissions'
  | 'deductible'
  | 'fund paid'
  | 'money looked at'
  | 'account paid';

export type CounterUse = {
  /** Name with its suffix: "outpatient-paid/month". */
  readonly counter: string;
  readonly kind: CounterKind;
  readonly path: string;
  /** Does a later bill look at it? */
  readonly isRead: boolean;
};

const SPANS: Readonly<Record<string, string>> = {
  'per-hospital-year': '/hospital',
  'per-quarter': '/quarter',
  'per-month': '/month',
};

/** Every running total that a pack keeps. */
export function counterUses(file: PackFile): readonly CounterUse[] {
  return [...visitUses(file), ...deductibleUses(file), ...payerUses(file), ...accountUses(file)];
}

function visitUses({ accumulators, payers, deductible }: PackFile): readonly CounterUse[] {
  const { inScope, admissions } = accumulators;
  const isRead = payers.some(({ edges }) => edges.startsWith('year-') && edges !== 'year-base');
  const uses: CounterUse[] = [
    { counter: inScope, kind: 'in-scope money', path: 'accumulators.inScope', isRead },
  ];
  if (admissions !== undefined) {
    const isAsked = deductible?.choices.some(({ repeat }) => repeat !== undefined) ?? false;
    const path = 'accumulators.admissions';
    uses.push({ counter: admissions, kind: 'admissions', path, isRead: isAsked });
  }
  return uses;
}

function deductibleUses({ deductible }: PackFile): readonly CounterUse[] {
  if (deductible === undefined) return [];
  const { counter, mode, yearlyCeiling } = deductible;
  const uses: CounterUse[] = [];
  if (counter !== undefined) {
    const isRead = mode !== 'per-visit' && mode !== 'per-admission';
    const name = `${counter}${SPANS[mode] ?? ''}`;
    uses.push({ counter: name, kind: 'deductible', path: 'deductible.counter', isRead });
  }
  if (yearlyCeiling !== undefined) {
    const path = 'deductible.yearlyCeiling.counter';
    uses.push({ counter: yearlyCeiling.counter, kind: 'deductible', path, isRead: true });
  }
  return uses;
}

function payerUses({ payers }: PackFile): readonly CounterUse[] {
  return payers.flatMap((payer, index) => {
    const path = `payers[${index}]`;
    const { counter, baseCounter, edges, caps = [] } = payer;
    const uses: CounterUse[] = [];
    if (counter !== undefined) {
      const isRead = edges === 'year-paid';
      uses.push({ counter, kind: 'fund paid', path: `${path}.counter`, isRead });
    }
    if (baseCounter !== undefined) {
      const isRead = edges === 'year-base';
      const kind = 'money looked at';
      uses.push({ counter: baseCounter, kind, path: `${path}.baseCounter`, isRead });
    }
    caps.forEach((cap, nth) => {
      if (cap.counter === undefined) return;
      const kind = cap.on === 'paid' ? 'fund paid' : 'money looked at';
      uses.push({ counter: cap.counter, kind, path: `${path}.caps[${nth}].counter`, isRead: true });
    });
    return uses;
  });
}

function accountUses({ account }: PackFile): readonly CounterUse[] {
  return (account.limits ?? []).flatMap(({ counter }, index) => {
    const path = `account.limits[${index}].counter`;
    return counter === undefined ? [] : [{ counter, kind: 'account paid', path, isRead: true }];
  });
}

/** "outpatient-paid/month" → "outpatient-paid". */
export function counterName(counter: string): string {
  return counter.split('/')[0] ?? counter;
}
