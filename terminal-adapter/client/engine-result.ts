import type { Problem } from '../../engine/contract/problem.ts';
import type { Certificate } from './certificate.ts';

/**
 * Why something was refused or is not known yet: an RFC 9457 problem, or the code and advice of an unknown
 * outcome. Only the code is sure to be there, and it may be one that this terminal does not know.
 */
export type Refusal = { readonly code: string } & Readonly<Partial<Omit<Problem, 'code'>>>;

/** What a call to the engine came to. Only a signed answer can be approved or declined. */
export type EngineResult<Body> =
  | {
      readonly kind: 'approved';
      readonly body: Body;
      readonly certificate: Certificate;
      /** The engine had answered this key and these bytes before. */
      readonly isReplay: boolean;
    }
  | {
      readonly kind: 'declined';
      readonly code: string;
      readonly refusal: Refusal;
      readonly certificate: Certificate | undefined;
    }
  /**
   * Money may have moved. Enquire; never send a new request, never tell the holder "declined".
   * `refusal`: the engine itself said so; undefined: no answer, or one without a valid signature.
   */
  | { readonly kind: 'unknown'; readonly refusal: Refusal | undefined }
  | { readonly kind: 'unreachable' };

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads a certified answer. REQUEST_REPLAYED counts as unknown: a copy of the request arrived before
 * this one, and the answer to that copy may have been an approval.
 */
export function readAnswer<Body>(certificate: Certificate, isReplay: boolean): EngineResult<Body> {
  const body = parse(certificate.body);
  if (!isObject(body)) return { kind: 'unknown', refusal: undefined };
  const code = typeof body['code'] === 'string' ? body['code'] : '';
  const refusal: Refusal = { ...body, code };
  const { status } = certificate;
  if (status === 202 || body['outcome'] === 'unknown') return { kind: 'unknown', refusal };
  if (status === 200 || status === 201) {
    if (body['outcome'] === 'declined') return { kind: 'declined', code, refusal, certificate };
    return { kind: 'approved', body: body as Body, certificate, isReplay };
  }
  const isCertain = status >= 400 && refusal.moneyEffect === 'none' && code !== 'REQUEST_REPLAYED';
  if (!isCertain) return { kind: 'unknown', refusal };
  return { kind: 'declined', code, refusal, certificate };
}
