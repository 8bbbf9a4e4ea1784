import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { RequestKey, SettlementId } from '../../base/ids/ids.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import { requestOf } from '../../domain/request/request-record.ts';
import { packById } from '../../domain/settlement/policy.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { FlowAnswer } from '../flow-answer.ts';
import { approved } from '../flow-answer.ts';
import { policyWith } from '../policy/policy-source.ts';

/** A settlement as it stands now, for the institution that made it; all others are told that there is none. */
export async function readSettlement(
  deps: FlowDeps,
  { institution }: Caller,
  id: SettlementId,
): Promise<FlowAnswer> {
  const facts = await deps.store.readSettlement(id);
  const settlement = facts?.settlement;
  if (settlement === undefined || settlement.institution !== institution.code) {
    return declinedAnswer('SETTLEMENT_NOT_FOUND', { settlementId: id });
  }
  const pack = packById(await policyWith(deps.policy, settlement.packId), settlement.packId);
  const split = explainBill(pack, settlement.input);
  const request = requestOf(facts?.requests ?? [], settlement);
  return {
    kind: 'settlement-view',
    ...approved,
    settlement,
    explained: { pack, split },
    legs: facts?.bankLegs ?? [],
    refunds: facts?.refunds ?? [],
    reason: request?.answer?.code,
  };
}

/**
 * What became of a request key of this terminal: the enquiry of a terminal that lost the answer. An
 * empty list: the key was never seen. A copy of the request may still be under way, so it does not
 * mean "declined" yet. By `serverTime` the terminal sees when none can be, whatever its own clock says;
 * it is read before the records are, so that they are never older than it says.
 */
export async function findByRequestKey(
  deps: FlowDeps,
  { terminal }: Caller,
  requestKey: RequestKey,
): Promise<FlowAnswer> {
  const serverTime = deps.clock.now();
  const records = await deps.store.findRequests(terminal.id, requestKey);
  return { kind: 'requests-found', ...approved, serverTime, records };
}
