import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  preValidationAsyncHookHandler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

import type { RequestAlgorithm } from '../base/signatures/signature-base.ts';
import type { RunFlow } from '../failpoints/wrap.ts';
import type { Answered } from '../flows/execute-command.ts';

/** A Fastify app whose route types follow from their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Told of every answer to a request that may move money, before it is sent. */
export type OnAnswered = (operation: 'settle' | 'refund', answered: Answered) => void;

/** What the routes of a signed surface are built from. */
export type Scope = {
  readonly app: App;
  readonly run: RunFlow;
  readonly authenticate: (algorithm: RequestAlgorithm) => preValidationAsyncHookHandler;
  readonly onAnswered: OnAnswered;
};
