/**
 * Form of every request: no compressed body, no repeated header, no query that nobody reads, JSON in UTF-8
 * only. Bodies stay raw bytes; `readJsonBody` parses them after their signature was verified.
 */
import { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { parseStrictJson } from '../base/json/strict-json.ts';
import { receiveBody } from './limits/request-body.ts';
import { sendProblem } from './problem.ts';

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

/** Why the head of the request is refused, or undefined. */
function objectionToHead(request: FastifyRequest): string | undefined {
  const type = request.headers['content-type'];
  if (hasDuplicateHeader(request.raw.rawHeaders)) return 'a header is repeated';
  if (request.headers['content-encoding'] !== undefined) return 'compressed bodies are not taken';
  const isTyped = type === undefined ? request.method !== 'POST' : JSON_TYPE.test(type);
  if (!isTyped && !request.is404) return 'the content type must be application/json';
  return hasNeedlessQuery(request) ? 'this path takes no query' : undefined;
}

/** A query that no route reads would only make one request look like another. */
function hasNeedlessQuery(request: FastifyRequest): boolean {
  if (request.raw.url?.includes('?') !== true || request.is404) return false;
  return request.routeOptions.schema?.querystring === undefined;
}

const NO_BODY = new Uint8Array();

function refuseOddHead(request: FastifyRequest, reply: FastifyReply, done: () => void) {
  request.rawBody = NO_BODY;
  const detail = objectionToHead(request);
  if (detail === undefined) done();
  else sendProblem(reply, 'REQUEST_INVALID', { detail });
}

/** Installs these rules on the whole app. */
export function registerStrictRequest(app: FastifyInstance, bytesMax: number): void {
  app.decorateRequest('rawBody');
  app.addHook('onRequest', refuseOddHead);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (request, _payload, done) => {
    receiveBody(request.raw, { bytesMax }, (body) => {
      if (body.kind === 'too-large') return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      request.rawBody = body.bytes;
      done(null, undefined);
    });
  });
}

/** preValidation hook for routes with a body: REQUEST_INVALID unless the bytes are strict JSON. */
export function readJsonBody(request: FastifyRequest, reply: FastifyReply, done: () => void) {
  request.body = parseStrictJson(request.rawBody);
  if (request.body !== undefined) done();
  else sendProblem(reply, 'REQUEST_INVALID', { detail: 'the body is not strict JSON' });
}
