/**
 * What every request must look like before anybody reads it: no compressed body, no header twice,
 * JSON only and in UTF-8. Bodies stay raw bytes here; `readJsonBody` turns them into values after
 * the signature over those bytes was verified.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { sendProblem } from './problem.ts';
import { parseStrictJson } from './strict-json.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body exactly as it was received; empty when there is none. */
    rawBody: Uint8Array;
  }
}

/** Two of these and two readers may each believe another one. Each has a bit of its own. */
const singleHeaders = new Map(
  [
    'accept-signature',
    'content-digest',
    'content-encoding',
    'content-length',
    'content-type',
    'host',
    'signature',
    'signature-input',
    'transfer-encoding',
  ].map((name, index) => [name, 1 << index]),
);

function hasDuplicateHeader(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const bit = singleHeaders.get((rawHeaders[at] ?? '').toLowerCase()) ?? 0;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

const JSON_TYPE = /^application\/json(; ?charset=utf-8)?$/i;

/** Why the headers are not acceptable, or undefined. */
function objectionToHeaders(request: FastifyRequest): string | undefined {
  const type = request.headers['content-type'];
  if (hasDuplicateHeader(request.raw.rawHeaders)) return 'a header is repeated';
  if (request.headers['content-encoding'] !== undefined) return 'compressed bodies are not taken';
  if (type !== undefined && !JSON_TYPE.test(type))
    return 'the content type must be application/json';
  return undefined;
}

const NO_BODY = new Uint8Array();

function refuseOddHeaders(request: FastifyRequest, reply: FastifyReply, done: () => void) {
  request.rawBody = NO_BODY;
  const detail = objectionToHeaders(request);
  if (detail === undefined) done();
  else sendProblem(reply, 'REQUEST_INVALID', { detail });
}

/** Installs the rules on the whole app. */
export function registerStrictRequest(app: FastifyInstance): void {
  app.decorateRequest('rawBody');
  app.addHook('onRequest', refuseOddHeaders);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, raw, done) => {
    if (typeof raw !== 'string') request.rawBody = raw;
    done(null, undefined);
  });
}

/** preValidation hook for routes with a body: REQUEST_INVALID unless the bytes are strict JSON. */
export function readJsonBody(request: FastifyRequest, reply: FastifyReply, done: () => void) {
  request.body = parseStrictJson(request.rawBody);
  if (request.body !== undefined) done();
  else sendProblem(reply, 'REQUEST_INVALID', { detail: 'the body is not strict JSON' });
}
