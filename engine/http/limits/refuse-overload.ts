import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { httpStatusOf } from '../../base/errors/error-registry.ts';
import { problemBody } from '../../base/errors/problem.ts';
import { contentDigestOf, parseSignatureHeader } from '../../base/signatures/signature-base.ts';
import type { SignAnswer } from '../auth/answer-signer.ts';
import { PROBLEM_TYPE } from '../problem.ts';
import type { LoadLimiter } from './load-limiter.ts';

/** A POST to these paths starts work and may be refused. Refunds and enquiries finish work and may not. */
const LIMITED_PATHS = new Set(['/v1/settlements', '/v1/challenges', '/v1/quotes']);

const BUSY = Buffer.from(JSON.stringify(problemBody('BUSY')));
const BUSY_DIGEST = contentDigestOf(hash('sha256', BUSY, 'base64'));
const BUSY_STATUS = httpStatusOf('BUSY');
/** The client waits longer than any request in the queue. */
const BUSY_HEADERS = {
  'content-type': PROBLEM_TYPE,
  'content-length': BUSY.length,
  'retry-after': '1',
};

/**
 * Gives requests that start work to the load limiter, or answers BUSY before the body is read. It runs before
 * the framework because refusals must be cheap: under overload their time is taken from accepted requests.
 */
export function refuseOverload(
  serve: RequestListener,
  limiter: LoadLimiter,
  sign: SignAnswer,
): RequestListener {
  return (request, response) => {
    if (request.method !== 'POST' || !LIMITED_PATHS.has(request.url ?? '')) {
      serve(request, response);
      return;
    }
    const start = () => {
      // The client hung up while the request was queued: nothing was done for it.
      if (response.destroyed) return limiter.done();
      response.once('close', limiter.done);
      serve(request, response);
    };
    if (!limiter.submit(start)) refuse(request, response, sign);
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, sign: SignAnswer): void {
  const { signature, 'accept-signature': accepts } = request.headers;
  const requestSignature =
    typeof signature === 'string' ? parseSignatureHeader(signature) : undefined;
  if (requestSignature === undefined) {
    response.writeHead(BUSY_STATUS, BUSY_HEADERS).end(BUSY);
    return;
  }
  sign({ status: BUSY_STATUS, contentDigest: BUSY_DIGEST, requestSignature, accepts }).then(
    (signed) => response.writeHead(BUSY_STATUS, { ...BUSY_HEADERS, ...signed }).end(BUSY),
    // An answer is never sent unsigned; the terminal sees an unknown outcome.
    () => request.destroy(),
  );
}
