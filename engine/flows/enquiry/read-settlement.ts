import { explainBill } from '../../../rules/kernel/split-bill.ts';
import { problemBody } from '../../base/errors/problem.ts';
import type { RequestKey, SettlementId } from '../../base/ids/ids.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { Answer } from '../../domain/decision.ts';
import { approvedAnswer, declinedAnswer, requestOf } from '../../domain/request/answers.ts';
import { settlementDocument } from '../../domain/request/settlement-json.ts';
import { packById } from '../../domain/settlement/policy.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import { policyWith } from '../policy/policy-source.ts';

/** A settlement as it stands now, for the institution that made it; all others are told that there is none. */
export async function readSettlement(
  deps: FlowDeps,
  { institution }: Caller,
  id: SettlementId,
): Promise<Answer> {
  const facts = await deps.store.readSettlement(id);
  const settlement = facts?.settlement;
  if (settlement === undefined || settlement.institution !== institution.code) {
    return declinedAnswer('SETTLEMENT_NOT_FOUND', { settlementId: id });
  }
  const pack = packById(await policyWith(deps.policy, settlement.packId), settlement.packId);
  const split = explainBill(pack, settlement.input);
  const document = settlementDocument(
    settlement,
    { pack, split },
    facts?.bankLegs ?? [],
    facts?.refunds ?? [],
  );
  const request = requestOf(facts?.requests ?? [], settlement);
  const code = request?.answer?.code;
  // Why it was released, or why nobody knows yet, with what the cashier does.
  const reason = code === undefined ? {} : pickReason(problemBody(code, {}));
  return approvedAnswer({ ...document, ...reason });
}

function pickReason({ code, message, cashier }: ReturnType<typeof problemBody>) {
  return { code, message, cashier };
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
): Promise<Answer> {
  const serverTime = isoTime(deps.clock.now());
  const records = await deps.store.findRequests(terminal.id, requestKey);
  const items = records.map((record) => ({
    requestKey: record.requestKey,
    state: record.state,
    settlementId: record.settlementId ?? null,
    status: record.answer?.status ?? null,
    answer: record.answer === undefined ? null : (JSON.parse(record.answer.body) as object),
  }));
  return approvedAnswer({ serverTime, items });
}
