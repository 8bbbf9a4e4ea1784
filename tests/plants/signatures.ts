/** What a signature covers, and which signed requests were seen. */
import assert from 'node:assert/strict';
import {
  answerSignatureBase,
  requestSignatureBase,
} from '../../engine/base/signatures/signature-base.ts';
import { createNonceMemory } from '../../engine/http/auth/nonce-memory.ts';
import { MORNING } from '../support/domain/builders.ts';
import { type Check, caughtBy } from './plant.ts';

type SignedTexts = {
  readonly request: typeof requestSignatureBase;
  readonly answer: typeof answerSignatureBase;
};

const asked = {
  ...{ created: 1795305600, nonce: 'b3k2k3h5ac302uws', keyId: 'T0000001' },
  algorithm: 'hmac-sm3',
  ...{ method: 'POST', path: '/v1/settlements', query: '', contentDigest: 'sha-256=:A:' },
} as const;
const answered = {
  ...{ status: 200, contentDigest: 'sha-256=:A:', requestSignature: 'S', answerKeyId: 'A1' },
  algorithm: 'ed25519',
} as const;

const signedTexts: Check<SignedTexts> = {
  name: 'what a signature covers',
  honest: () => ({ request: requestSignatureBase, answer: answerSignatureBase }),
  keeps({ request, answer }) {
    const base = request(asked);
    const other = (change: object) => request({ ...asked, ...change });
    assert.notEqual(other({ contentDigest: 'sha-256=:B:' }), base, 'the body is not signed');
    assert.notEqual(other({ query: '?requestKey=x' }), base, 'the query is not signed');
    assert.notEqual(other({ path: '/v1/quotes' }), base, 'the path is not signed');
    assert.notEqual(other({ nonce: 'b3k2k3h5ac302uwt' }), base, 'the nonce is not signed');
    const first = answer(answered);
    const reply = (change: object) => answer({ ...answered, ...change });
    assert.notEqual(
      reply({ requestSignature: 'T' }),
      first,
      'an answer is not bound to its request',
    );
    assert.notEqual(reply({ status: 422 }), first, 'the status of an answer is not signed');
  },
};

const nonces: Check<typeof createNonceMemory> = {
  name: 'memory of nonces',
  honest: () => createNonceMemory,
  keeps(create) {
    const memory = create({ keepMs: 120_000, entriesMax: 2 });
    const entry = { terminalId: 'T1', nonce: 'n1', created: MORNING / 1000, now: MORNING };
    assert.equal(memory.remember(entry), 'new', 'a request is refused the first time');
    assert.equal(memory.remember(entry), 'seen', 'a recorded request is taken again');
    const later = { ...entry, now: MORNING + 119_000 };
    assert.equal(
      memory.remember(later),
      'seen',
      'a nonce is forgotten while its request is in time',
    );
    assert.equal(
      memory.remember({ ...entry, terminalId: 'T2' }),
      'new',
      'terminals share their nonces',
    );
    const third = { ...entry, nonce: 'n3' };
    assert.equal(memory.remember(third), 'full', 'a full memory lets requests pass unremembered');
  },
};

export const signaturePlants = [
  ...caughtBy(
    signedTexts,
    {
      name: 'signature-without-body',
      bug: 'The signature covers method and path: the body may be anything.',
      breaks: 'A signature covers the raw bytes of the body.',
      plant: ({ request, answer }) => ({
        request: (of) => request({ ...of, contentDigest: '' }),
        answer,
      }),
      says: 'the body is not signed',
    },
    {
      name: 'signature-without-query',
      bug: 'The query is not part of what is signed: an enquiry can be turned to another key.',
      breaks: 'A signature covers the whole address.',
      plant: ({ request, answer }) => ({ request: (of) => request({ ...of, query: '' }), answer }),
      says: 'the query is not signed',
    },
    {
      name: 'signature-without-nonce',
      bug: 'The nonce stands beside the signature and not in it: a recorded request gets a new one.',
      breaks: 'A signed request is taken once.',
      plant: ({ request, answer }) => ({ request: (of) => request({ ...of, nonce: '' }), answer }),
      says: 'the nonce is not signed',
    },
    {
      name: 'answer-not-bound-to-its-request',
      bug: 'The signature of an answer does not name the request: an old approval answers a new sale.',
      breaks: 'An answer is signed for one request.',
      plant: ({ request, answer }) => ({
        request,
        answer: (of) => answer({ ...of, requestSignature: '' }),
      }),
      says: 'an answer is not bound to its request',
    },
  ),
  ...caughtBy(
    nonces,
    {
      name: 'nonce-forgotten',
      bug: 'A nonce is looked up and not remembered: a recorded request may be sent again.',
      breaks: 'A signed request is taken once.',
      plant: (create) => (limits) => ({ remember: (entry) => create(limits).remember(entry) }),
      says: 'a recorded request is taken again',
    },
    {
      name: 'nonce-kept-too-short',
      bug: 'Nonces are forgotten before the window closes in which their request is accepted.',
      breaks: 'A signed request is taken once.',
      plant: (create) => (limits) => create({ ...limits, keepMs: limits.keepMs / 2 }),
      says: 'a nonce is forgotten while its request is in time',
    },
    {
      name: 'nonces-of-all-terminals',
      bug: 'Two terminals that pick the same nonce keep each other from selling.',
      breaks: 'A nonce counts for its terminal.',
      plant: (create) => (limits) => {
        const memory = create(limits);
        return { remember: (entry) => memory.remember({ ...entry, terminalId: '' }) };
      },
      says: 'terminals share their nonces',
    },
    {
      name: 'full-memory-forgets',
      bug: 'A full nonce memory lets requests pass unremembered.',
      breaks: 'A signed request is taken once.',
      plant: (create) => (limits) => {
        const memory = create(limits);
        return {
          remember(entry) {
            const found = memory.remember(entry);
            return found === 'full' ? 'new' : found;
          },
        };
      },
      says: 'a full memory lets requests pass unremembered',
    },
  ),
];
