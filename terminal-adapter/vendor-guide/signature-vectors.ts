/** Worked signatures: requests of a terminal and answers of an engine, with keys that are public. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { encryptBlocks, kcv } from '../../engine/base/crypto/block-cipher.ts';
import { concatBytes, fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { hmacSm3 } from '../../engine/base/crypto/sm3.ts';
import { buildAnswerTree } from '../../engine/base/signatures/answer-tree.ts';
import {
  ACCEPT_TREE,
  type AnswerAlgorithm,
  answerSignatureBase,
  answerSignatureInput,
  contentDigestOf,
  type RequestAlgorithm,
  requestSignatureBase,
  requestSignatureInput,
  signatureHeader,
} from '../../engine/base/signatures/signature-base.ts';

/** A seed of 32 equal bytes behind the header of an Ed25519 key in PKCS#8. */
function privateKeyOf(seedByte: string): KeyObject {
  const key = fromHex(`302E020100300506032B657004220420${seedByte.repeat(32)}`);
  return createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' });
}

const deviceKey = privateKeyOf('11');
const answerKey = privateKeyOf('22');

function der(key: KeyObject, type: 'pkcs8' | 'spki'): string {
  const exported = type === 'pkcs8' ? key : createPublicKey(key);
  return exported.export({ format: 'der', type }).toString('base64');
}

/** What a terminal is given when it is put up. */
export const terminalKeys = {
  terminalId: 'VECTOR-TERMINAL-1',
  privateKey: der(deviceKey, 'pkcs8'),
  publicKey: der(deviceKey, 'spki'),
  masterKey: '0123456789ABCDEFFEDCBA9876543210',
  bankMasterKey: 'FEDCBA98765432100123456789ABCDEF',
  answerKey: { keyId: 'vector-answer-1', algorithm: 'ed25519', publicKey: der(answerKey, 'spki') },
};

function wrappedKey(algorithm: 'sm4' | '3des', under: string, clear: string) {
  const cipher = encryptBlocks(algorithm, fromHex(under), fromHex(clear));
  const check = kcv(algorithm, fromHex(clear), 4);
  const wrapped = toHex(concatBytes(cipher, check));
  return { algorithm, under, wrapped, clear, checkValue: toHex(check) };
}

/** The three keys of a sign-in, wrapped and opened. */
export const sessionKeys = {
  pinKey: wrappedKey('sm4', terminalKeys.masterKey, '00112233445566778899AABBCCDDEEFF'),
  macKey: wrappedKey('sm4', terminalKeys.masterKey, '0F1E2D3C4B5A69788796A5B4C3D2E1F0'),
  bankPinKey: wrappedKey('3des', terminalKeys.bankMasterKey, '1C1C1C1C1C1C1C1C2525252525252525'),
};

const digestOf = (body: string) =>
  contentDigestOf(createHash('sha256').update(body).digest('base64'));

type Asked = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly algorithm: RequestAlgorithm;
  readonly nonce: string;
};

/** Noon in China, seconds. */
const CREATED = Date.parse('2026-11-22T12:00:00+08:00') / 1000;

function signedRequest(asked: Asked) {
  const { method, path, query, body, algorithm, nonce } = asked;
  const contentDigest = digestOf(body);
  const input = { created: CREATED, nonce, keyId: terminalKeys.terminalId, algorithm };
  const base = requestSignatureBase({ ...input, method, path, query, contentDigest });
  const signature =
    algorithm === 'ed25519'
      ? sign(null, Buffer.from(base), deviceKey)
      : hmacSm3(fromHex(sessionKeys.macKey.clear), Buffer.from(base));
  return {
    ...{ method, target: path + query, body, base },
    headers: {
      'Content-Digest': contentDigest,
      'Signature-Input': requestSignatureInput(input),
      Signature: signatureHeader(Buffer.from(signature).toString('base64')),
    },
  };
}

/** One request of each kind. */
export const requests = {
  signIn: signedRequest({
    ...{ method: 'POST', path: '/v1/terminals/sign-in', query: '', algorithm: 'ed25519' },
    body: JSON.stringify({ terminalId: terminalKeys.terminalId }),
    nonce: 'AAECAwQFBgcICQoLDA0ODw',
  }),
  challenge: signedRequest({
    ...{ method: 'POST', path: '/v1/challenges', query: '', algorithm: 'hmac-sm3' },
    body: '{"cardId":"991000D15600000500000000000000FF","totalAmount":"6.50"}',
    nonce: 'EBESExQVFhcYGRobHB0eHw',
  }),
  enquiry: signedRequest({
    ...{ method: 'GET', path: '/v1/settlements', body: '', algorithm: 'hmac-sm3' },
    query: '?requestKey=sale-0000000000000001',
    nonce: 'ICEiIyQlJicoKSorLC0uLw',
  }),
};

const requestSignature = requests.enquiry.headers.Signature.slice(3, -1);

function answerBase(algorithm: AnswerAlgorithm, status: number, body: string) {
  const contentDigest = digestOf(body);
  const { keyId: answerKeyId } = terminalKeys.answerKey;
  const base = answerSignatureBase({
    ...{ algorithm, status, contentDigest, requestSignature, answerKeyId },
  });
  const input = answerSignatureInput(answerKeyId, algorithm);
  return { status, body, base, contentDigest, input };
}

const EMPTY_ENQUIRY = '{"serverTime":"2026-11-22T12:00:00.000+08:00","items":[]}';

function plainAnswer() {
  const { base, contentDigest, input, ...answer } = answerBase('ed25519', 200, EMPTY_ENQUIRY);
  const signature = sign(null, Buffer.from(base), answerKey).toString('base64');
  return { ...answer, base, headers: answerHeaders(contentDigest, input, signature) };
}

function answerHeaders(contentDigest: string, input: string, signature: string) {
  return {
    'Content-Digest': contentDigest,
    'Signature-Input': input,
    Signature: signatureHeader(signature),
  };
}

/** The same answer as the third of five that were ready together. */
function treeAnswer() {
  const { base, contentDigest, input, ...answer } = answerBase('ed25519-tree', 200, EMPTY_ENQUIRY);
  const others = ['"of": another request 1', '"of": another request 2', '"of": 3', '"of": 4'];
  const [first = '', second = '', fourth = '', fifth = ''] = others;
  const leaves = [first, second, base, fourth, fifth].map((text) => Buffer.from(text));
  const tree = buildAnswerTree(leaves);
  const rootSignature = sign(null, tree.toSign, answerKey);
  const value = tree.signatureOf(2, rootSignature);
  const part = (start: number, end?: number) => toHex(value.subarray(start, end));
  return {
    ...answer,
    base,
    headers: answerHeaders(contentDigest, input, Buffer.from(value).toString('base64')),
    parts: {
      rootSignature: part(0, 64),
      index: part(64, 66),
      leaves: part(66, 68),
      path: [part(68, 100), part(100, 132), part(132)],
    },
    leaf: createHash('sha256').update(Uint8Array.of(0)).update(base).digest('hex').toUpperCase(),
    signed: toHex(tree.toSign),
  };
}

/** Answers to `requests.enquiry`, in both forms. */
export const answers = { acceptSignature: ACCEPT_TREE, plain: plainAnswer(), tree: treeAnswer() };
