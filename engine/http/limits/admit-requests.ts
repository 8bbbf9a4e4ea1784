import { hash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { httpStatusOf } from '../../base/errors/error-registry.ts';
import { problemBody } from '../../base/errors/problem.ts';
import { contentDigestOf, parseSignatureHeader } from '../../base/signatures/signature-base.ts';
import type { SignAnswer } from '../auth/answer-signer.ts';
import { PROBLEM_TYPE } from '../problem.ts';
import type { OnRefused } from '../refusals.ts';
import type { Connections } from './connections.ts';
import type { LoadLimiter } from './load-limiter.ts';
import { receiveBody } from './request-body.ts';

export type AdmissionDeps = {
  readonly connections: Connections;
  readonly limiter: LoadLimiter;
  readonly sign: SignAnswer;
  readonly onRefused: OnRefused;
  readonly bodyBytesMax: number;
};

/** A POST to these paths starts work and may be refused. Refunds and enquiries finish work and may not. */
const LIMITED_PATHS = new Set(['/v1/settlements', '/v1/challenges', '/v1/quotes']);

/**
 * The framework knows a route also in other spellings: with escapes, behind the scheme and host, before a
 * fragment.
 */
const PLAIN_PATH = /^\/[A-Za-z0-9/_.-]*$/;

/** Does this request begin something, so that it may be told to come later? A path in an odd spelling counts. */
export function startsWork({ method, url = '' }: IncomingMessage): boolean {
  if (method !== 'POST') return false;
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  return LIMITED_PATHS.has(path) || !PLAIN_PATH.test(path);
}

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
 * Reads a request whole before it takes any place, so that one which never ends costs its sender a
 * connection and nobody else a place. Then gives it to the load limiter if it starts work. Under overload it
 * is refused at its head: refusals must be cheap, since their time is taken from accepted requests.
 */
export function admitRequests(serve: RequestListener, deps: AdmissionDeps): RequestListener {
  const { connections, limiter, bodyBytesMax: bytesMax } = deps;
  return (request, response) => {
    const isLimited = startsWork(request);
    if (isLimited && limiter.isFull()) {
      refuse(request, response, deps);
      return;
    }
    const watch = connections.beginRequest(request.socket, response);
    receiveBody(request, { bytesMax, onBytes: watch.receivedBytes }, () => {
      watch.received();
      response.once('close', watch.answered);
      if (!isLimited) return serve(request, response);
      const start = () => {
        // The client hung up while the request was queued: nothing was done for it.
        if (response.destroyed) return limiter.done();
        response.once('close', limiter.done);
        serve(request, response);
      };
      if (!limiter.submit(start)) refuse(request, response, deps);
    });
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, deps: AdmissionDeps): void {
  deps.onRefused({ reason: 'busy', address: request.socket.remoteAddress });
  const { signature, 'accept-signature': accepts } = request.headers;
  const requestSignature =
    typeof signature === 'string' ? parseSignatureHeader(signature) : undefined;
  if (requestSignature === undefined) {
    response.writeHead(BUSY_STATUS, BUSY_HEADERS).end(BUSY);
    return;
  }
  deps.sign({ status: BUSY_STATUS, contentDigest: BUSY_DIGEST, requestSignature, accepts }).then(
    (signed) => response.writeHead(BUSY_STATUS, { ...BUSY_HEADERS, ...signed }).end(BUSY),
    // An answer is never sent unsigned; the terminal sees an unknown outcome.
    () => request.destroy(),
  );
}
