import type { InstitutionCode, PersonKey } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { subtractFen, ZERO } from '../../base/money/fen.ts';

/** 医疗个人账户: `none` for schemes without one. */
export type AccountStatus = 'active' | 'none' | 'frozen' | 'closed';

/** The insured person and the medical personal account: one row, one version that guards all of the person's rows. */
export type Person = {
  readonly key: PersonKey;
  readonly name: string;
  /** 参保地 `insuplc_admdvs`. */
  readonly region: string;
  /** 险种 `insutype`. */
  readonly scheme: string;
  readonly personType: string;
  readonly insured: boolean;
  readonly birthDate: string;
  /** "family-doctor", or "main-point@H44190099001": what holds at one institution only. */
  readonly traits: readonly string[];
  readonly accountStatus: AccountStatus;
  readonly accountBalance: Fen;
  /** Held by settlements that wait for their bank leg; part of the balance. */
  readonly accountHeld: Fen;
  readonly version: number;
};

/** What the account can give now, in fen; zero unless it is active. */
export function accountAvailable(person: Person): Fen {
  return person.accountStatus === 'active'
    ? subtractFen(person.accountBalance, person.accountHeld)
    : ZERO;
}

/** The traits that hold at an institution: a chosen point (选定点) is one place, not a kind of place. */
export function traitsAt(person: Person, institution: InstitutionCode): ReadonlySet<string> {
  const traits = new Set<string>();
  for (const trait of person.traits) {
    const [name, place] = trait.split('@');
    if (name !== undefined && (place === undefined || place === institution)) traits.add(name);
  }
  return traits;
}

/** Yearly accumulators of one person and scheme. */
export type Accumulator = {
  readonly key: PersonKey;
  readonly year: number;
  readonly scheme: string;
  readonly amounts: ReadonlyMap<string, Fen>;
};

/** Adds changes by name; names that fall to zero stay, so that zero and never differ. */
export function addToAccumulator(
  accumulator: Accumulator,
  changes: ReadonlyMap<string, Fen>,
  sign: 1n | -1n,
): Accumulator {
  const amounts = new Map(accumulator.amounts);
  for (const [name, change] of changes) {
    amounts.set(name, ((amounts.get(name) ?? ZERO) + sign * change) as Fen);
  }
  return { ...accumulator, amounts };
}
