import type { ClaimedLegCommand, CommandKind } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import { isCurrent, postponedLeg } from './leg.ts';
import { readNamedLeg } from './leg-of-command.ts';

/** Counts an unanswered attempt to reverse or repeat, and sets the next one. */
export type PostponeLeg = ClaimedLegCommand & {
  readonly type: 'postpone-leg';
  readonly legNo: number;
  readonly nextAttemptAt: number;
  readonly responseCode: string | undefined;
};

export const postponeLeg: CommandKind<PostponeLeg> = {
  type: 'postpone-leg',
  startsWork: false,
  needs: needsSettlement,
  decide,
};

/** A closed leg stays closed. */
function decide(command: PostponeLeg, facts: Facts): Decision {
  const { leg, answer } = readNamedLeg(command, facts);
  if (leg.nextAttemptAt === undefined || !isCurrent(leg, command)) return withoutWrites(answer);
  const responseCode = command.responseCode ?? leg.responseCode;
  return withWrites(answer, {
    bankLeg: { ...postponedLeg(leg, command.nextAttemptAt), responseCode },
  });
}
