/** Verifies that a request is of a bank on record, and signs the answer for it. */
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readRequestSignature } from '../../base/signatures/peer-signature.ts';
import { contentDigestOf } from '../../base/signatures/signature-base.ts';
import type { CardBank } from '../../ports/card-messages.ts';
import type { Clock } from '../../ports/environment.ts';
import { sendProblem } from '../problem.ts';
import type { OnRefused } from '../refusals.ts';
import type { App } from '../scope.ts';
import type { SignAnswer } from './answer-signer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set after the bank's signature was verified. */
    bank: CardBank | undefined;
    /** The signature (base64) to which the answer is bound. */
    bankSignature: string | undefined;
  }
}

export type BankAuthDeps = {
  readonly findBank: (code: string) => Promise<CardBank | undefined>;
  readonly sign: SignAnswer;
  readonly clock: Clock;
  readonly onRefused: OnRefused;
};

/**
 * A copy of a notice changes nothing, so time is only a bound on how long a stolen request could be
 * shown, s.
 */
const AGE_MAX_S = 300;

/** Installs the signing of answers on the scope. @returns the hook that authenticates its routes */
export function registerBankAuth(app: App, deps: BankAuthDeps) {
  app.decorateRequest('bank', undefined);
  app.decorateRequest('bankSignature', undefined);
  app.addHook('onSend', async (request, reply, payload) => {
    const { bankSignature } = request;
    if (bankSignature === undefined || typeof payload !== 'string') return payload;
    const bytes = Buffer.from(payload);
    const signed = await deps.sign({
      status: reply.statusCode,
      contentDigest: contentDigestOf(hash('sha256', bytes, 'base64')),
      requestSignature: bankSignature,
      accepts: undefined,
    });
    reply.headers(signed);
    return bytes;
  });
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const of = { path: request.raw.url ?? '', query: '', body: request.rawBody };
    const read = readRequestSignature({ ...of, method: request.method }, (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    });
    const bank = read === undefined ? undefined : await deps.findBank(read.keyId);
    const ageS = Math.abs(deps.clock.now() / 1_000 - (read?.created ?? 0));
    const isGood = bank?.isEnabled && read?.isSignedBy(bank.publicKey) && ageS <= AGE_MAX_S;
    if (!isGood) {
      deps.onRefused({ reason: 'signature-invalid', address: request.ip });
      return sendProblem(reply, 'BANK_SIGNATURE_INVALID');
    }
    request.bank = bank;
    request.bankSignature = read?.signature;
    return undefined;
  };
}

/** The bank of an authenticated route. @throws Error when the route does not authenticate */
export function requireBank(request: FastifyRequest): CardBank {
  if (request.bank === undefined) throw new Error('the route is not authenticated');
  return request.bank;
}
