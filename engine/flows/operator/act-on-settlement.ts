import { fail, ok } from '../../base/errors/result.ts';
import { parseSettlementId } from '../../base/ids/ids.ts';
import type { Action } from '../../domain/principal/actions.ts';
import type { ActionScope } from '../../domain/principal/authorise.ts';
import { everywhere } from '../../domain/principal/authorise.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { ToldAnswer } from '../../domain/request/answer.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import type { Settlement } from '../../domain/settlement/settlement.ts';
import type { FlowDeps } from '../deps.ts';
import type { ActDeps } from '../principal/act.ts';
import { actAs } from '../principal/act.ts';

type SettlementDeps = ActDeps & { readonly store: Pick<FlowDeps['store'], 'readSettlement'> };

export type SettlementAct = {
  readonly by: Principal;
  readonly action: Action;
  readonly settlementId: string;
  readonly evidence: string | undefined;
};

/**
 * Lets an operator act on a settlement for which they are responsible, by the person's region, the
 * institution's or the institution itself, and records it. One that is not on record is everybody's: who
 * may act nowhere learns nothing.
 */
export async function actOnSettlement(
  deps: SettlementDeps,
  { settlementId, ...act }: SettlementAct,
  run: () => Promise<ToldAnswer>,
): Promise<ToldAnswer> {
  const id = parseSettlementId(settlementId);
  const settlement = id && (await deps.store.readSettlement(id))?.settlement;
  const scope = settlement === undefined ? everywhere : scopeOf(settlement);
  const done = await actAs(deps, { ...act, scope, subject: settlement?.id }, async () => {
    const answer = await run();
    const { outcome, code } = answer;
    return outcome === 'approved' ? ok(answer) : fail({ code: code ?? 'INTERNAL', answer });
  });
  if (done.ok) return done.value;
  return 'answer' in done.error
    ? done.error.answer
    : declinedAnswer(done.error.code, { settlementId });
}

/** Where a settlement lies. */
export function scopeOf({ key, insuredRegion, careRegion, institution }: Settlement): ActionScope {
  return { regions: [insuredRegion, careRegion], institution, personNo: key.personNo };
}
