import { equalBytes } from '../../base/crypto/bytes.ts';
import type { CardId, TerminalId } from '../../base/ids/ids.ts';
import type { Keys } from '../../ports/keys.ts';

/**
 * The chip challenge. It needs no row anywhere: the token carries its stamp and its own MAC, bound to
 * terminal, card and amount; and it is used once because a card only takes a stamp later than the last
 * one that it used.
 */
export type Challenge = {
  /** Microseconds since the epoch; strictly rising in one engine. */
  readonly stamp: number;
  readonly factor: Uint8Array;
  readonly source: Uint8Array;
};

export type ChallengeBinding = {
  readonly terminalId: TerminalId;
  readonly cardId: CardId;
  /** Total of the bill as on the wire, "12.34". */
  readonly totalAmount: string;
};

const CONTENT_BYTES = 24;
const MAC_BYTES = 16;

/** @param random 16 bytes: process factor and source, 8 each (过程因子, 鉴别原始信息) */
export function makeChallenge(
  keys: Keys,
  binding: ChallengeBinding,
  stamp: number,
  random: Uint8Array,
): { readonly token: string; readonly challenge: Challenge } {
  const content = Buffer.alloc(CONTENT_BYTES);
  content.writeBigUInt64BE(BigInt(stamp));
  content.set(random.subarray(0, 16), 8);
  const token = Buffer.concat([content, macOf(keys, content, binding)]).toString('base64url');
  return { token, challenge: challengeOf(content) };
}

/** Undefined unless the token is ours, for this terminal, card and amount. Its age is the caller's matter. */
export function readChallenge(
  keys: Keys,
  binding: ChallengeBinding,
  token: string,
): Challenge | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== CONTENT_BYTES + MAC_BYTES) return undefined;
  const content = bytes.subarray(0, CONTENT_BYTES);
  const expected = macOf(keys, content, binding);
  return equalBytes(expected, bytes.subarray(CONTENT_BYTES)) ? challengeOf(content) : undefined;
}

function challengeOf(content: Buffer): Challenge {
  return {
    stamp: Number(content.readBigUInt64BE()),
    factor: content.subarray(8, 16),
    source: content.subarray(16, 24),
  };
}

function macOf(keys: Keys, content: Uint8Array, binding: ChallengeBinding): Uint8Array {
  const bound = `${binding.terminalId}\n${binding.cardId}\n${binding.totalAmount}`;
  return keys.challengeMac(Buffer.concat([content, Buffer.from(bound)])).subarray(0, MAC_BYTES);
}
