import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { httpStatusOf } from '../../base/errors/error-registry.ts';
import { problemBody } from '../../base/errors/problem.ts';
import { contentDigestOf, parseSignatureHeader } from '../../base/signatures/signature-base.ts';
import type { SignAnswer } from '../auth/answer-signer.ts';
import { PROBLEM_TYPE } from '../problem.ts';
import type { LoadLimiter } from './load-limiter.ts';

/** Paths whose POST begins something. All else ends it or looks it up, and passes freely. */
const BEGINNINGS = new Set(['/v1/settlements', '/v1/challenges', '/v1/quotes']);

const BUSY = Buffer.from(JSON.stringify(problemBody('BUSY')));
const BUSY_DIGEST = contentDigestOf(hash('sha256', BUSY, 'base64'));
const BUSY_STATUS = httpStatusOf('BUSY');
/** Whoever waits at the door has entered long before this. */
const BUSY_HEADERS = {
  'content-type': PROBLEM_TYPE,
  'content-length': BUSY.length,
  'retry-after': '1',
};

/**
 * Lets requests that begin something pass the door to `serve`, or answers BUSY before a byte of the body
 * was read. It stands before the framework, because a refusal must cost next to nothing: while all who
 * come ask for twice what can be done, the time for refusals is taken from those who are served.
 */
export function refuseOverload(
  serve: RequestListener,
  door: LoadLimiter,
  sign: SignAnswer,
): RequestListener {
  return (request, response) => {
    if (request.method !== 'POST' || !BEGINNINGS.has(request.url ?? '')) {
      serve(request, response);
      return;
    }
    const enter = () => {
      // Who hung up while waiting hears no answer; nothing was begun for them.
      if (response.destroyed) return door.leave();
      response.once('close', door.leave);
      serve(request, response);
    };
    if (!door.pass(enter)) refuse(request, response, sign);
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
    // A key that cannot sign lets no answer out: to the terminal an unknown outcome.
    () => request.destroy(),
  );
}
