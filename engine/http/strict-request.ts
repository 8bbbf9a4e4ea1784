/**
 * Form of every request: no compressed body, no repeated header, JSON in UTF-8 only. Bodies stay raw bytes;
 * `readJsonBody` parses them after their signature was verified.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { sendProblem } from './problem.ts';
import { parseStrictJson } from './strict-json.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as received; empty when there is none. */
    rawBody: Uint8Array;
  }
}

/** Headers that may occur once: two parsers could each use another copy. The value is the header's bit. */
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
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const bit = singleHeaders.get((rawHeaders[index] ?? '').toLowerCase()) ?? 0;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

const JSON_TYPE = /^application\/json(; ?charset=utf-8)?$/i;

/** Why the headers are refused, or undefined. */
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

/** Installs these rules on the whole app. */
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
