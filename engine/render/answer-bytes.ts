import type { RenderedAnswer } from '../domain/request/request-record.ts';

const encoded = new WeakMap<RenderedAnswer, Uint8Array>();

/** An answer's body as UTF-8, encoded once for storing, signing and sending. Callers must not change it. */
export function answerBytes(answer: RenderedAnswer): Uint8Array {
  const known = encoded.get(answer);
  if (known !== undefined) return known;
  const bytes = Buffer.from(answer.body);
  encoded.set(answer, bytes);
  return bytes;
}
