/** Waits for a card, works with it, and gives it back. */
import { type Stopped, stopped } from '../agent/advice.ts';
import { type CounterCard, openCounterCard } from '../agent/counter-card.ts';
import { type OnProgress, tell } from '../agent/progress.ts';
import type { TerminalClock } from '../client/engine-client.ts';
import { type CardConnection, type Reader, ReaderError } from '../readers/reader.ts';

export type CardDeps = {
  readonly reader: Reader;
  readonly clock: TerminalClock;
  /** See `CounterCardOptions`. */
  readonly serial: string;
  readonly insertTimeoutMs: number;
  readonly removalTimeoutMs: number;
  readonly onProgress?: OnProgress;
};

/**
 * What `work` does with the card in the reader, or why there is no card to work with. The card is
 * powered down at the end, also when `work` throws.
 */
export async function useCard<Outcome>(
  deps: CardDeps,
  work: (card: CounterCard) => Promise<Outcome>,
): Promise<Outcome | Stopped> {
  const { reader, clock, serial, removalTimeoutMs, onProgress } = deps;
  const connection = await connect(deps);
  if ('kind' in connection) return connection;
  try {
    const traceNumber = traceNumberAt(clock.now());
    return await work(openCounterCard({ connection, clock, serial, traceNumber }));
  } finally {
    await connection.disconnect();
    tell(onProgress, 'remove-card');
    if (removalTimeoutMs > 0) await reader.waitForRemoval(removalTimeoutMs);
  }
}

async function connect({
  reader,
  insertTimeoutMs,
  onProgress,
}: CardDeps): Promise<CardConnection | Stopped> {
  if (!(await reader.waitForCard(0))) {
    tell(onProgress, 'insert-card');
    if (!(await reader.waitForCard(insertTimeoutMs))) return stopped('card', 'NO_CARD');
  }
  try {
    return await reader.connect();
  } catch (error) {
    if (error instanceof ReaderError) return stopped('card', error.code);
    throw error;
  }
}

/** Counts seconds, so it rises from one debit to the next; eight digits (tag 9F41). */
function traceNumberAt(now: number): number {
  return (Math.floor(now / 1000) % 99_999_999) + 1;
}
