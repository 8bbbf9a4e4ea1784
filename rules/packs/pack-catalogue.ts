/**
 * The packs that ship with the program. A region's next rules are a new file here; old files stay
 * for old bills.
 */
import { invariant } from '../../engine/domain/errors/result.ts';
import { compilePack } from '../kernel/compile-pack.ts';
import type { CareType } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';
import beijingResidentOutpatient from './110000/2018-01-01-resident-outpatient.json' with {
  type: 'json',
};
import beijingEmployeeOutpatient from './110000/2023-01-01-employee-outpatient.json' with {
  type: 'json',
};
import beijingEmployeePharmacy from './110000/2023-01-01-employee-pharmacy.json' with {
  type: 'json',
};
import dongguanEmployeeOutpatient from './441900/2022-12-01-employee-outpatient.json' with {
  type: 'json',
};
import dongguanEmployeePharmacy from './441900/2022-12-01-employee-pharmacy.json' with {
  type: 'json',
};

const SHIPPED: readonly unknown[] = [
  beijingResidentOutpatient,
  beijingEmployeeOutpatient,
  beijingEmployeePharmacy,
  dongguanEmployeeOutpatient,
  dongguanEmployeePharmacy,
];

/** Compiles every shipped pack; throws `InvariantViolation` with all problems if one is broken. */
export function loadPacks(): readonly Pack[] {
  return SHIPPED.map((json) => {
    const compiled = compilePack(json);
    if (!compiled.ok) invariant(false, `a shipped pack is broken:\n${compiled.error.join('\n')}`);
    return compiled.value;
  });
}

export type PackQuery = {
  /** Pooling region of the insurance, six digits. */
  readonly region: string;
  /** 险种 `insutype`. */
  readonly scheme: string;
  readonly careType: CareType;
  /** Day of service, "2026-11-22": old bills keep the rules of their day. */
  readonly serviceDate: string;
};

/**
 * The pack in force for a bill: the latest that had begun by the day of service, or undefined when
 * none covers it.
 */
export function selectPack(packs: readonly Pack[], query: PackQuery): Pack | undefined {
  let best: Pack | undefined;
  for (const pack of packs) {
    if (pack.region !== query.region || !pack.schemes.includes(query.scheme)) continue;
    if (!pack.careTypes.includes(query.careType) || pack.effectiveFrom > query.serviceDate)
      continue;
    if (pack.effectiveTo !== undefined && pack.effectiveTo < query.serviceDate) continue;
    if (best === undefined || pack.effectiveFrom > best.effectiveFrom) best = pack;
  }
  return best;
}
