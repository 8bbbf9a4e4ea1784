import type { PersonCommand } from './command.ts';
import type { Command, CommandKinds } from './commands.ts';
import { kindOf } from './commands.ts';
import type { Decision, Facts } from './decision.ts';
import { noBillReview } from './settlement/bill-review.ts';
import type { Policy } from './settlement/policy.ts';

/** Decides a command. Pure: same command and facts, same decision. */
export type Decide<C extends PersonCommand = Command> = (command: C, facts: Facts) => Decision;

/**
 * The only place that decides what becomes of money: production, simulation, replay and what-if runs all
 * come here.
 * @param current the policy of this moment; each command is decided by one value of it
 */
export function createDecide(
  current: () => Policy,
  reviewBill = noBillReview,
  kinds: CommandKinds = kindOf,
): Decide<PersonCommand> {
  return (command, facts) =>
    kinds(command).decide(command, facts, { policy: current(), reviewBill });
}
