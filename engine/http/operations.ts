/**
 * What the HTTP surface asks of the engine. Requests arrive validated in form (money still as
 * text); answers leave byte for byte.
 */

import type { RequestKey, SettlementId } from '../base/ids/ids.ts';
import type { Caller } from '../flows/deps.ts';
import type { Answered } from '../flows/execute-command.ts';
import type { FlowAnswer } from '../flows/flow-answer.ts';
import type { Terminal } from '../ports/reference.ts';
import type { ChallengeRequest } from './routes/challenges/schemas.ts';
import type { QuoteRequest } from './routes/quotes/schemas.ts';
import type { RefundRequest, SettlementRequest } from './routes/settlements/schemas.ts';

export type Readiness = {
  readonly ready: boolean;
  /** degraded: it settles, and somebody should look at what is not ok. */
  readonly detail: 'ok' | 'degraded';
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
};

export type Operations = {
  signIn(terminal: Terminal): Promise<FlowAnswer>;
  issueChallenge(caller: Caller, body: ChallengeRequest): Promise<FlowAnswer>;
  quote(caller: Caller, body: QuoteRequest): Promise<FlowAnswer>;
  settle(caller: Caller, body: SettlementRequest, fingerprint: string): Promise<Answered>;
  refund(
    caller: Caller,
    id: SettlementId,
    body: RefundRequest,
    fingerprint: string,
  ): Promise<Answered>;
  readSettlement(caller: Caller, id: SettlementId): Promise<FlowAnswer>;
  findByRequestKey(caller: Caller, key: RequestKey): Promise<FlowAnswer>;
  readiness(): Promise<Readiness>;
};
