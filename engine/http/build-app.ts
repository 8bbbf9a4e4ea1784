/**
 * The HTTP surface: authenticates requests, validates their form and calls flows; it decides nothing.
 * Values are never coerced, stripped or defaulted, and answers never contain an exception's text.
 */
import type { RequestListener } from 'node:http';

import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';

import type { Readiness } from '../contract/health.ts';
import type { RunFlow } from '../failpoints/wrap.ts';
import type { CardOfficeDeps } from '../flows/card/card-office.ts';
import type { ListDeps } from '../flows/invalid-list/ask-lists.ts';
import type { OfficeDeps } from '../flows/operator/office.ts';
import type { Clock } from '../ports/environment.ts';
import type { Keys } from '../ports/keys.ts';
import type { PersonRecords } from '../ports/persons.ts';
import type { Reference } from '../ports/reference.ts';
import { registerAcceptOnce } from './auth/accept-once.ts';
import { createAnswerSigner } from './auth/answer-signer.ts';
import { registerTerminalActions } from './auth/authorise-terminal.ts';
import { type OperatorAuthDeps, registerOperatorAuth } from './auth/operator-auth.ts';
import { registerTerminalSignature } from './auth/terminal-signature.ts';
import { createAppServer, type ServerTls } from './create-server.ts';
import { admitRequests } from './limits/admit-requests.ts';
import { createConnections } from './limits/connections.ts';
import { createLoadLimiter } from './limits/load-limiter.ts';
import { measureRequests, type OnMeasured } from './measure-requests.ts';
import { type MetricsPage, registerMetricsPage } from './metrics-page.ts';
import { openApiOptions } from './openapi-options.ts';
import { classifyError, sendProblem } from './problem.ts';
import type { OnRefused } from './refusals.ts';
import { type BankHearing, registerBank } from './routes/bank/routes.ts';
import { registerCards } from './routes/cards/routes.ts';
import { registerChallenges } from './routes/challenges/routes.ts';
import { registerHealth } from './routes/health/routes.ts';
import { registerInvalidLists } from './routes/invalid-lists/routes.ts';
import { registerOperatorAccounts } from './routes/operators/account-routes.ts';
import { registerAudit } from './routes/operators/audit-routes.ts';
import { registerProposals } from './routes/operators/proposal-routes.ts';
import { registerOperatorSessions } from './routes/operators/session-routes.ts';
import { registerPersons } from './routes/persons/routes.ts';
import { registerQuotes } from './routes/quotes/routes.ts';
import { registerSettlements } from './routes/settlements/routes.ts';
import { registerAnswerKeys, registerTerminals } from './routes/terminals/routes.ts';
import type { App, OnAnswered } from './scope.ts';
import { defaultHttpSettings, type HttpSettings } from './settings.ts';
import { registerStrictRequest } from './strict-request.ts';
import { refuseUnknownPaths } from './unknown-paths.ts';

export type AppDeps = {
  /** Runs a flow with its dependencies. */
  readonly run: RunFlow;
  readonly readiness: () => Promise<Readiness>;
  /** Accounts and sessions of operators; without it their routes do not exist. */
  readonly office?: OfficeDeps;
  /** What officers read of persons; without it, or without an office, those routes do not exist. */
  readonly persons?: PersonRecords;
  readonly reference: Pick<Reference, 'findTerminal' | 'findInstitution' | 'acceptOnce'>;
  readonly keys: Pick<Keys, 'sessionMac' | 'signAnswer' | 'answerKeyId' | 'answerPublicKey'>;
  readonly clock: Clock;
  /** Logs bugs; without it nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  /** Without it the app serves plain HTTP. */
  readonly tls?: ServerTls | undefined;
  readonly settings?: Partial<HttpSettings>;
  /** How many debits wait for the bank now. */
  readonly debitsAtBank?: () => number;
  /** What the cards' banks say; without it those routes do not exist. */
  readonly bankHearing?: BankHearing | undefined;
  readonly onAnswered?: OnAnswered;
  readonly onRefused?: OnRefused;
  readonly onMeasured?: OnMeasured;
  /** What questions about invalid lists are answered with; without it there are no such routes. */
  readonly lists?: ListDeps;
  /** The card office's routes; only with `office`. */
  readonly cards?: CardOfficeDeps | undefined;
  /** GET /metrics; without it the page does not exist. */
  readonly metrics?: MetricsPage | undefined;
};

/** Builds the app, ready to `listen` or `inject`. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const settings = { ...defaultHttpSettings, ...deps.settings };
  const { onRefused = () => undefined } = deps;
  const sign = createAnswerSigner(deps.keys);
  const limiter = createLoadLimiter({
    limits: settings.loadLimits,
    waitingForBank: deps.debitsAtBank ?? (() => 0),
    now: () => performance.now(),
  });
  const connections = createConnections(settings.connectionLimits, onRefused);
  const { bodyBytesMax } = settings;
  const admit = (serve: RequestListener) =>
    admitRequests(serve, { connections, limiter, sign, onRefused, bodyBytesMax });
  const app = createApp(settings, admit, deps);
  connections.watch(app.server);
  // Answers are JSON text already, so Fastify needs no serialiser.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error, request, reply) => {
    const { code, extras } = classifyError(error);
    if (code === 'INTERNAL') request.log.error({ err: error }, 'request-failed');
    return sendProblem(reply, code, extras);
  });
  refuseUnknownPaths(app, onRefused);
  endConnectionsOnClose(app, () => connections.closeUnused(settings.stopGraceMs));
  registerStrictRequest(app, bodyBytesMax);
  await app.register(swagger, openApiOptions);
  await app.register(async (signed: App) => {
    signed.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, security: [{ terminalSignature: [] }] };
    });
    const authenticate = registerTerminalSignature(signed, {
      ...deps,
      ...{ sign, settings, onRefused },
    });
    registerTerminalActions(signed);
    registerAcceptOnce(signed, { reference: deps.reference, settings, onRefused });
    measureRequests(signed, deps.onMeasured ?? (() => undefined));
    const { run, onAnswered = () => undefined } = deps;
    const scope = { app: signed, run, authenticate, onAnswered };
    registerTerminals(scope);
    registerChallenges(scope, deps.clock);
    registerQuotes(scope);
    registerSettlements(scope);
    if (deps.lists !== undefined) registerInvalidLists({ ...scope, lists: deps.lists });
  });
  const { bankHearing, office, persons, cards } = deps;
  const more = { persons, cards };
  if (bankHearing !== undefined) {
    const auth = { findBank: bankHearing.findBank, sign, clock: deps.clock, onRefused };
    await app.register(async (of: App) => registerBank(of, bankHearing, auth));
  }
  if (office !== undefined)
    await app.register(async (of: App) => registerOffice(of, { office, onRefused }, more));
  await app.register(async (open: App) => {
    registerAnswerKeys(open, deps.keys);
    registerHealth(open, deps.readiness);
    if (deps.metrics !== undefined) registerMetricsPage(open, deps.metrics);
    open.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  await app.ready();
  return app;
}

type MorePages = {
  readonly persons: PersonRecords | undefined;
  readonly cards: CardOfficeDeps | undefined;
};

/** The routes of operators, each with the session's token unless it says otherwise. */
function registerOffice(app: App, deps: OperatorAuthDeps, { persons, cards }: MorePages): void {
  app.addHook('onRoute', (route) => {
    route.schema = { security: [{ operatorSession: [] }], ...route.schema };
  });
  const scope = { app, office: deps.office, ...registerOperatorAuth(app, deps) };
  registerOperatorSessions(scope);
  registerOperatorAccounts(scope);
  if (cards !== undefined) registerCards(scope, cards);
  registerProposals(scope);
  registerAudit(scope);
  if (persons !== undefined) registerPersons(scope, persons);
}

/**
 * Closes kept-alive connections with their next answer once the app stops, and those for which nothing is
 * done after a while; else they would delay the stop.
 */
function endConnectionsOnClose(app: App, closeUnused: () => void): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    closeUnused();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done(null, payload);
  });
}

type Admit = (serve: RequestListener) => RequestListener;

function createApp(
  settings: HttpSettings,
  admit: Admit,
  { logger, tls }: Pick<AppDeps, 'logger' | 'tls'>,
): App {
  return fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // No line per request: answers and ledger hold the same facts. Failures are logged.
    logController: new LogController({ disableRequestLogging: true }),
    // Only bugs are logged, so requests share one logger.
    childLoggerFactory: (shared) => shared,
    bodyLimit: settings.bodyBytesMax,
    serverFactory: (serve) => createAppServer(settings, tls, admit(serve)),
    // Addresses decide nothing here, so proxy headers are ignored.
    trustProxy: false,
    exposeHeadRoutes: false,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 64,
    },
    frameworkErrors: (_error, _request, reply) => {
      sendProblem(reply, 'NOT_FOUND');
    },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: false,
      },
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
}
