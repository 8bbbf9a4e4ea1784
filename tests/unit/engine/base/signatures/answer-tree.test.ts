// Goal: one signature proves each of many answers by itself, and nothing else: no other answer, no other
// place, no path that was made longer or shorter.
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import {
  ANSWERS_MAX,
  buildAnswerTree,
  readTreeSignature,
} from '../../../../../engine/base/signatures/answer-tree.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

function basesOf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`"@status": 200\nanswer ${i}`));
}

function signAll(bases: readonly Uint8Array[]): Uint8Array[] {
  const tree = buildAnswerTree(bases);
  const rootSignature = sign(null, tree.toSign, privateKey);
  return bases.map((_, index) => tree.signatureOf(index, rootSignature));
}

function isProved(base: Uint8Array, signature: Uint8Array): boolean {
  const proof = readTreeSignature(base, signature);
  return proof !== undefined && verify(null, proof.signed, publicKey, proof.rootSignature);
}

describe('the root is that of RFC 9162', () => {
  // Leaves and roots that the reference implementations of Certificate Transparency are tested with.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  test.each([
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('of %d leaves', (count, root) => {
    const tree = buildAnswerTree(leaves.slice(0, count).map((hex) => Buffer.from(hex, 'hex')));
    const context = Buffer.from('yikatong answers 1\n\0').toString('hex');
    expect(Buffer.from(tree.toSign).toString('hex')).toBe(`${context}0${count}${root}`);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 33, 64, 255, ANSWERS_MAX])(
  'each of %d answers is proved by its own signature and by no other',
  (count) => {
    const bases = basesOf(count);
    const signatures = signAll(bases);
    bases.forEach((base, index) => {
      const own = signatures[index] ?? new Uint8Array();
      expect(own.length).toBeLessThanOrEqual(64 + 4 + 8 * 32);
      expect(isProved(base, own)).toBe(true);
      const foreign = signatures[index + 1];
      if (foreign !== undefined) expect(isProved(base, foreign)).toBe(false);
    });
  },
);

test('a signature with any byte altered, cut off or added proves nothing', () => {
  const bases = basesOf(11);
  const [signature = new Uint8Array()] = signAll(bases).slice(6, 7);
  const base = bases[6] ?? new Uint8Array();
  expect(isProved(base, signature)).toBe(true);
  for (let at = 0; at < signature.length; at++) {
    const altered = Uint8Array.from(signature);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(isProved(base, altered)).toBe(false);
    expect(isProved(base, signature.subarray(0, at))).toBe(false);
  }
  expect(isProved(base, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
  expect(isProved(base, Buffer.concat([signature, Buffer.alloc(32)]))).toBe(false);
});

test('a node of the tree is no answer, and a root no signature base', () => {
  const digest = (...parts: Uint8Array[]) =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  const [left = Buffer.of(), right = Buffer.of()] = basesOf(2);
  const leafOf = (base: Uint8Array) => digest(Buffer.of(0), base);
  const [signature = new Uint8Array()] = signAll([left, right]);
  // The two leaves, passed off as the text of the one answer of a tree.
  const pair = Buffer.concat([leafOf(left), leafOf(right)]);
  const alone = Buffer.concat([signature.subarray(0, 64), Buffer.of(0, 0, 0, 1)]);
  expect(isProved(pair, alone)).toBe(false);
  expect(isProved(Buffer.concat([Buffer.of(1), pair]), alone)).toBe(false);
  const { toSign } = buildAnswerTree([left, right]);
  expect(Buffer.from(toSign).toString('latin1')).toMatch(/^yikatong answers 1\n/);
});

test('no tree without answers, and none with more than 256', () => {
  expect(() => buildAnswerTree([])).toThrow(InvariantViolation);
  expect(() => buildAnswerTree(basesOf(ANSWERS_MAX + 1))).toThrow(InvariantViolation);
});
