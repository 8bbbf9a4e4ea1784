/**
 * Sends one request that may move money, and follows it until its outcome is known: journal first,
 * then send; while the outcome is open enquire by key, and send the same bytes again only when the
 * engine has them already or has never seen the key.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Certificate } from '../client/certificate.ts';
import type { EngineClient, TerminalClock } from '../client/engine-client.ts';
import type { EngineResult, Refusal } from '../client/engine-result.ts';
import { localRefusal } from '../client/local-refusal.ts';
import type { RequestJournal } from '../journal/request-journal.ts';
import { type Advice, adviceOf } from './advice.ts';
import { enquire } from './enquire.ts';
import { type OnProgress, tell } from './progress.ts';

export type Patience = {
  /** Enquiries before the cashier is told "unknown"; the journal keeps the key open. */
  readonly enquiriesMax: number;
  /** First wait, ms; doubles up to `waitMaxMs`. */
  readonly waitMs: number;
  readonly waitMaxMs: number;
};

export const counterPatience: Patience = { enquiriesMax: 8, waitMs: 500, waitMaxMs: 5_000 };

export type SubmitDeps = {
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly clock: TerminalClock;
  readonly onProgress?: OnProgress;
  /** Without it `counterPatience`. */
  readonly patience?: Patience;
  /** Without it a timer; a simulation has its own time. */
  readonly wait?: (ms: number) => Promise<void>;
};

type Deps = SubmitDeps & Required<Pick<SubmitDeps, 'patience' | 'wait'>>;

export type Submission<Body> = {
  /** See `PreparedRequest`. */
  readonly kind: 'sale' | 'refund';
  /** "12.34", for the journal. */
  readonly amount: string;
  readonly request: { readonly requestKey: string };
  readonly send: () => Promise<EngineResult<Body>>;
};

export type Submitted<Body> =
  | { readonly kind: 'approved'; readonly body: Body; readonly certificate: Certificate }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  /** `earlier`: the key had been used with other content, and that request was approved. */
  | { readonly kind: 'unknown'; readonly earlier?: EarlierUse };

export type EarlierUse = { readonly settlementId: string; readonly certificate: Certificate };

/** What the cashier is told while the outcome is open; `code` unless the key's earlier use is known. */
export function unknownAdvice(
  code: 'OUTCOME_UNKNOWN' | 'REFUND_OUTCOME_UNKNOWN',
  { earlier }: { readonly earlier?: EarlierUse },
): Advice & { readonly settlementId?: string } {
  if (earlier === undefined) return adviceOf(code);
  return { ...adviceOf('KEY_ALREADY_APPROVED'), settlementId: earlier.settlementId };
}

/**
 * Journals, sends and follows one request. `send` must send the same bytes each time it is called.
 */
export async function submit<Body>(
  given: SubmitDeps,
  submission: Submission<Body>,
): Promise<Submitted<Body>> {
  const deps: Deps = { patience: counterPatience, wait: (ms) => sleep(ms), ...given };
  const { journal, clock } = deps;
  const { requestKey } = submission.request;
  const bodySha256 = createHash('sha256').update(JSON.stringify(submission.request)).digest('hex');
  const { kind, amount } = submission;
  journal.prepare({ requestKey, kind, bodySha256, amount, at: clock.now() });
  journal.markSent(requestKey, clock.now());
  const first = await sendPatiently(deps, submission);
  if (first.kind === 'unreachable') {
    // Nothing of this try left the terminal, and the engine refused the tries before it as a whole.
    journal.finish(requestKey, { outcome: 'not-done', at: clock.now() });
    return { kind: 'declined', refusal: localRefusal('UNAVAILABLE') };
  }
  const submitted = isOpen(first)
    ? await follow(deps, submission, isKeyReused(first))
    : settled(first);
  record(deps, requestKey, submitted);
  return submitted;
}

/** A busy engine did nothing and asks for the same key again: it gets it, a few times. */
async function sendPatiently<Body>(
  deps: Deps,
  submission: Submission<Body>,
): Promise<EngineResult<Body>> {
  let result = await submission.send();
  for (let attempt = 0; attempt < BUSY_ATTEMPTS_MAX; attempt++) {
    if (result.kind !== 'declined' || isOpen(result)) return result;
    if (result.refusal.retry !== 'same-key') return result;
    tell(deps.onProgress, 'waiting');
    await deps.wait(deps.patience.waitMs);
    deps.journal.markSent(submission.request.requestKey, deps.clock.now());
    result = await submission.send();
  }
  return result;
}

const BUSY_ATTEMPTS_MAX = 3;

/**
 * An engine that calls a request stale did not look at its key: another engine, which started
 * earlier or whose clock differs, may have taken a copy of it.
 */
function isOpen<Body>(result: EngineResult<Body>): boolean {
  if (result.kind === 'declined') return result.code === 'REQUEST_STALE';
  return result.kind === 'unknown' || result.kind === 'unreachable';
}

function settled<Body>(result: EngineResult<Body>): Submitted<Body> {
  if (result.kind === 'approved') {
    return { kind: 'approved', body: result.body, certificate: result.certificate };
  }
  if (result.kind === 'declined') return { kind: 'declined', refusal: result.refusal };
  return { kind: 'unknown' };
}

/** The engine knows the key with other content: only an enquiry tells what became of it. */
function isKeyReused(result: EngineResult<unknown>): boolean {
  return result.kind === 'unknown' && result.refusal?.code === 'KEY_REUSED';
}

/**
 * Once one try had no certain end, the refusal of a repeat says nothing about the first try. From
 * here on only an enquiry declines, since the engine stored that outcome under our key; a repeat
 * can only approve. A key that was used with other content is enquired about and not sent again.
 */
async function follow<Body>(
  deps: Deps,
  submission: Submission<Body>,
  isFirstReused: boolean,
): Promise<Submitted<Body>> {
  const { patience, client, journal, clock } = deps;
  const { requestKey } = submission.request;
  let isReused = isFirstReused;
  let waitMs = patience.waitMs;
  for (let attempt = 0; attempt < patience.enquiriesMax; attempt++) {
    tell(deps.onProgress, 'enquiring');
    await deps.wait(waitMs);
    waitMs = Math.min(2 * waitMs, patience.waitMaxMs);
    const found = await enquire(client, requestKey);
    if (found.kind === 'declined') return { kind: 'declined', refusal: found.refusal };
    if (found.kind === 'approved' && isReused) {
      const { document, certificate } = found;
      return { kind: 'unknown', earlier: { settlementId: document.settlementId, certificate } };
    }
    if (found.kind === 'approved' || found.kind === 'absent') {
      // The same bytes fetch a stored approval as it was, and replace a request that was lost.
      journal.markSent(requestKey, clock.now());
      const again = await submission.send();
      if (again.kind === 'approved') return settled(again);
      isReused ||= isKeyReused(again);
    }
  }
  return { kind: 'unknown' };
}

function record<Body>(deps: Deps, requestKey: string, submitted: Submitted<Body>): void {
  const at = deps.clock.now();
  const approved = submitted.kind === 'unknown' ? submitted.earlier : submitted;
  if (approved !== undefined && 'certificate' in approved) {
    const { certificate } = approved;
    deps.journal.finish(requestKey, { outcome: 'approved', certificate, at });
  } else if (submitted.kind === 'declined') {
    deps.journal.finish(requestKey, { outcome: 'declined', code: submitted.refusal.code, at });
  }
}
