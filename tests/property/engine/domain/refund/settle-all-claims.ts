import { claimOf, openOf } from '../../../../../engine/domain/correction/correction.ts';
import { MORNING } from '../../../../support/domain/builders.ts';
import type { YearCounter } from '../../../../support/domain/year-counter.ts';

/** The insurer collects what persons owe, and pays out what they are owed. */
export function settleAllClaims({ store }: YearCounter): void {
  for (const settlement of store.settlements.values()) {
    const claim = claimOf(settlement, [...store.claims.values()]);
    const expected = openOf(claim);
    if (expected === 0n) continue;
    store.run({
      ...{ type: 'settle-claim', key: settlement.key, settlementId: settlement.id },
      ...{ at: MORNING, expected, by: 'wang', voucher: `R-${claim.payments}` },
    });
  }
}
