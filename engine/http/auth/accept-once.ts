import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

import type { Reference } from '../../ports/reference.ts';
import { sendProblem } from '../problem.ts';
import type { OnRefused } from '../refusals.ts';
import type { HttpSettings } from '../settings.ts';
import { requireCaller } from './terminal-signature.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A repeated request to this route is harmless: it stores nothing. */
    readonly storesNothing?: true;
  }
}

export type OnceDeps = {
  readonly reference: Pick<Reference, 'acceptOnce'>;
  readonly settings: HttpSettings;
  readonly onRefused: OnRefused;
};

/** Engines' clocks differ by less, s; entries are kept that much longer than a request is good for. */
const CLOCKS_DIFFER_MAX_S = 60;

/**
 * Engines do not share their nonces. A copy of a request that goes to another engine is caught by its
 * request key; where a route changes something and takes none, all engines together accept a request once.
 * Routes that are added get this by themselves.
 */
export function registerAcceptOnce(app: FastifyInstance, deps: OnceDeps): void {
  const { reference, settings, onRefused } = deps;
  const acceptOnce = async (request: FastifyRequest, reply: FastifyReply) => {
    const { created, nonce } = request.signedAs ?? { created: 0, nonce: '' };
    const ageMax = Math.ceil(settings.signatureAgeMaxMs / 1_000) + CLOCKS_DIFFER_MAX_S;
    const once = { created, nonce, forgetBefore: created - ageMax };
    const { terminal } = requireCaller(request);
    const taken = await reference.acceptOnce(terminal.id, once);
    if (taken === 'new') return undefined;
    const reason = taken === 'full' ? 'busy-terminal' : 'replayed';
    onRefused({ reason, terminalId: terminal.id, address: request.ip });
    if (taken === 'full') reply.header('retry-after', '1');
    return sendProblem(reply, taken === 'full' ? 'BUSY' : 'REQUEST_REPLAYED');
  };
  app.addHook('onRoute', (route) => {
    if (!needsOnce(route)) return;
    route.preHandler = [acceptOnce, ...[route.preHandler ?? []].flat()];
  });
}

function needsOnce({ method, schema, config }: RouteOptions): boolean {
  if ([method].flat().every((name) => name === 'GET')) return false;
  return config?.storesNothing !== true && !hasRequestKey(schema?.body);
}

function hasRequestKey(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('properties' in body)) return false;
  const { properties } = body;
  return typeof properties === 'object' && properties !== null && 'requestKey' in properties;
}
