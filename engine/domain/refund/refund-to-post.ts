import type { Pack } from '../../../rules/model/pack.ts';
import type { Facts } from '../decision.ts';
import type { Accumulator, Person } from '../person/person.ts';
import { settlementAccumulator } from '../settlement/rule-bill.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { Refund } from './refund.ts';
import type { AmountsBack } from './refund-amounts.ts';

/** A refund with its amounts, ready to be posted. */
export type RefundToPost = {
  readonly person: Person;
  readonly settlement: Settlement;
  readonly pack: Pack;
  readonly refund: Refund;
  readonly back: AmountsBack;
  readonly facts: Facts;
};

/** The accumulator in which the refunded settlement was counted. */
export function refundAccumulator(toPost: RefundToPost): Accumulator {
  const { person, settlement, pack, facts } = toPost;
  return settlementAccumulator(person, facts.accumulators, settlement, pack);
}
