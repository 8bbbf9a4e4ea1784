/**
 * How a terminal reaches an engine: the client's interface over the real flows, with the wire between them.
 * Signatures are taken as made; their time window and the memory of nonces are the engine's own rules.
 */

import { createHash } from 'node:crypto';
import type { RequestKey, SettlementId, TerminalId } from '../../../engine/base/ids/ids.ts';
import { isoTime } from '../../../engine/base/time/calendar.ts';
import type { RefundRequest } from '../../../engine/contract/refund.ts';
import type { SettlementRequest, TenderBody } from '../../../engine/contract/settlement.ts';
import { declinedAnswer } from '../../../engine/domain/request/answer.ts';
import type { RenderedAnswer } from '../../../engine/domain/request/request-record.ts';
import type { FailpointFlow } from '../../../engine/failpoints/wrap.ts';
import { issueChallenge, type StampSource } from '../../../engine/flows/card/issue-challenge.ts';
import type { Caller, FlowDeps } from '../../../engine/flows/deps.ts';
import { findByRequestKey, readSettlement } from '../../../engine/flows/enquiry/read-settlement.ts';
import type { Answered } from '../../../engine/flows/execute-command.ts';
import type { FlowAnswer } from '../../../engine/flows/flow-answer.ts';
import { refundSettlement } from '../../../engine/flows/refund/refund-settlement.ts';
import { quoteBill } from '../../../engine/flows/settlement/quote-bill.ts';
import { settleBill } from '../../../engine/flows/settlement/settle-bill.ts';
import { signInTerminal } from '../../../engine/flows/terminal/sign-in-terminal.ts';
import type { OnceRequest } from '../../../engine/ports/reference.ts';
import type { EngineClient } from '../../../terminal-adapter/client/engine-client.ts';
import { type EngineResult, readAnswer } from '../../../terminal-adapter/client/engine-result.ts';
import { rendered, toldBy } from '../../support/flows/rendered.ts';
import type { Random } from '../../support/random.ts';
import { type Engine, SIGNATURE_AGE_MAX_MS, SIGNATURE_AHEAD_MAX_MS } from './engine.ts';
import type { Faults } from './faults.ts';
import type { Process, Scheduler } from './scheduler.ts';

export type TerminalWireOptions = {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  readonly terminal: Process;
  readonly terminalId: TerminalId;
  /** The engine that answers now; a dead one refuses connections. */
  readonly reach: () => Engine;
  /** An answer leaves the engine. */
  onSaid(requestKey: string | undefined, answer: RenderedAnswer): void;
};

type Said = { readonly answer: RenderedAnswer; readonly isReplay: boolean };
type Call = {
  readonly requestKey?: string;
  readonly flow: FailpointFlow;
  run(deps: FlowDeps, caller: Caller, nextStamp: StampSource): Promise<Said>;
};
type TerminalWire = TerminalWireOptions & { offsetMs: number; serial: number };

/** Longer than the engine's own limit for the bank. */
const EXCHANGE_MS = 45_000;
const INTERNAL = rendered(declinedAnswer('INTERNAL', {}));

/** The engine's client of one life of a terminal. */
export function connectTerminal(options: TerminalWireOptions): EngineClient {
  const wire: TerminalWire = { ...options, offsetMs: 0, serial: 0 };
  return {
    signIn: () =>
      call(
        wire,
        reading('sign-in', (deps, { terminal }) => signInTerminal(deps, terminal)),
      ),
    challenge: (body) =>
      call(
        wire,
        reading('challenge', async (deps, caller, nextStamp) =>
          issueChallenge(deps, nextStamp, caller, body),
        ),
      ),
    quote: (body) =>
      call(
        wire,
        reading('quote', (deps, caller) => quoteBill(deps, caller, body)),
      ),
    settle: (body) => call(wire, settling(body)),
    refund: (id, body) => call(wire, refunding(id as SettlementId, body)),
    settlement: (id) =>
      call(
        wire,
        reading('read', (deps, caller) => readSettlement(deps, caller, id as SettlementId)),
      ),
    byRequestKey: (key) =>
      call(
        wire,
        reading('enquire', (deps, caller) => findByRequestKey(deps, caller, key as RequestKey)),
      ),
    // Simulated terminals keep no list: the engine alone decides.
    queryInvalidLists: async () => ({ kind: 'unreachable' }),
    offlineList: async () => ({ kind: 'unreachable' }),
    offlinePart: async () => ({ kind: 'unreachable' }),
    answerKeys: () => [],
  };
}

/** A request that moves no money. */
function reading(
  flow: FailpointFlow,
  run: (deps: FlowDeps, caller: Caller, nextStamp: StampSource) => Promise<FlowAnswer>,
): Call {
  return {
    flow,
    run: async (deps, caller, nextStamp) => ({
      answer: rendered(await run(deps, caller, nextStamp)),
      isReplay: false,
    }),
  };
}

function settling(request: SettlementRequest): Call {
  const body = { ...request, tender: tenderBody(request.tender) };
  const fingerprint = fingerprintOf(request);
  return {
    requestKey: request.requestKey,
    flow: 'settle',
    run: (deps, caller) => settleBill(deps, caller, body, fingerprint).then(said),
  };
}

function refunding(id: SettlementId, body: RefundRequest): Call {
  const request = { body, fingerprint: fingerprintOf(body) };
  return {
    requestKey: body.requestKey,
    flow: 'refund',
    run: (deps, caller) => refundSettlement(deps, caller, id, request).then(said),
  };
}

function said(answered: Answered): Said {
  return { answer: toldBy(answered), isReplay: answered.isReplay };
}

function tenderBody(tender: TenderBody): TenderBody {
  return tender.kind === 'cash' ? tender : { ...tender, expiry: tender.expiry ?? '' };
}

function fingerprintOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

/** As the client does it: one more time with the right clock when the engine calls the request stale. */
async function call<Body>(wire: TerminalWire, what: Call): Promise<EngineResult<Body>> {
  const first = await attempt<Body>(wire, what);
  if (first.kind !== 'declined' || first.code !== 'REQUEST_STALE') return first;
  wire.offsetMs = Date.parse(first.refusal.serverTime ?? '') - terminalTime(wire);
  const again = await attempt<Body>(wire, what);
  const isTransient = again.kind === 'declined' && again.refusal.retry === 'same-key';
  return again.kind === 'unreachable' || isTransient ? first : again;
}

const terminalTime = ({ scheduler, terminal }: TerminalWire) =>
  scheduler.now() + terminal.clockOffset;

type Signed = { readonly createdAt: number; readonly nonce: string };

function attempt<Body>(wire: TerminalWire, what: Call): Promise<EngineResult<Body>> {
  const { scheduler, faults, random, terminal } = wire;
  wire.serial += 1;
  const signed = {
    createdAt: Math.ceil((terminalTime(wire) + wire.offsetMs) / 1000) * 1000,
    nonce: `${terminal.name}-${wire.serial}`,
  };
  return new Promise((resolve) => {
    const answer = (ms: number, result: EngineResult<Body>) =>
      scheduler.after(ms, terminal, () => resolve(result));
    const engine = wire.reach();
    if (!engine.process.isAlive || faults.hits('wire.refused')) {
      answer(random.between(1, 3), { kind: 'unreachable' });
      return;
    }
    const patience = faults.hits('terminal.impatient') ? 3_000 : EXCHANGE_MS;
    answer(patience, { kind: 'unknown', refusal: undefined });
    const hear = ({ answer: told, isReplay }: Said): void => {
      wire.onSaid(what.requestKey, told);
      if (faults.hits('wire.answer-lost')) return;
      const { status, body } = told;
      const proof = { requestSignature: '', answerKeyId: '', signature: '' };
      answer(random.between(1, 40), readAnswer({ status, body, ...proof }, isReplay));
    };
    if (!faults.hits('wire.request-lost')) arrive(wire, engine, { signed, what, hear });
    if (faults.hits('wire.doubled')) arrive(wire, wire.reach(), { signed, what, hear });
  });
}

type Arrival = { readonly signed: Signed; readonly what: Call; hear(said: Said): void };

function arrive(wire: TerminalWire, engine: Engine, { signed, what, hear }: Arrival): void {
  const { scheduler, faults, random } = wire;
  const lateMs = faults.hits('wire.late') ? faults.of('wire.late').between(1_000, 110_000) : 0;
  scheduler.after(lateMs + random.between(1, 40), engine.process, () => {
    const refusal = objectionTo(engine, signed, wire);
    if (refusal !== undefined) hear({ answer: refusal, isReplay: false });
    else
      void engine
        .serve(
          what.flow,
          wire.terminalId,
          (deps, caller) => what.run(deps, caller, engine.nextStamp),
          what.flow === 'sign-in' ? onceOf(signed) : undefined,
        )
        .catch(() => ({ answer: INTERNAL, isReplay: false }))
        .then(hear);
  });
}

/** A sign-in has no request key: see engine/http/auth/accept-once.ts. */
function onceOf({ createdAt, nonce }: Signed): OnceRequest {
  return { created: Math.ceil(createdAt / 1_000), nonce, forgetBefore: 0 };
}

/** The rules of engine/http/auth/terminal-signature.ts for time and nonce. */
function objectionTo(
  engine: Engine,
  signed: Signed,
  { terminal }: TerminalWire,
): RenderedAnswer | undefined {
  const now = engine.deps.environment.now();
  const { createdAt, nonce } = signed;
  const isOld = now - createdAt > SIGNATURE_AGE_MAX_MS || createdAt < engine.startedAt;
  if (isOld || createdAt - now > SIGNATURE_AHEAD_MAX_MS)
    return rendered(declinedAnswer('REQUEST_STALE', { serverTime: isoTime(now) }));
  const created = Math.ceil(createdAt / 1_000);
  const seen = engine.nonces.remember({ terminalId: terminal.name, nonce, created, now });
  return seen === 'seen' ? rendered(declinedAnswer('REQUEST_REPLAYED', {})) : undefined;
}
