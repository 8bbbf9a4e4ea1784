import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { RequestKey, SettlementId } from '../../base/ids/ids.ts';
import { correctionsOf } from '../../domain/correction/correction.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import { findRequest } from '../../domain/request/request-record.ts';
import { packById } from '../../domain/settlement/policy.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { FlowAnswer } from '../flow-answer.ts';
import { approved } from '../flow-answer.ts';
import { refreshPolicyFor } from '../policy/policy-source.ts';
import { recordTerminalRead } from '../principal/terminal-read.ts';

/** The current settlement, for its own institution; others get SETTLEMENT_NOT_FOUND. */
export async function readSettlement(
  deps: FlowDeps,
  caller: Caller,
  id: SettlementId,
): Promise<FlowAnswer> {
  const facts = await deps.store.readSettlement(id, { corrections: true });
  const settlement = facts?.settlement;
  const { institution } = caller;
  if (settlement === undefined || settlement.institution !== institution.code) {
    return declinedAnswer('SETTLEMENT_NOT_FOUND', { settlementId: id });
  }
  const { personNo } = settlement.key;
  await recordTerminalRead(deps, caller, { action: 'settlement.read', personNo, subject: id });
  const pack = packById(await refreshPolicyFor(deps.policy, settlement.packId), settlement.packId);
  const split = explainBill(pack, settlement.input);
  const request = findRequest(facts?.requests ?? [], settlement);
  return {
    kind: 'settlement-view',
    ...approved,
    settlement,
    explained: { pack, split },
    legs: facts?.bankLegs ?? [],
    refunds: facts?.refunds ?? [],
    corrections: correctionsOf(settlement, facts?.corrections),
    claim: facts?.claims?.find(({ settlementId }) => settlementId === id),
    reason: request?.answer?.code,
  };
}

/**
 * The records of a request key of this terminal: the enquiry of a terminal that lost an answer. An empty
 * list does not mean declined: a copy of the request may still be on its way. `serverTime` tells the
 * terminal, whatever its own clock says, when that is no longer possible; it is read before the records,
 * so they are at least as new.
 */
export async function findByRequestKey(
  deps: FlowDeps,
  caller: Caller,
  requestKey: RequestKey,
): Promise<FlowAnswer> {
  const serverTime = deps.environment.now();
  const records = await deps.store.findRequests(caller.terminal.id, requestKey);
  for (const personNo of new Set(records.map(({ key }) => key.personNo))) {
    await recordTerminalRead(deps, caller, { action: 'settlement.read', personNo });
  }
  return { kind: 'requests-found', ...approved, serverTime, records };
}
