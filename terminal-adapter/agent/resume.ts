/**
 * Finds out what became of every request key that is still open, after a restart or an unknown
 * outcome. The bytes of the requests are gone, because they held PIN blocks, so this only enquires.
 */
import type { EngineClient, TerminalClock } from '../client/engine-client.ts';
import type { JournalEntry, JournalOutcome, RequestJournal } from '../journal/request-journal.ts';
import { type Enquiry, enquire } from './enquire.ts';
import { type OnProgress, tell } from './progress.ts';

/**
 * How long a sent request can still arrive, ms by the engine's clock: the engine accepts a signature
 * for 120 s and 10 s ahead of time; the rest is for its work on the request.
 */
export const DELIVERY_MS = 180_000;

export type Resumed = {
  /** As it was before this enquiry. */
  readonly entry: JournalEntry;
  /** What the engine answered, with the document of an approval or the words of a refusal. */
  readonly enquiry: Enquiry;
  /** Undefined: still open; ask again later. */
  readonly outcome: JournalOutcome | undefined;
};

/** Enquires once for each open key, oldest first, and records what is certain. */
export async function resume(deps: {
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly clock: Pick<TerminalClock, 'now'>;
  readonly onProgress?: OnProgress;
}): Promise<readonly Resumed[]> {
  const resumed: Resumed[] = [];
  for (const entry of deps.journal.unfinished()) {
    tell(deps.onProgress, 'enquiring');
    const enquiry = await enquire(deps.client, entry.requestKey);
    resumed.push({ entry, enquiry, outcome: conclude(deps, entry, enquiry) });
  }
  return resumed;
}

/** The outcome, recorded in the journal, if the engine's answer makes it certain. */
function conclude(
  { journal, clock }: Pick<Parameters<typeof resume>[0], 'journal' | 'clock'>,
  entry: JournalEntry,
  found: Enquiry,
): JournalOutcome | undefined {
  const { requestKey } = entry;
  const at = clock.now();
  if (found.kind === 'approved' || found.kind === 'declined') {
    const { kind: outcome, certificate } = found;
    const code = found.kind === 'declined' ? found.refusal.code : undefined;
    journal.finish(requestKey, { outcome, code, certificate, at });
    return outcome;
  }
  if (found.kind !== 'absent' || mayStillArrive(journal, entry, found.at)) return undefined;
  journal.finish(requestKey, { outcome: 'not-done', at });
  return 'not-done';
}

/**
 * "Never seen" is final only when no copy of the request can be under way any more. The terminal's
 * clock may have jumped, so only the time inside the engine's answers counts: from the first "never
 * seen" after the last copy was sent. An engine clock that was set back starts the count again.
 */
function mayStillArrive(journal: RequestJournal, entry: JournalEntry, engineTime: number): boolean {
  const { requestKey, state, absentSince } = entry;
  if (state === 'prepared') return false;
  if (absentSince === undefined || engineTime < absentSince) {
    journal.markAbsent(requestKey, engineTime);
    return true;
  }
  return engineTime - absentSince < DELIVERY_MS;
}
