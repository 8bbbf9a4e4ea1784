import type { Challenge } from '../../terminal-adapter/client/wire.ts';
import type { VirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { runClosedLoop } from './closed-loop.ts';
import type { Sale } from './crowd-sales.ts';

/** A whole HTTP request, ready for a socket. */
export type PreparedSale = { readonly request: Buffer; readonly hasBankLeg: boolean };

const CONNECTIONS = 64;
const PREPARE_MAX_MS = 300_000;

/** Finds the chip of a crowd member; its counter must rise from sale to sale. */
export type ChipOf = (sale: Sale) => VirtualCard;

/**
 * Gets a challenge for every sale and makes the requests.
 * @throws Error when a challenge was refused
 */
export async function prepareSales(
  sales: readonly Sale[],
  { url, chipOf }: { readonly url: string; readonly chipOf: ChipOf },
): Promise<PreparedSale[]> {
  const challenges: Challenge[] = [];
  let refusal = 'no answer';
  const result = await runClosedLoop({
    ...{ url, connections: CONNECTIONS, durationMs: PREPARE_MAX_MS },
    requests: sales.map(({ counter, member, tender }) => counter.challengeRequest(member, tender)),
    onAnswer: (index, { status, body }) => {
      if (status === 201) challenges[index] = JSON.parse(body);
      else refusal = `${status} ${body}`;
    },
  });
  const prepared: PreparedSale[] = [];
  for (const [index, sale] of sales.entries()) {
    const challenge = challenges[index];
    if (challenge === undefined) {
      throw new Error(
        `a challenge was refused: ${refusal} (${result.answered} of ${sales.length} were answered)`,
      );
    }
    prepared.push(await makeSale(sale, challenge, chipOf));
  }
  return prepared;
}

/** The settlement request of a sale. */
export async function makeSale(
  sale: Sale,
  challenge: Challenge,
  chipOf: ChipOf,
): Promise<PreparedSale> {
  const { counter, member, tender } = sale;
  if (tender === 'cash') {
    return { request: counter.settleRequest(member, challenge), hasBankLeg: false };
  }
  const request = await counter.debitRequest(member, chipOf(sale), challenge);
  return { request, hasBankLeg: true };
}
