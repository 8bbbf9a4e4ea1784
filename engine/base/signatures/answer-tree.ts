/**
 * One signature for many answers. The leaves of a Merkle tree (RFC 9162 §2.1) are the signature bases of
 * answers that are ready at the same time; the root is signed. Each answer carries the root's signature and
 * its own path to the root, so it is verified independently of the others.
 */
import { concatBytes } from '../crypto/bytes.ts';
import { sha256 } from '../crypto/sha256.ts';
import { invariant } from '../errors/result.ts';

/** Maximum number of leaves: a path has at most 8 hashes. */
export const ANSWERS_MAX = 256;

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const POSITION_BYTES = 4;
/** Distinguishes a root from a signature base, which begins with a quote. */
const ROOT_CONTEXT = Buffer.from('yikatong answers 1\n', 'latin1');
/** Prefixes that distinguish leaves from nodes (RFC 9162 §2.1.1). */
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export type AnswerTree = {
  /** The bytes that the answer key signs. */
  readonly toSign: Uint8Array;
  /** Value of an answer's Signature: the root's signature (64 bytes), position and path of the leaf. */
  signatureOf(index: number, rootSignature: Uint8Array): Uint8Array;
};

/** Builds the tree of 1 to `ANSWERS_MAX` signature bases, in their order. */
export function buildAnswerTree(bases: readonly Uint8Array[]): AnswerTree {
  invariant(bases.length > 0 && bases.length <= ANSWERS_MAX, 'a tree has 1 to 256 answers');
  const size = bases.length;
  const levels = [bases.map((base) => sha256(concatBytes(LEAF, base)))];
  for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? []) {
    levels.push(parentLevel(below));
  }
  return {
    toSign: signedRoot(levels.at(-1)?.[0] ?? LEAF, size),
    signatureOf(index, rootSignature) {
      const parts = [rootSignature, twoBytes(index), twoBytes(size)];
      for (const [height, level] of levels.entries()) {
        const sibling = level[(index >> height) ^ 1];
        if (sibling !== undefined) parts.push(sibling);
      }
      return concatBytes(...parts);
    },
  };
}

/** Hashes pairs of nodes; a last node without a partner moves up unchanged. */
function parentLevel(below: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let index = 0; index < below.length; index += 2) {
    const [left = LEAF, right] = [below[index], below[index + 1]];
    above.push(right === undefined ? left : hashNode(left, right));
  }
  return above;
}

function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** Includes the number of leaves, so that an answer has exactly one valid signature. */
function signedRoot(root: Uint8Array, size: number): Uint8Array {
  return concatBytes(ROOT_CONTEXT, twoBytes(size), root);
}

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/**
 * Computes the root of an answer's tree from its signature base and Signature value.
 * @returns the bytes that the answer key must have signed, and the key's signature; undefined unless the path
 *   has exactly the length that its position in the tree requires
 */
export function readTreeSignature(
  base: Uint8Array,
  signature: Uint8Array,
): { readonly signed: Uint8Array; readonly rootSignature: Uint8Array } | undefined {
  const position = signature.subarray(SIGNATURE_BYTES, SIGNATURE_BYTES + POSITION_BYTES);
  const [indexHigh = 0, indexLow = 0, sizeHigh = 0, sizeLow = 0] = position;
  let index = (indexHigh << 8) | indexLow;
  const size = (sizeHigh << 8) | sizeLow;
  if (position.length < POSITION_BYTES || size > ANSWERS_MAX || index >= size) return undefined;
  let offset = SIGNATURE_BYTES + POSITION_BYTES;
  let node = sha256(concatBytes(LEAF, base));
  for (let width = size; width > 1; width = (width + 1) >> 1, index >>= 1) {
    if (index === width - 1 && index % 2 === 0) continue;
    const sibling = signature.subarray(offset, offset + HASH_BYTES);
    if (sibling.length < HASH_BYTES) return undefined;
    node = index % 2 === 0 ? hashNode(node, sibling) : hashNode(sibling, node);
    offset += HASH_BYTES;
  }
  if (offset !== signature.length) return undefined;
  return { signed: signedRoot(node, size), rootSignature: signature.subarray(0, SIGNATURE_BYTES) };
}
