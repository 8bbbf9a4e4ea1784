import type { PrincipalKind, Role } from './principal.ts';
import { roles } from './principal.ts';

/** Who may do something: operators with one of the roles, and these other kinds without any. */
export type ActionRule = {
  readonly roles: readonly Role[];
  readonly kinds: readonly Exclude<PrincipalKind, 'operator'>[];
};

function may(
  roles: readonly Role[],
  ...kinds: readonly Exclude<PrincipalKind, 'operator'>[]
): ActionRule {
  return { roles, kinds };
}

/** Everything that can be done, and who may. What is not here cannot be asked for. */
export const actionRules = {
  // The counter
  'terminal.sign-in': may([], 'terminal'),
  'challenge.issue': may([], 'terminal', 'his'),
  'bill.quote': may([], 'terminal', 'his'),
  'bill.settle': may([], 'terminal', 'his'),
  'refund.make': may([], 'terminal', 'his'),
  'refund.approve': may(['supervisor']),
  'settlement.read': may(
    ['cashier', 'supervisor', 'card-officer', 'finance', 'clearing', 'auditor'],
    ...(['terminal', 'his', 'holder'] as const),
  ),

  // A person
  'person.read': may(['card-officer', 'finance', 'auditor'], 'holder'),
  'personal-data.reveal': may(['card-officer', 'auditor'], 'holder'),

  // A card
  'card.read': may(['card-officer', 'bank-officer', 'auditor'], 'holder', 'terminal'),
  'card.apply': may(['card-officer'], 'agent', 'holder', 'terminal'),
  'card.review': may(['card-officer']),
  'card.personalise': may(['card-officer']),
  'card.send-to-bank': may(['card-officer'], 'system'),
  'card.bank-review': may(['bank-officer'], 'peer'),
  'card.issue': may(['card-officer', 'bank-officer']),
  'card.deliver': may(['card-officer', 'bank-officer'], 'agent'),
  'card.collect': may(['card-officer', 'bank-officer'], 'agent', 'terminal'),
  'card.activate-medical': may(['card-officer'], 'holder', 'terminal'),
  'card.activate-financial': may(['bank-officer'], 'peer'),
  'card.change-pin': may([], 'holder', 'terminal'),
  'card.reset-pin': may(['card-officer']),
  'card.unlock-pin': may(['card-officer', 'bank-officer']),
  'card.report-loss': may(['card-officer', 'bank-officer'], 'agent', 'holder', 'terminal', 'peer'),
  'card.cancel-loss': may(['card-officer'], 'holder', 'terminal'),
  'card.replace': may(['card-officer'], 'agent', 'holder'),
  'card.exchange': may(['card-officer'], 'agent', 'holder'),
  'card.change-data': may(['card-officer']),
  'card.suspend': may(['card-officer'], 'peer', 'system'),
  'card.resume': may(['card-officer'], 'peer'),
  'card.cancel': may(['card-officer'], 'holder'),
  'card.return': may(['card-officer', 'bank-officer']),
  'card.destroy': may(['card-officer']),
  'card.lapse': may([], 'system'),
  'card.reconcile': may(['card-officer', 'bank-officer', 'auditor']),

  // Accounts and insurance of persons
  'insurance.import': may(['card-officer', 'finance']),
  'credits.import': may(['finance']),
  'credits.release': may(['finance']),

  // Invalid lists
  'list.query': may(['card-officer', 'auditor'], 'terminal', 'his', 'peer'),
  'list.import': may(['card-officer', 'administrator']),
  'list.publish': may(['card-officer'], 'system'),

  // Keys
  'keys.read': may(['administrator', 'auditor']),
  'keys.ceremony': may(['administrator']),
  'keys.rotate': may(['administrator']),
  'keys.destroy': may(['administrator']),
  'terminal.keys': may(['administrator'], 'terminal'),
  'terminal.revoke': may(['administrator']),

  // Policy and money by hand
  'policy.read': may(['policy', 'finance', 'auditor']),
  'policy.change': may(['policy']),
  'history.what-if': may(['policy', 'auditor']),
  'reversal.read': may(['finance', 'auditor']),
  'reversal.resolve': may(['finance']),
  'claim.read': may(['finance', 'auditor']),
  'claim.settle': may(['finance']),

  // Registers, by whoever runs the engine
  'register.read': may(['administrator', 'auditor']),
  'register.change': may(['administrator']),

  // Operators and their traces
  'operator.sign-in': may(roles),
  'operator.sign-out': may(roles),
  'operator.change-password': may(roles),
  'operator.read': may(['administrator', 'auditor']),
  'operator.administer': may(['administrator']),
  'audit.read': may(['auditor']),
} as const satisfies Readonly<Record<string, ActionRule>>;

export type Action = keyof typeof actionRules;

export function isAction(text: string): text is Action {
  return Object.hasOwn(actionRules, text);
}
