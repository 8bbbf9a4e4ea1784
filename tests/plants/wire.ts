/** Requests and answers on the wire: who signed what, when, and once. */
import assert from 'node:assert/strict';
import { createHash, sign, verify } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { answerSignatureBase } from '../../engine/base/signatures/signature-base.ts';
import { storedAnswer } from '../../engine/domain/request/answer.ts';
import type { Answered } from '../../engine/flows/execute-command.ts';
import { toldBy } from '../support/flows/rendered.ts';
import {
  answerKey,
  createHarness,
  type Harness,
  type HarnessOptions,
  type SignedRequest,
  send,
  settlement,
  signedHeaders,
  startedAt,
} from '../unit/engine/http/http-harness.ts';
import { type Check, caughtBy } from './plant.ts';

/** The HTTP surface of an engine. */
type Surface = (options?: HarnessOptions) => Promise<Harness>;

const sale: SignedRequest = {
  method: 'POST',
  url: '/v1/settlements',
  body: JSON.stringify(settlement),
};
const oldSession = {
  ...{ signNo: 'S1', sealedPinKey: '', sealedMacKey: '33333333333333334444444444444444' },
  signedInAt: startedAt - 48 * 3_600_000,
};

const surface: Check<Surface> = {
  name: 'requests of terminals',
  honest: () => createHarness,
  async keeps(open) {
    const harness = await open();
    const headers = signedHeaders(sale, startedAt);
    const answer = await send(harness, sale, headers);
    assert.equal(answer.statusCode, 200, 'an honest sale is refused');
    const base = answerSignatureBase({
      ...{ algorithm: 'ed25519', status: 200, answerKeyId: 'A1' },
      contentDigest: `sha-256=:${createHash('sha256').update(answer.rawPayload).digest('base64')}:`,
      requestSignature: (headers['signature'] ?? '').slice(3, -1),
    });
    const signature = Buffer.from(String(answer.headers['signature']).slice(3, -1), 'base64');
    const isSigned = verify(null, Buffer.from(base), answerKey.publicKey, signature);
    assert.ok(isSigned, 'an answer is not signed for its request');
    const again = await send(harness, sale, headers);
    assert.equal(codeIn(again), 'REQUEST_REPLAYED', 'a recorded request is carried out again');
    const respaced = { ...sale, body: JSON.stringify(settlement, undefined, 1) };
    const changed = await send(harness, respaced, headers);
    const invalid = 'TERMINAL_SIGNATURE_INVALID';
    assert.equal(codeIn(changed), invalid, 'a body that was not signed is taken');
  },
};

const standing: Check<Surface> = {
  name: 'terminals that may not sell',
  honest: () => createHarness,
  async keeps(open) {
    const stolen = await send(await open({ terminal: { isEnabled: false } }), sale);
    assert.equal(codeIn(stolen), 'TERMINAL_NOT_ALLOWED', 'a disabled terminal sells');
    const signedIn = await send(await open({ terminal: { session: oldSession } }), sale);
    assert.equal(codeIn(signedIn), 'TERMINAL_NOT_SIGNED_IN', 'a terminal need not sign in again');
  },
};

const storedAnswers: Check<Surface> = {
  name: 'stored answers on the wire',
  honest: () => createHarness,
  async keeps(open) {
    const body = '{"a":  1}';
    const stored = { outcome: 'approved', status: 200, body, code: undefined } as const;
    const settle = async () => ({ answer: storedAnswer(stored), isReplay: true });
    const repeat = await send(await open({ flows: { settle } }), sale);
    assert.equal(repeat.body, stored.body, 'a stored answer is written anew');
    const mark = repeat.headers['idempotent-replay'];
    assert.equal(mark, 'true', 'a stored answer has no mark');
  },
};

function codeIn(answer: Awaited<ReturnType<typeof send>>): unknown {
  return (answer.json() as { readonly code?: unknown }).code;
}

const withTerminal =
  (change: NonNullable<HarnessOptions['terminal']>) =>
  (open: Surface): Surface =>
  (options = {}) =>
    open({ ...options, terminal: { ...options.terminal, ...change } });

const withSettle =
  (change: (answered: Answered) => Answered) =>
  (open: Surface): Surface =>
  (options = {}) => {
    const { settle } = options.flows ?? {};
    if (settle === undefined) return open(options);
    const changed: typeof settle = async () => {
      const settled = await settle();
      return 'answer' in settled ? change(settled) : settled;
    };
    return open({ ...options, flows: { ...options.flows, settle: changed } });
  };

export const wirePlants = [
  ...caughtBy(
    surface,
    {
      name: 'each-process-has-its-own-nonces',
      bug: 'Requests are shared out among processes, each with a memory of its own.',
      breaks: 'A signed request is taken once.',
      plant: (open) => async (options) => {
        const harness = await open(options);
        const inject = async (request: InjectOptions) => (await open(options)).app.inject(request);
        return { ...harness, app: Object.assign(Object.create(harness.app), { inject }) };
      },
      says: 'a recorded request is carried out again',
    },
    {
      name: 'answer-signed-over-nothing',
      bug: 'An answer is signed without what it says.',
      breaks: 'An answer is signed for one request.',
      plant: (open) => (options) =>
        open({ ...options, signAnswer: async () => sign(null, Buffer.of(), answerKey.privateKey) }),
      says: 'an answer is not signed for its request',
    },
  ),
  ...caughtBy(
    standing,
    {
      name: 'disabled-terminal-sells',
      bug: 'A terminal that was reported stolen goes on selling.',
      breaks: 'A disabled terminal reaches nothing.',
      plant: withTerminal({ isEnabled: true }),
      says: 'a disabled terminal sells',
    },
    {
      name: 'sign-in-never-expires',
      bug: 'The session keys of a terminal stay good for ever.',
      breaks: 'A terminal signs in every day.',
      plant: withTerminal({ session: { ...oldSession, signedInAt: startedAt } }),
      says: 'a terminal need not sign in again',
    },
  ),
  ...caughtBy(
    storedAnswers,
    {
      name: 'stored-answer-written-anew',
      bug: 'A stored answer is parsed and written again on its way out.',
      breaks: 'The same key and the same bytes give the same answer, byte for byte.',
      plant: withSettle((answered) => {
        const { body, ...rest } = toldBy(answered);
        const answer = storedAnswer({ ...rest, body: JSON.stringify(JSON.parse(body)) });
        return { ...answered, answer };
      }),
      says: 'a stored answer is written anew',
    },
    {
      name: 'replay-mark-lost',
      bug: 'The mark of a repeated answer does not reach the terminal.',
      breaks: 'A repeated answer says that it is one.',
      plant: withSettle((answered) => ({ ...answered, isReplay: false })),
      says: 'a stored answer has no mark',
    },
  ),
];
