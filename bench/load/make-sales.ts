import { setTimeout as sleep } from 'node:timers/promises';
import type { ChallengeDocument } from '../../engine/contract/challenge.ts';
import type { VirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { runClosedLoop } from './closed-loop.ts';
import type { Sale } from './settlement-source.ts';

/** A whole HTTP request, ready for a socket. */
export type PreparedSale = { readonly request: Buffer; readonly hasBankLeg: boolean };

const CONNECTIONS = 64;
const PREPARE_MAX_MS = 300_000;
const ATTEMPTS_MAX = 4;
const PAUSE_MS = 1_000;

/** Finds the chip of a population member; its counter must rise from sale to sale. */
export type ChipOf = (sale: Sale) => VirtualCard;

/**
 * Gets a challenge for every sale and makes the requests.
 * @throws Error when a challenge was refused again and again
 */
export async function prepareSales(
  sales: readonly Sale[],
  { url, chipOf }: { readonly url: string; readonly chipOf: ChipOf },
): Promise<PreparedSale[]> {
  const challenges = await askForChallenges(sales, url);
  const prepared: PreparedSale[] = [];
  for (const [index, sale] of sales.entries()) {
    const challenge = challenges.get(index);
    if (challenge === undefined) throw new Error('every sale has its challenge');
    prepared.push(await makeSale(sale, challenge, chipOf));
  }
  return prepared;
}

/** Asks again for challenges that were refused: an engine may still be overloaded from the part before. */
async function askForChallenges(
  sales: readonly Sale[],
  url: string,
): Promise<ReadonlyMap<number, ChallengeDocument>> {
  const challenges = new Map<number, ChallengeDocument>();
  let refusal = 'no answer';
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const missing = [...sales.keys()].filter((index) => !challenges.has(index));
    if (missing.length === 0) return challenges;
    if (attempt > 1) await sleep(PAUSE_MS);
    await runClosedLoop({
      ...{ url, connections: CONNECTIONS, durationMs: PREPARE_MAX_MS },
      requests: missing.flatMap((index) => {
        const sale = sales[index];
        return sale === undefined ? [] : [sale.counter.challengeRequest(sale.member, sale.tender)];
      }),
      onAnswer: (at, { status, body }) => {
        const index = missing[at];
        if (status === 201 && index !== undefined) challenges.set(index, JSON.parse(body));
        else refusal = `${status} ${body}`;
      },
    });
  }
  if (challenges.size === sales.length) return challenges;
  throw new Error(`${sales.length - challenges.size} challenges were refused: ${refusal}`);
}

/** The settlement request of a sale. */
export async function makeSale(
  sale: Sale,
  challenge: ChallengeDocument,
  chipOf: ChipOf,
): Promise<PreparedSale> {
  const { counter, member, tender } = sale;
  if (tender === 'cash') {
    return { request: counter.settleRequest(member, challenge), hasBankLeg: false };
  }
  const request = await counter.debitRequest(member, chipOf(sale), challenge);
  return { request, hasBankLeg: true };
}
