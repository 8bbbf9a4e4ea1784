import type { InstitutionCode, PersonKey, SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { subtractFen, ZERO } from '../../base/money/fen.ts';
import type { InsuredSpan } from './insured-span.ts';

/** State of the medical personal account (个人账户). `none`: the scheme has none. */
export type AccountStatus = 'active' | 'none' | 'frozen' | 'closed';

/**
 * The insured person and the medical personal account: one row, whose version guards all rows of the
 * person.
 */
export type Person = {
  readonly key: PersonKey;
  /** 参保地 `insuplc_admdvs`. */
  readonly region: string;
  /** 险种 `insutype`. */
  readonly scheme: string;
  readonly personType: string;
  /** False: suspended by hand, whatever the relations say. */
  readonly insured: boolean;
  /**
   * When the person is insured in which scheme, by the insurers' files; region, scheme and person type
   * are then those of the file's day, for lists. Undefined: no relation is on record, and those three
   * hold on every day.
   */
  readonly insuredSpans?: readonly InsuredSpan[] | undefined;
  readonly birthDate: string;
  /** "family-doctor", or "main-point@H44190099001" for a trait that holds at one institution only. */
  readonly traits: readonly string[];
  readonly accountStatus: AccountStatus;
  readonly accountBalance: Fen;
  /** Reserved for settlements that wait for the bank; part of the balance. */
  readonly accountHeld: Fen;
  readonly version: number;
};

/** A person with what no decision about money needs, and no batch reads: it is on record sealed. */
export type PersonRecord = Person & {
  readonly name: string;
  readonly id?: PersonId | undefined;
};

/** 证件: `psn_cert_type`, and `certno` in its normal form. */
export type PersonId = { readonly type: string; readonly number: string };

/** What the account can pay now; zero unless it is active. */
export function accountAvailable(person: Person): Fen {
  return person.accountStatus === 'active'
    ? subtractFen(person.accountBalance, person.accountHeld)
    : ZERO;
}

/** The traits that hold at an institution. A chosen point (选定点) is one institution, not a kind of one. */
export function traitsAt(person: Person, institution: InstitutionCode): ReadonlySet<string> {
  const traits = new Set<string>();
  for (const trait of person.traits) {
    const [name, code] = trait.split('@');
    if (name !== undefined && (code === undefined || code === institution)) traits.add(name);
  }
  return traits;
}

/** Accumulators (累计) of one person, scheme and benefit year, by name. */
export type Accumulator = {
  readonly key: PersonKey;
  readonly year: number;
  readonly scheme: string;
  readonly amounts: ReadonlyMap<string, Fen>;
  /** Number of the last settlement that was counted. */
  readonly lastNo: number;
  /** The settlement whose refund waits for the bank: until it is over, no other is counted or refunded. */
  readonly heldBy: SettlementId | undefined;
};

/** The accumulator of somebody of whom nothing was counted yet. */
export function emptyAccumulator(of: Pick<Accumulator, 'key' | 'year' | 'scheme'>): Accumulator {
  const { key, year, scheme } = of;
  return { key, year, scheme, amounts: new Map(), lastNo: 0, heldBy: undefined };
}

/** Adds changes by name. Zero entries are kept, since zero differs from never counted. */
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
