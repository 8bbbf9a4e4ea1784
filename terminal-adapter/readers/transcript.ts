/**
 * A recorded conversation with a card, as hex text that can be kept in a file. What identifies a person is
 * masked while it is recorded: "X" in a command stands for any digit at replay.
 */
import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import type { CardProtocol } from '../apdu/exchange.ts';
import type { Exchange } from './mask-exchange.ts';

export type Transcript = {
  readonly reader: string;
  readonly atr: string;
  readonly protocol: CardProtocol;
  readonly exchanges: readonly Exchange[];
};

/** Does a command match a recorded one? A masked digit matches every digit. */
export function matchesRecorded(command: Uint8Array, recorded: string): boolean {
  const hex = toHex(command);
  return (
    hex.length === recorded.length &&
    Array.from(recorded).every((digit, index) => digit === 'X' || digit === hex.charAt(index))
  );
}

/** The bytes of a recorded response. */
export function responseBytes(exchange: Exchange): Uint8Array {
  return fromHex(exchange.response);
}
