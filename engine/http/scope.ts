import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  preValidationAsyncHookHandler,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

import type { TerminalId } from '../base/ids/ids.ts';
import type { RequestAlgorithm } from '../base/signatures/signature-base.ts';
import type { RunFlow } from '../failpoints/wrap.ts';
import type { Answered } from '../flows/execute-command.ts';
import type { OfficeDeps } from '../flows/operator/office.ts';

/** A Fastify app whose route types follow from their TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Called with every answer to a request that may move money, before it is sent. */
export type OnAnswered = (
  operation: 'settle' | 'refund',
  answered: Answered,
  terminalId: TerminalId,
) => void;

/** Dependencies of the signed routes. */
export type Scope = {
  readonly app: App;
  readonly run: RunFlow;
  readonly authenticate: (algorithm: RequestAlgorithm) => preValidationAsyncHookHandler;
  readonly onAnswered: OnAnswered;
};

/** Dependencies of the routes of operators. */
export type OperatorScope = {
  readonly app: App;
  readonly office: OfficeDeps;
  /** Hook: only with an open session; see `requireOperator`. */
  readonly authenticate: preValidationAsyncHookHandler;
  /** Hook: few requests of an address that has not signed in. */
  readonly limitStrangers: preValidationAsyncHookHandler;
};
