/**
 * The hash of a set: the sum of the SHA-256 digests of its members, each of eight 32-bit words modulo 2^32.
 * It does not depend on the order, and follows additions and removals without the other members. It tells
 * whether two sets are equal; it is no proof against whoever chooses the members, which is what the signature
 * of the file is for.
 */
import { hash } from 'node:crypto';
import { invariant } from '../errors/result.ts';
import { fromHex, toHex } from './bytes.ts';

export type SetHash = {
  add(member: string): void;
  remove(member: string): void;
  /** 64 hex digits. */
  hex(): string;
};

const WORDS = 8;
const HEX_DIGITS = 64;

/** @param from hex of the set to go on from; undefined: the empty set */
export function openSetHash(from?: string): SetHash {
  const sum = new Uint32Array(WORDS);
  if (from !== undefined) {
    invariant(from.length === HEX_DIGITS, 'the hash of a set has 64 digits');
    const bytes = Buffer.from(fromHex(from));
    for (let i = 0; i < WORDS; i += 1) sum[i] = bytes.readUInt32BE(i * 4);
  }
  const change = (member: string, sign: 1 | -1): void => {
    const digest = hash('sha256', member, 'buffer');
    for (let i = 0; i < WORDS; i += 1) {
      // A typed array keeps the value modulo 2^32.
      sum[i] = (sum[i] ?? 0) + sign * digest.readUInt32BE(i * 4);
    }
  };
  return {
    add: (member) => change(member, 1),
    remove: (member) => change(member, -1),
    hex() {
      const bytes = Buffer.alloc(WORDS * 4);
      for (const [i, word] of sum.entries()) bytes.writeUInt32BE(word, i * 4);
      return toHex(bytes);
    },
  };
}
