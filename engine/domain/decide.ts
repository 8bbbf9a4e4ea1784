import type { PersonCommand } from './command.ts';
import type { Command, CommandKinds } from './commands.ts';
import { kindOf } from './commands.ts';
import type { Decision, Facts } from './decision.ts';
import { allKept } from './refund/refund-order.ts';
import { plainBillRules, type Rulebook } from './rulebook.ts';
import type { Policy } from './settlement/policy.ts';

/** Decides a command. Pure: equal command and facts give an equal decision. */
export type Decide<C extends PersonCommand = Command> = (command: C, facts: Facts) => Decision;

/**
 * Creates the function that decides every command, in production and in simulation.
 * @param current the policy in force; one command is decided by one value of it
 * @param settings without them bills are checked by `plainBillRules`, and a refund leaves later bills as they
 * stand
 */
export function createDecide(
  current: () => Policy,
  settings: Partial<Omit<Rulebook, 'policy'>> = {},
  kinds: CommandKinds = kindOf,
): Decide<PersonCommand> {
  const rules = { ...plainBillRules, refundOrder: allKept, ...settings };
  return (command, facts) => kinds(command).decide(command, facts, { ...rules, policy: current() });
}
