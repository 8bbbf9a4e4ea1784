import { ANSWERS_MAX, buildAnswerTree } from '../../base/signatures/answer-tree.ts';
import {
  ACCEPT_TREE,
  answerSignatureBase,
  answerSignatureInput,
  signatureHeader,
} from '../../base/signatures/signature-base.ts';
import type { Keys } from '../../ports/keys.ts';

type SigningKeys = Pick<Keys, 'signAnswer' | 'answerKeyId'>;

export type AnswerToBind = {
  readonly status: number;
  /** Value of Content-Digest. */
  readonly contentDigest: string;
  /** The signature of the request that is answered, base64. */
  readonly requestSignature: string;
  /** The request's Accept-Signature. */
  readonly accepts: unknown;
};

/** The headers that make an answer a transaction certificate. Rejects when the key cannot sign. */
export type SignAnswer = (answer: AnswerToBind) => Promise<Record<string, string>>;

type Waiting = PromiseWithResolvers<Uint8Array> & { readonly base: Uint8Array };

/**
 * Signs answers, including refusals. Answers of one turn of the event loop share one signature if their
 * terminals accept that, so signing takes a smaller share of the time under load.
 */
export function createAnswerSigner(keys: SigningKeys): SignAnswer {
  const { answerKeyId } = keys;
  const signInTree = createTreeSigner(keys);
  return async ({ status, contentDigest, requestSignature, accepts }) => {
    const acceptsTree = accepts === ACCEPT_TREE;
    const algorithm = acceptsTree ? 'ed25519-tree' : 'ed25519';
    const answer = { algorithm, status, contentDigest, requestSignature, answerKeyId } as const;
    const base = Buffer.from(answerSignatureBase(answer), 'latin1');
    const signature = await (acceptsTree ? signInTree(base) : keys.signAnswer(base));
    return {
      'content-digest': contentDigest,
      'signature-input': answerSignatureInput(answerKeyId, algorithm),
      signature: signatureHeader(Buffer.from(signature).toString('base64')),
    };
  };
}

/** Signs at the end of the turn; an answer never waits for others. */
function createTreeSigner(keys: SigningKeys): (base: Uint8Array) => Promise<Uint8Array> {
  let waiting: Waiting[] = [];
  const signWaiting = () => {
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += ANSWERS_MAX) {
      signTogether(keys, all.slice(start, start + ANSWERS_MAX));
    }
  };
  return (base) => {
    const answer = { ...Promise.withResolvers<Uint8Array>(), base };
    if (waiting.length === 0) setImmediate(signWaiting);
    waiting.push(answer);
    return answer.promise;
  };
}

/** Whoever waits is told, also of a failure. */
function signTogether(keys: SigningKeys, answers: readonly Waiting[]): void {
  const refuse = (error: unknown) => {
    for (const { reject } of answers) reject(error);
  };
  try {
    const tree = buildAnswerTree(answers.map(({ base }) => base));
    keys.signAnswer(tree.toSign).then((rootSignature) => {
      for (const [index, { resolve }] of answers.entries()) {
        resolve(tree.signatureOf(index, rootSignature));
      }
    }, refuse);
  } catch (error) {
    refuse(error);
  }
}
