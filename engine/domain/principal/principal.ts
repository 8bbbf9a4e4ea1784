/**
 * Whoever acts: one form for a terminal, an officer, a neighbour's system, a holder and the engine itself,
 * so that one rule can say what each may do.
 */

/**
 * terminal: a machine at a counter, by its signature. agent: somebody who acts for a holder or an employer
 * (代办人). operator: a person with an account here. peer: another party's system (bank, region). his: a
 * hospital's system. holder: the person, for their own data only. system: a job of the engine.
 */
export type PrincipalKind =
  | 'terminal'
  | 'agent'
  | 'operator'
  | 'peer'
  | 'his'
  | 'holder'
  | 'system';

export const roles = [
  'cashier',
  'supervisor',
  'card-officer',
  'bank-officer',
  'finance',
  'clearing',
  'policy',
  'auditor',
  'administrator',
] as const;

/** What an operator is trusted with; several may come together. Other kinds have none. */
export type Role = (typeof roles)[number];

/** Where a principal may act: anywhere below one of these regions, or at one of these institutions. */
export type Scopes = {
  /** Codes of six digits; see {@link coversRegion}. */
  readonly regions: readonly string[];
  readonly institutions: readonly string[];
};

export type Principal = {
  readonly kind: PrincipalKind;
  /** Unique within its kind: an account's name, a terminal's id, a holder's person number. */
  readonly id: string;
  readonly roles: ReadonlySet<Role>;
  readonly scopes: Scopes;
  /** Of an operator who has signed in; undefined: vouched for by something without sessions. */
  readonly session?: string;
};

const none: ReadonlySet<Role> = new Set();

/** A terminal acts at its own institution and nowhere else. */
export function terminalPrincipal(terminalId: string, institution: string): Principal {
  const scopes = { regions: [], institutions: [institution] };
  return { kind: 'terminal', id: terminalId, roles: none, scopes };
}

/** A job of the engine. @param job its name, "oral-loss-lapse" */
export function systemPrincipal(job: string): Principal {
  return {
    kind: 'system',
    id: job,
    roles: none,
    scopes: { regions: [WHOLE_COUNTRY], institutions: [] },
  };
}

/**
 * Whoever acts under the login of the database's owner, or the engine's, which is nobody in particular: the
 * database lets it do everything there, so nothing is refused here, and everything is recorded.
 */
export function databasePrincipal(login: 'owner' | 'engine'): Principal {
  return { ...systemPrincipal(`${DATABASE}${login}`), roles: new Set(roles) };
}

export function isDatabasePrincipal({ kind, id }: Principal): boolean {
  return kind === 'system' && id.startsWith(DATABASE);
}

const DATABASE = 'database-';

/** The region code that every region lies below. */
export const WHOLE_COUNTRY = '000000';

/**
 * Are these certainly two operators in two sessions? What takes two people is never done by a job and a
 * person, by one account twice, or from one session.
 */
export function areTwoOperators(one: Principal, other: Principal): boolean {
  if (one.kind !== 'operator' || other.kind !== 'operator' || one.id === other.id) return false;
  return one.session === undefined || one.session !== other.session;
}

export function isRole(text: string): text is Role {
  return roles.some((role) => role === text);
}
