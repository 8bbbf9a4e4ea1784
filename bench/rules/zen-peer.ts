import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine';
import type { PlainBill, PlainSplit } from './plain-bill.ts';
import type { PlainPolicy } from './plain-policy.ts';
import { zenGraph } from './zen-graph.ts';

/** What the decision answers: the fields of a plain split, the payers' shares as paid0, paid1 … */
type ZenAnswer = Omit<PlainSplit, 'paid'> & { readonly [payer: `paid${number}`]: number };

export type ZenPeer = {
  readonly split: (bill: PlainBill) => Promise<ZenAnswer>;
  /** For the comparison, outside the measured time. */
  readonly read: (answer: ZenAnswer) => PlainSplit;
  readonly close: () => void;
};

/**
 * A zen-engine that computes the whole split by expressions in exact decimals. It was given: content
 * compiled ahead and one decision made once, no trace, rows instead of objects for the lines, and no
 * function node (its JavaScript interpreter is slow).
 */
export function createZenPeer(policy: PlainPolicy): ZenPeer {
  const engine = new ZenEngine();
  const content = new ZenDecisionContent(Buffer.from(JSON.stringify(zenGraph(policy))));
  const decision = engine.createDecision(content);
  return {
    split: async (bill) => {
      const { result } = await decision.evaluate(bill);
      return result;
    },
    read: (answer) => {
      const { total, fullOwnPay, overLimit, priorSelfPay, inScope, deductible } = answer;
      const { accountPay, familyPay, patientPay, lines } = answer;
      return {
        ...{ total, fullOwnPay, overLimit, priorSelfPay, inScope, deductible },
        ...{ accountPay, familyPay, patientPay, lines },
        paid: policy.payers.map((_, index) => answer[`paid${index}`] ?? 0),
      };
    },
    close: () => engine.dispose(),
  };
}
