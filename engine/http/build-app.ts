/**
 * The HTTP surface. It authenticates, checks the form of requests and passes them on; it decides
 * nothing. Values are never coerced, stripped or defaulted, and errors never carry an exception's
 * text.
 */
import { createServer, type RequestListener } from 'node:http';

import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';

import type { Readiness } from '../contract/health.ts';
import type { RunFlow } from '../failpoints/wrap.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keys } from '../ports/keys.ts';
import type { Reference } from '../ports/reference.ts';
import { createAnswerSigner } from './auth/answer-signer.ts';
import { registerTerminalSignature } from './auth/terminal-signature.ts';
import { createLoadLimiter } from './limits/load-limiter.ts';
import { refuseOverload } from './limits/refuse-overload.ts';
import { type MetricsPage, registerMetricsPage } from './metrics-page.ts';
import { openApiOptions } from './openapi-options.ts';
import { refusalOf, sendProblem } from './problem.ts';
import { registerChallenges } from './routes/challenges/routes.ts';
import { registerHealth } from './routes/health/routes.ts';
import { registerQuotes } from './routes/quotes/routes.ts';
import { registerSettlements } from './routes/settlements/routes.ts';
import { registerAnswerKeys, registerTerminals } from './routes/terminals/routes.ts';
import type { App, OnAnswered } from './scope.ts';
import { defaultHttpSettings, type HttpSettings } from './settings.ts';
import { registerStrictRequest } from './strict-request.ts';

export type AppDeps = {
  /** Gives a flow its deps and runs it. */
  readonly run: RunFlow;
  readonly readiness: () => Promise<Readiness>;
  readonly reference: Pick<Reference, 'findTerminal' | 'findInstitution'>;
  readonly keys: Pick<Keys, 'sessionMac' | 'signAnswer' | 'answerKeyId' | 'answerPublicKey'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where bugs are logged; silent when absent. */
  readonly logger?: FastifyBaseLogger;
  readonly settings?: Partial<HttpSettings>;
  /** Sales that wait for the bank now. */
  readonly atBank?: () => number;
  readonly onAnswered?: OnAnswered;
  /** GET /metrics; there is no such page when absent. */
  readonly metrics?: MetricsPage | undefined;
};

/** Builds the app, ready to `listen` or `inject`. */
export async function buildApp(deps: AppDeps): Promise<App> {
  const settings = { ...defaultHttpSettings, ...deps.settings };
  const sign = createAnswerSigner(deps.keys);
  const door = createLoadLimiter({
    limits: settings.door,
    resting: deps.atBank ?? (() => 0),
    now: () => performance.now(),
  });
  const guard = (serve: RequestListener) => refuseOverload(serve, door, sign);
  const app = createApp(settings, guard, deps.logger);
  // Answers are texts already; nothing is serialised by schema.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler((error, request, reply) => {
    const { code, extras } = refusalOf(error);
    if (code === 'INTERNAL') request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, code, extras);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'NOT_FOUND'));
  endConnectionsOnClose(app);
  registerStrictRequest(app);
  await app.register(swagger, openApiOptions);
  await app.register(async (signed: App) => {
    signed.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, security: [{ terminalSignature: [] }] };
    });
    const authenticate = registerTerminalSignature(signed, { ...deps, sign, settings });
    const { run, onAnswered = () => undefined } = deps;
    const scope = { app: signed, run, authenticate, onAnswered };
    registerTerminals(scope);
    registerChallenges(scope, deps.clock);
    registerQuotes(scope);
    registerSettlements(scope);
  });
  await app.register(async (open: App) => {
    registerAnswerKeys(open, deps.keys);
    registerHealth(open, deps.readiness);
    if (deps.metrics !== undefined) registerMetricsPage(open, deps.metrics);
    open.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  await app.ready();
  return app;
}

/** A terminal keeps its connection after an answer; once the app closes it would hold up the stop by that. */
function endConnectionsOnClose(app: App): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done(null, payload);
  });
}

type Guard = (serve: RequestListener) => RequestListener;

function createApp(
  settings: HttpSettings,
  guard: Guard,
  logger: FastifyBaseLogger | undefined,
): App {
  return fastify({
    ...(logger === undefined ? {} : { loggerInstance: logger }),
    // Two lines a request say nothing that the answer and the ledger do not; failures are logged.
    logController: new LogController({ disableRequestLogging: true }),
    // Nothing is logged of a request but a bug of ours: none needs a logger of its own.
    childLoggerFactory: (shared) => shared,
    bodyLimit: settings.bodyBytesMax,
    serverFactory: (serve) =>
      createServer(
        {
          requestTimeout: settings.requestTimeoutMs,
          keepAliveTimeout: settings.keepAliveTimeoutMs,
          maxHeaderSize: settings.headerBytesMax,
          headersTimeout: settings.requestTimeoutMs,
          // How often slow senders are looked for; Node's 30 s would triple the time-out.
          connectionsCheckingInterval: 1_000,
        },
        guard(serve),
      ),
    // Addresses decide nothing here, so no proxy header is believed.
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
