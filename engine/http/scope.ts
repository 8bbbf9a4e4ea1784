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
import type { Operations } from './operations.ts';

/** A Fastify app whose route types follow from their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What the routes of a signed surface are built from. */
export type Scope = {
  readonly app: App;
  readonly operations: Operations;
  readonly authenticate: (algorithm: RequestAlgorithm) => preValidationAsyncHookHandler;
};
