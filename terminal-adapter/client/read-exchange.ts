import type { AnswerKey } from '../../engine/contract/terminal.ts';
import { certify } from './certificate.ts';
import type { Refusal } from './engine-result.ts';
import { type EngineResult, readAnswer } from './engine-result.ts';
import type { Exchange } from './transport.ts';

/**
 * What an answer says, if all of it is in order.
 * @param requestSignature of the request that it must name
 * @param keysOf the keys of which one must have signed an answer with this body
 */
export function readExchange<Body>(
  exchange: Extract<Exchange, { kind: 'answered' }>,
  requestSignature: string,
  keysOf: (body: string) => readonly AnswerKey[],
): EngineResult<Body> {
  const { headers, status, body } = exchange;
  const keys = keysOf(body);
  const received = {
    ...{ status, body, requestSignature },
    signatureInput: headers.get('signature-input'),
    signature: headers.get('signature'),
    contentDigest: headers.get('content-digest'),
  };
  const certificate = keys
    .map((key) => certify(received, key))
    .find((certified) => certified !== undefined);
  if (certificate !== undefined) {
    return readAnswer(certificate, headers.get('idempotent-replay') === 'true');
  }
  // Before the first sign-in no key is known; a refusal to sign in moves no money, so it is accepted.
  return keys.length === 0 && status === 401
    ? unsignedRefusal(body)
    : { kind: 'unknown', refusal: undefined };
}

function unsignedRefusal(text: string): EngineResult<never> {
  try {
    const refusal: Refusal = JSON.parse(text);
    return { kind: 'declined', code: String(refusal.code), refusal, certificate: undefined };
  } catch {
    return { kind: 'unknown', refusal: undefined };
  }
}
