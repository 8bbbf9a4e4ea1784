import { equalBytes } from '../../base/crypto/bytes.ts';
import type { CardId, TerminalId } from '../../base/ids/ids.ts';
import type { Keys } from '../../ports/keys.ts';

/**
 * The chip challenge (随机数). It is not stored: the token contains its stamp and a MAC that binds it to
 * terminal, card and amount. Single use, because a card only accepts a stamp later than its last one.
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

/** Creates a challenge. @param random 16 bytes: process factor and source, 8 each (过程因子, 鉴别原始信息) */
export function makeChallenge(
  keys: Keys,
  binding: ChallengeBinding,
  stamp: number,
  random: Uint8Array,
): { readonly token: string; readonly challenge: Challenge } {
  const content = Buffer.alloc(CONTENT_BYTES);
  content.writeBigUInt64BE(BigInt(stamp));
  content.set(random.subarray(0, 16), 8);
  const token = Buffer.concat([content, challengeMac(keys, content, binding)]).toString(
    'base64url',
  );
  return { token, challenge: parseChallenge(content) };
}

/**
 * Verifies a token.
 * @returns undefined unless it was issued for this terminal, card and amount; checks no age
 */
export function readChallenge(
  keys: Keys,
  binding: ChallengeBinding,
  token: string,
): Challenge | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== CONTENT_BYTES + MAC_BYTES) return undefined;
  const content = bytes.subarray(0, CONTENT_BYTES);
  const expected = challengeMac(keys, content, binding);
  return equalBytes(expected, bytes.subarray(CONTENT_BYTES)) ? parseChallenge(content) : undefined;
}

function parseChallenge(content: Buffer): Challenge {
  return {
    stamp: Number(content.readBigUInt64BE()),
    factor: content.subarray(8, 16),
    source: content.subarray(16, 24),
  };
}

function challengeMac(keys: Keys, content: Uint8Array, binding: ChallengeBinding): Uint8Array {
  const bound = `${binding.terminalId}\n${binding.cardId}\n${binding.totalAmount}`;
  return keys.challengeMac(Buffer.concat([content, Buffer.from(bound)])).subarray(0, MAC_BYTES);
}
