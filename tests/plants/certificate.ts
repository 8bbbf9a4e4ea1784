/** What a terminal believes of an answer. */
import assert from 'node:assert/strict';
import { type Certificate, certify } from '../../terminal-adapter/client/certificate.ts';
import { readAnswer } from '../../terminal-adapter/client/engine-result.ts';
import {
  answerPublicKey,
  createHarness,
  type Harness,
  send,
  settlement,
  signedHeaders,
  startedAt,
} from '../unit/engine/http/http-harness.ts';
import { type Check, caughtBy } from './plant.ts';

const key = { keyId: 'A1', algorithm: 'ed25519', publicKey: answerPublicKey } as const;
type Received = Parameters<typeof certify>[0];

let answers: Promise<readonly [Received, Received]> | undefined;

/** The answers to two sales. */
async function twoAnswers(): Promise<readonly [Received, Received]> {
  const harness = await createHarness();
  return [await answered(harness), await answered(harness)];
}

async function answered(harness: Harness): Promise<Received> {
  const sale = {
    method: 'POST',
    url: '/v1/settlements',
    body: JSON.stringify(settlement),
  } as const;
  const headers = signedHeaders(sale, startedAt);
  const answer = await send(harness, sale, headers);
  return {
    status: answer.statusCode,
    body: answer.body,
    signatureInput: String(answer.headers['signature-input']),
    signature: String(answer.headers['signature']),
    contentDigest: String(answer.headers['content-digest']),
    requestSignature: (headers['signature'] ?? '').slice(3, -1),
  };
}

const certificates: Check<typeof certify> = {
  name: 'certificate of an answer',
  honest: () => certify,
  async keeps(check) {
    answers ??= twoAnswers();
    const [answer, other] = await answers;
    const isGood = (change: Partial<Received>) =>
      check({ ...answer, ...change }, key) !== undefined;
    assert.ok(isGood({}), 'an honest answer is refused');
    assert.ok(!isGood({ status: 201 }), 'the status of an answer can be changed');
    assert.ok(!isGood({ body: '{"outcome":"declined"}' }), 'the body of an answer can be changed');
    const { requestSignature } = other;
    assert.ok(!isGood({ requestSignature }), 'the approval of another sale is believed');
    assert.ok(!isGood({ signature: null }), 'an answer that nobody signed is believed');
  },
};

const readings: Check<typeof readAnswer> = {
  name: 'outcome of an answer',
  honest: () => readAnswer,
  keeps(read) {
    const of = (status: number, body: object) => {
      const signed: Certificate = {
        ...{ status, body: JSON.stringify(body), requestSignature: '', answerKeyId: 'A1' },
        signature: '',
      };
      return read(signed, false).kind;
    };
    assert.equal(of(200, { outcome: 'approved' }), 'approved', 'an approval is not one');
    const none = { moneyEffect: 'none' };
    assert.equal(of(422, { code: 'PIN_WRONG', ...none }), 'declined', 'a decline is not one');
    assert.equal(
      of(202, { outcome: 'unknown' }),
      'unknown',
      'an open sale is taken for an approved one',
    );
    const open = of(409, { code: 'KEY_IN_PROGRESS', moneyEffect: 'unknown' });
    assert.equal(open, 'unknown', 'an open sale is taken for a declined one');
    const replayed = of(401, { code: 'REQUEST_REPLAYED', ...none });
    assert.equal(replayed, 'unknown', 'a replay is taken for a decline');
  },
};

const withBody =
  (change: (text: string) => string) =>
  (read: typeof readAnswer): typeof readAnswer =>
  (certificate, isReplay) =>
    read({ ...certificate, body: change(certificate.body) }, isReplay);

/** The answer as it was signed, whatever has been done to one part of it. */
const believing =
  (names: readonly (keyof Received)[]) =>
  (check: typeof certify): typeof certify => {
    let first: Received | undefined;
    return (answer, by) => {
      first ??= answer;
      const honest = Object.fromEntries(names.map((name) => [name, first?.[name]]));
      return check({ ...answer, ...honest }, by);
    };
  };

export const certificatePlants = [
  ...caughtBy(
    certificates,
    {
      name: 'status-not-certified',
      bug: 'The status of an answer is not part of what is checked.',
      breaks: 'Only what the engine signed for this request counts.',
      plant: believing(['status']),
      says: 'the status of an answer can be changed',
    },
    {
      name: 'body-not-certified',
      bug: 'The digest in the header is checked, and never compared with the body.',
      breaks: 'Only what the engine signed for this request counts.',
      plant: believing(['body']),
      says: 'the body of an answer can be changed',
    },
    {
      name: 'answer-of-another-request-believed',
      bug: 'An answer is checked without the request that it answers.',
      breaks: 'Only what the engine signed for this request counts.',
      plant: believing(['requestSignature']),
      says: 'the approval of another sale is believed',
    },
    {
      name: 'unsigned-answer-believed',
      bug: 'An answer without a signature is taken as it is.',
      breaks: 'Only what the engine signed for this request counts.',
      plant: believing(['signature']),
      says: 'an answer that nobody signed is believed',
    },
  ),
  ...caughtBy(
    readings,
    {
      name: 'accepted-is-approved',
      bug: 'Every answer below 300 is taken for an approval.',
      breaks: 'Three outcomes, always.',
      plant: (read) => (certificate, isReplay) => {
        const body = certificate.body.replace('"unknown"', '"approved"');
        return read(
          certificate.status === 202 ? { ...certificate, status: 200, body } : certificate,
          isReplay,
        );
      },
      says: 'an open sale is taken for an approved one',
    },
    {
      name: 'conflict-is-a-decline',
      bug: 'Every answer above 400 is taken for a decline.',
      breaks: 'Unknown is never turned into declined.',
      plant: withBody((text) => text.replace('"moneyEffect":"unknown"', '"moneyEffect":"none"')),
      says: 'an open sale is taken for a declined one',
    },
    {
      name: 'replay-refusal-is-a-decline',
      bug: 'REQUEST_REPLAYED is shown as a decline, though the copy that came first may have been approved.',
      breaks: 'Only what is certain declines.',
      plant: withBody((text) => text.replace('REQUEST_REPLAYED', 'REPLAYED')),
      says: 'a replay is taken for a decline',
    },
  ),
];
