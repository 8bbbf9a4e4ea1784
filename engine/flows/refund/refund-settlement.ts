import type { RequestKey, SettlementId } from '../../base/ids/ids.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { RefundRequest } from '../../contract/refund.ts';
import type { RefundSettlement } from '../../domain/refund/refund-settlement.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import { execute } from '../execute-command.ts';
import { authoriseRefund } from '../leg/authorise-bank-leg.ts';
import { refreshPolicyFor } from '../policy/policy-source.ts';

/**
 * 退费, full or by line. The bank's part is refunded first; the rest is posted when the bank has answered.
 * @param id of the settlement
 */
export async function refundSettlement(
  deps: FlowDeps,
  caller: Caller,
  id: SettlementId,
  request: { readonly body: RefundRequest; readonly fingerprint: string },
): Promise<Answered> {
  const { requestKey } = request.body;
  const facts = await deps.store.readSettlement(id, { later: true });
  const settlement = facts?.settlement;
  if (settlement === undefined) {
    return { answer: declinedAnswer('SETTLEMENT_NOT_FOUND', { requestKey }), isReplay: false };
  }
  for (const { packId } of [settlement, ...(facts?.later ?? [])]) {
    await refreshPolicyFor(deps.policy, packId);
  }
  // Reads that may fail come first: once the refund is durable, an error must not say that nothing was done.
  const terminal = await deps.reference.findTerminal(settlement.terminalId);
  const at = deps.environment.now();
  const { stan, batch } = await deps.store.nextTrace();
  const command: RefundSettlement = {
    type: 'refund-settlement',
    key: settlement.key,
    at,
    settlementId: id,
    request: {
      terminalId: caller.terminal.id,
      requestKey: requestKey as RequestKey,
      fingerprint: request.fingerprint,
    },
    institution: caller.institution.code,
    lines: request.body.lines,
    stan,
    batch,
    businessDate: businessDateOf(at),
    reservationMs: deps.settings.reservationMs,
  };
  const executed = await execute(deps, command, requestKey);
  const leg = executed.writes?.bankLeg;
  const debit = facts?.bankLegs.find((known) => known.legNo === 0);
  if (leg === undefined || debit === undefined) return executed;
  const answered = await authoriseRefund(deps, terminal, leg, debit);
  return answered ?? { ...executed, isReplay: false };
}
