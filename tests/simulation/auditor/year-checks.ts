/**
 * The accumulators of a year, the corrections of later bills and what persons owe by them, reckoned from the
 * rows. Written from the laws and not from the engine's code.
 */
import { type Fen, fen } from '../../../engine/base/money/fen.ts';
import { packById } from '../../../engine/domain/settlement/policy.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Split } from '../../../rules/model/split.ts';
import { policy } from '../../support/domain/builders.ts';
import type { MemoryStore } from '../../support/memory/memory-store.ts';
import type { Holder } from '../world/people.ts';
import type { Plan } from '../world/plan.ts';
import type { Audited } from './moment-checks.ts';

/** What a year is reckoned from. */
type Year = Audited & {
  readonly holders: readonly Holder[];
  readonly plan: Pick<Plan, 'refundOrder'>;
};

type Bill = {
  readonly settlement: Settlement;
  /** Of its remaining lines, as it was last split. */
  readonly input: SplitInput;
  readonly split: Split;
};

/** The totals of the year are what the rules say of the bills that stand, without lines that went back. */
export function checkYear(ends: Year, personNo: string): void {
  const { memory, findings, plan, holders } = ends;
  const bills = standingBills(memory, personNo);
  const holder = holders.find(({ person }) => person.key.personNo === personNo);
  const opening = new Map(holder?.counted ?? []);
  const totals = new Map(opening);
  for (const { split } of bills) addTo(totals, split);
  for (const { key, amounts, heldBy } of memory.accumulators.values()) {
    if (key.personNo !== personNo) continue;
    if (heldBy !== undefined) findings.add('broken', 'a refund holds an accumulator for ever');
    for (const [name, amount] of amounts)
      if (amount !== (totals.get(name) ?? 0n))
        findings.add('broken', `accumulator ${name} is not the sum of what stands`);
  }
  // A sale that was counted and then released by the bank leaves the later bills as they are, too.
  const isReleased = [...memory.settlements.values()].some(
    ({ key, state }) => key.personNo === personNo && state === 'released',
  );
  if (plan.refundOrder !== 'keep' && !isReleased) checkInOrder(ends, bills, opening);
}

/** Where later bills do not simply stand, each is split on what stands before it, and on nothing else. */
function checkInOrder({ findings }: Year, bills: readonly Bill[], opening: Sums): void {
  const before = new Map(opening);
  for (const { settlement, input } of bills) {
    const pack = packById(policy, settlement.packId);
    const asIfAlone = splitBill(pack, {
      ...input,
      accumulators: before,
    });
    if (asIfAlone.fundTotal !== settlement.amounts.fundTotal)
      findings.add('broken', 'a later bill stands on what went back');
    addTo(before, asIfAlone);
  }
}

type Sums = ReadonlyMap<string, Fen>;

function addTo(sums: Map<string, Fen>, { accumulatorChanges }: Split): void {
  for (const [name, change] of accumulatorChanges)
    sums.set(name, fen((sums.get(name) ?? 0n) + change));
}

function standingBills(memory: MemoryStore, personNo: string): readonly Bill[] {
  return [...memory.settlements.values()]
    .filter(({ key, state }) => key.personNo === personNo && state === 'posted')
    .toSorted((a, b) => a.accumulatorNo - b.accumulatorNo)
    .map((settlement) => {
      const gone = new Set(settlement.refundedLines);
      const lines = settlement.input.lines.filter(({ lineNo }) => !gone.has(lineNo));
      const last = [...memory.corrections.values()]
        .filter(({ settlementId }) => settlementId === settlement.id)
        .toSorted((a, b) => b.correctionNo - a.correctionNo)[0];
      const base = last && {
        accumulators: last.accumulators,
        accountAvailable: last.accountAvailable,
      };
      const input = { ...settlement.input, ...base, lines };
      return { settlement, input, split: splitBill(packById(policy, settlement.packId), input) };
    });
}

/** What persons owe is what corrections say, less what refunds took of it; the ledger says the same. */
export function checkClaims({ memory, findings }: Year): void {
  let open = 0n;
  for (const { id } of memory.settlements.values()) {
    const owed = memory.claims.get(id)?.owed ?? 0n;
    open += owed - (memory.claims.get(id)?.paid ?? 0n);
    if (owed !== owedFor(memory, id))
      findings.add('broken', 'a claim is not what its corrections and refunds say');
  }
  let booked = 0n;
  for (const { entries } of memory.postings.values())
    for (const { account, amount } of entries)
      if (account.startsWith('person-claim:')) booked += amount;
  if (booked !== -open)
    findings.add('broken', `the ledger has claims of ${-booked}, our rows ${open}`);
}

/** What the person owes for a settlement, reckoned from its corrections and refunds. */
export function owedFor(memory: MemoryStore, id: Settlement['id']): bigint {
  let owed = 0n;
  for (const { settlementId, before, amounts } of memory.corrections.values())
    if (settlementId === id) owed += amounts.patientPay - before.patientPay;
  for (const { settlementId, state, claimPay } of memory.refunds.values())
    if (settlementId === id && state === 'done') owed -= claimPay;
  return owed;
}
