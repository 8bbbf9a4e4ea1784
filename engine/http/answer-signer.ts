import { ANSWERS_MAX, growAnswerTree } from '../domain/wire/answer-tree.ts';
import type { Keys } from '../ports/keys.ts';

/** Gives the signature of a base, as answer-tree.ts describes it; rejects when there is none. */
export type SignInTree = (base: Uint8Array) => Promise<Uint8Array>;

type Waiting = PromiseWithResolvers<Uint8Array> & { readonly base: Uint8Array };

/**
 * Signs the answers that get ready in one turn of the event loop together: the more there is to do, the
 * less of it is signing. Nobody waits for company: an answer that is alone is signed in the same turn.
 */
export function createAnswerSigner(keys: Pick<Keys, 'signAnswer'>): SignInTree {
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

function signTogether(keys: Pick<Keys, 'signAnswer'>, answers: readonly Waiting[]): void {
  try {
    const tree = growAnswerTree(answers.map(({ base }) => base));
    const rootSignature = keys.signAnswer(tree.toSign);
    for (const [index, { resolve }] of answers.entries()) {
      resolve(tree.signatureOf(index, rootSignature));
    }
  } catch (error) {
    for (const { reject } of answers) reject(error);
  }
}
