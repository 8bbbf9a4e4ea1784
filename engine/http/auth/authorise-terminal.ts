/** What a terminal may do: the one place where a signed request passes the check of its principal. */
import type { FastifyInstance } from 'fastify';
import type { Action } from '../../domain/principal/actions.ts';
import { authorise } from '../../domain/principal/authorise.ts';
import { terminalPrincipal } from '../../domain/principal/principal.ts';
import { sendProblem } from '../problem.ts';
import { requireCaller } from './terminal-signature.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, in the words of who may do what. */
    readonly action?: Action;
  }
}

/**
 * Checks every request of the scope for its route's action, at the terminal's own institution. A route
 * that names none does not come up: nothing is forgotten.
 */
export function registerTerminalActions(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.action === undefined) throw new Error(`${url} does not say what it does`);
  });
  app.addHook('preHandler', (request, reply, done) => {
    const { action } = request.routeOptions.config;
    const { terminal, institution } = requireCaller(request);
    const principal = terminalPrincipal(terminal.id, institution.code);
    const scope = { regions: [institution.region], institution: institution.code };
    const allowed = action === undefined ? undefined : authorise(principal, action, scope);
    if (allowed?.ok === true) done();
    else sendProblem(reply, allowed?.error ?? 'ACTION_NOT_ALLOWED');
  });
}
