import type { BankLeg } from '../../../engine/domain/leg/bank-leg.ts';
import { isDue } from '../../../engine/domain/leg/leg.ts';
import type { BankLegReads } from '../../../engine/ports/bank-legs.ts';
import type { Store } from '../../../engine/ports/store.ts';
import type { MemoryStore } from './memory-store.ts';

type Port = Omit<Store, 'execute' | 'nextTrace'> & Pick<BankLegReads, 'legsOfTrace'>;

type Reads = {
  readonly [Name in keyof Port]: (
    ...args: Parameters<Port[Name]>
  ) => Awaited<ReturnType<Port[Name]>>;
};

/** The reads of the store port over the rows in memory, at once and without faults. */
export function readsOf(memory: MemoryStore): Reads {
  return {
    findCardOwner: (cardId) => memory.cards.get(cardId)?.key,
    readFacts: (query) => memory.read({ ...query, settlementId: undefined, request: undefined }),
    readSettlement: (id, more) => memory.factsOfSettlement(id, more),
    findRequests: (terminalId, requestKey) =>
      [...memory.requests.values()].filter(
        (record) => record.terminalId === terminalId && record.requestKey === requestKey,
      ),
    dueBankLegs: (at, limit) =>
      [...memory.bankLegs.values()]
        .filter(({ nextAttemptAt }) => isDue(nextAttemptAt, at))
        .toSorted((a, b) => placeOf(a, at) - placeOf(b, at))
        .slice(0, limit),
    hasOtherLeg: ({ bankTerminalId, settlementId, legNo }, { rrn, hostTime }) =>
      [...memory.bankLegs.values()].some(
        (leg) =>
          leg.bankTerminalId === bankTerminalId &&
          leg.rrn === rrn &&
          leg.hostTime === hostTime &&
          (leg.settlementId !== settlementId || leg.legNo !== legNo),
      ),
    legsOfTrace: ({ terminalId, merchantId, stan, batch }) =>
      [...memory.bankLegs.values()].filter(
        (leg) =>
          leg.bankTerminalId === terminalId &&
          leg.bankMerchantId === (merchantId ?? leg.bankMerchantId) &&
          leg.stan === stan &&
          leg.batch === (batch ?? leg.batch),
      ),
  };
}

/** In the queue of due legs: those put off too far come first. */
function placeOf({ nextAttemptAt = 0 }: BankLeg, at: number): number {
  return nextAttemptAt <= at ? nextAttemptAt : nextAttemptAt - Number.MAX_SAFE_INTEGER;
}
