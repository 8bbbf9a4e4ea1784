/**
 * The bank's notices on their way to the office: in order per card, each repeated until it is answered.
 */
import { hash, randomBytes } from 'node:crypto';
import type { PeerSigner } from '../../base/signatures/peer-signature.ts';
import { isAnswerAuthentic, signRequest } from '../../base/signatures/peer-signature.ts';
import type { Books } from '../bank-host/books.ts';
import type { BankNotice, ReviewFile } from './card-books.ts';
import type { ServiceFaults } from './service-faults.ts';

export type OfficeLink = {
  /** The engine's base address. */
  readonly url: string;
  /** The key of its answers. */
  readonly keyId: string;
  readonly publicKey: string;
};

export type NoticeDeps = {
  readonly books: Books;
  readonly signer: PeerSigner;
  readonly link: OfficeLink;
  readonly faults: ServiceFaults;
  /** Seconds since the epoch. */
  readonly created: () => number;
};

const TIMEOUT_MS = 5_000;
const NOTICES_MAX = 50;

/** Says what waits, once: review files first, then the next notice of each card. */
export async function sendNotices(deps: NoticeDeps): Promise<void> {
  for (const file of deps.books.waitingReviewFiles()) await sendFile(deps, file);
  const notices = deps.books.nextNotices(NOTICES_MAX).filter(({ fileNo }) => fileNo === undefined);
  for (const notice of notices) await sendNotice(deps, notice);
}

async function sendFile(deps: NoticeDeps, { fileNo, batchNo, body }: ReviewFile): Promise<void> {
  const count = (JSON.parse(body) as unknown[]).length;
  const head = JSON.stringify({ fileNo, batchNo, count, sha256: hash('sha256', body, 'hex') });
  // The hash is over these very bytes of the rows.
  const text = `${head.slice(0, -1)},"rows":${body}}`;
  const answer = await putToOffice(deps, `/v1/bank/review-files/${fileNo}`, text);
  if (answer.kind === 'unanswered') return;
  deps.books.transaction(() => deps.books.setReviewAnswer(fileNo, stateOf(answer), answer.text));
}

async function sendNotice(deps: NoticeDeps, notice: BankNotice): Promise<void> {
  const { books, faults } = deps;
  const path = `/v1/bank/cards/${notice.cardId}/notices/${notice.sequence}`;
  const fault = faults.next('notice');
  if (fault === 'notice-lost') return;
  if (fault === 'notice-overtaken') {
    const next = books.noticesOf(notice.cardId).find(({ sequence }) => sequence > notice.sequence);
    if (next !== undefined) {
      await putToOffice(
        deps,
        `/v1/bank/cards/${notice.cardId}/notices/${next.sequence}`,
        next.body,
      );
    }
  }
  if (fault === 'notice-doubled') await putToOffice(deps, path, notice.body);
  if (fault === 'notice-contradicted') {
    const other = JSON.stringify({ ...JSON.parse(notice.body), kind: 'destroyed' });
    await putToOffice(deps, path, other);
  }
  const answer = await putToOffice(deps, path, notice.body);
  if (answer.kind === 'unanswered') return;
  books.transaction(() => {
    if (answer.kind !== 'expects') {
      books.setNoticeAnswer(notice, stateOf(answer), answer.text);
      return;
    }
    for (const other of books.noticesOf(notice.cardId)) {
      if (other.sequence >= answer.sequence) books.setNoticeAnswer(other, 'waiting', '');
    }
  });
}

type OfficeAnswer =
  | { readonly kind: 'taken' | 'refused'; readonly text: string }
  | { readonly kind: 'expects'; readonly sequence: number; readonly text: string }
  | { readonly kind: 'unanswered' };

function stateOf({ kind }: OfficeAnswer): 'taken' | 'refused' {
  return kind === 'taken' ? 'taken' : 'refused';
}

/** Sends it once. Anything but an authentic final answer leaves it to be sent again. */
async function putToOffice(deps: NoticeDeps, path: string, text: string): Promise<OfficeAnswer> {
  const { signer, link } = deps;
  const body = Buffer.from(text);
  const when = { created: deps.created(), nonce: randomBytes(18).toString('base64url') };
  const signed = await signRequest({ method: 'PUT', path, query: '', body }, signer, when);
  try {
    const response = await fetch(`${link.url}${path}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json', ...signed.headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isAuthentic = isAnswerAuthentic({
      ...{ status: response.status, body: bytes, requestSignature: signed.signature },
      ...{ keyId: link.keyId, publicKey: link.publicKey },
      header: (name) => response.headers.get(name) ?? undefined,
    });
    return isAuthentic ? readAnswer(response.status, bytes.toString()) : { kind: 'unanswered' };
  } catch {
    return { kind: 'unanswered' };
  }
}

/** Refusals that a repetition would get again. */
const finalStatuses: ReadonlySet<number> = new Set([400, 404, 409, 422]);

function readAnswer(status: number, text: string): OfficeAnswer {
  const answer = JSON.parse(text) as { readonly outcome?: string; readonly sequence?: number };
  if (status === 200 && answer.outcome === 'taken') return { kind: 'taken', text };
  if (status === 200 && answer.outcome === 'expects') {
    return { kind: 'expects', sequence: answer.sequence ?? 1, text };
  }
  return finalStatuses.has(status) ? { kind: 'refused', text } : { kind: 'unanswered' };
}
