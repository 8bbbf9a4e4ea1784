import { packById } from '../../../engine/domain/settlement/policy.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import { approved } from '../../../engine/flows/flow-answer.ts';
import { renderFlowAnswer } from '../../../engine/http/render-flow-answer.ts';
import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { MemoryStore } from '../memory/memory-store.ts';
import { policy } from './builders.ts';

/** A settlement as an enquiry answers it, JSON text. */
export function readSettlement(store: MemoryStore, settlement: Settlement): string {
  const pack = packById(policy, settlement.packId);
  const explained = { pack, split: explainBill(pack, settlement.input) };
  const isOwn = (of: { readonly settlementId: string }) => of.settlementId === settlement.id;
  const { body } = renderFlowAnswer({
    ...{ ...approved, kind: 'settlement-view', settlement, explained, legs: [] },
    refunds: [...store.refunds.values()].filter(isOwn),
    corrections: [...store.corrections.values()].filter(isOwn),
    claim: store.claims.get(settlement.id),
    reason: undefined,
  });
  return body;
}
