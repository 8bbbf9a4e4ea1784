/**
 * The three state machines of a social-security card (社会保障卡): the card itself, its medical function (医疗个人
 * 账户功能) and its financial function (金融账户功能). The database repeats these tables (`card_transition`), and the
 * page docs/reference/card-states.md is generated from them.
 */

/**
 * The card, from the application to its destruction. `applied`, `reviewed` and `rejected` are states of the
 * application form; a card exists from `personalised` on.
 */
export const cardTransitions = {
  applied: ['reviewed', 'rejected'],
  reviewed: ['personalised', 'rejected'],
  rejected: [],
  personalised: ['at-bank', 'cancelled'],
  'at-bank': ['bank-approved', 'bank-refused'],
  'bank-refused': ['at-bank', 'cancelled'],
  'bank-approved': ['made', 'cancelled'],
  made: ['delivered', 'active', 'uncollected', 'cancelled'],
  delivered: ['made', 'active', 'uncollected', 'cancelled'],
  active: ['oral-loss', 'written-loss', 'exchanged', 'cancelled'],
  'oral-loss': ['active', 'written-loss', 'cancelled'],
  'written-loss': ['active', 'replaced', 'cancelled'],
  replaced: ['returned', 'destroyed'],
  exchanged: ['returned', 'destroyed'],
  cancelled: ['returned', 'destroyed'],
  uncollected: ['destroyed'],
  returned: ['destroyed'],
  destroyed: [],
} as const;

/** `initial-pin`: activated with the first PIN (初始密码), which must be changed before the account pays. */
export const medicalTransitions = {
  'not-activated': ['initial-pin', 'active', 'suspended', 'closed'],
  'initial-pin': ['active', 'suspended', 'closed'],
  active: ['suspended', 'closed'],
  suspended: ['not-activated', 'active', 'closed'],
  closed: [],
} as const;

/** As the bank has told: the engine activates nothing of the bank's. */
export const financialTransitions = {
  'not-activated': ['active', 'suspended', 'closed'],
  active: ['suspended', 'closed'],
  suspended: ['not-activated', 'active', 'closed'],
  closed: [],
} as const;

export const cardMachines = {
  card: cardTransitions,
  medical: medicalTransitions,
  financial: financialTransitions,
} as const;

export type CardMachine = keyof typeof cardMachines;
export type AnyCardState = keyof typeof cardTransitions;
export type ApplicationState = 'applied' | 'reviewed' | 'personalised' | 'rejected';
/** State of a card that exists. */
export type CardState = Exclude<AnyCardState, 'applied' | 'reviewed' | 'rejected'>;
export type MedicalState = keyof typeof medicalTransitions;
export type FinancialState = keyof typeof financialTransitions;

/** The three states of one card. */
export type CardStates = {
  readonly status: CardState;
  readonly medical: MedicalState;
  readonly financial: FinancialState;
};

/** May the machine go from this state to that? Staying is no transition. */
export function mayCardBecome(machine: CardMachine, from: string, to: string): boolean {
  const table: Readonly<Record<string, readonly string[]>> = cardMachines[machine];
  return table[from]?.includes(to) === true;
}

/** States out of which no card comes back into use: only its return and destruction follow. */
const deadStates: ReadonlySet<AnyCardState> = new Set([
  ...(['rejected', 'replaced', 'exchanged', 'cancelled'] as const),
  ...(['uncollected', 'returned', 'destroyed'] as const),
]);

export function isDead(state: AnyCardState): boolean {
  return deadStates.has(state);
}
