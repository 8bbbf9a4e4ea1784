/**
 * One command to its whole answer. Under T=0 a command has data or Le, never both, and a card may say 61xx
 * (fetch xx bytes with GET RESPONSE) or 6Cxx (repeat with Le = xx); PC/SC does none of it for us.
 */
import { concatBytes } from '../../engine/base/crypto/bytes.ts';
import { encodeCommand, encodeResponse, parseCommand, parseResponse } from './apdu.ts';

/** Transmission protocol of ISO/IEC 7816-3. */
export type CardProtocol = 'T=0' | 'T=1';

/** Sends bytes to the card and gives the card's bytes. Rejects with a reader error. */
export type Transmit = (command: Uint8Array) => Promise<Uint8Array>;

/** A card that keeps asking for another round is broken or hostile. */
const ROUNDS_MAX = 16;

/**
 * The command as T=0 carries it (ISO/IEC 7816-3, 12.2.1): Le is left away behind data, and the fifth byte is
 * always there.
 */
function commandOfT0(command: Uint8Array): Uint8Array {
  const parsed = parseCommand(command);
  if (!parsed.ok) return command;
  const { data, le } = parsed.value;
  if (data.length > 0) return encodeCommand({ ...parsed.value, le: undefined });
  return le === undefined ? concatBytes(command, Uint8Array.of(0)) : command;
}

function withLe(command: Uint8Array, le: number): Uint8Array {
  const parsed = parseCommand(command);
  const isLePresent = parsed.ok && parsed.value.le !== undefined;
  return isLePresent ? command.with(-1, le) : concatBytes(command, Uint8Array.of(le));
}

/**
 * The full response (data of all rounds and the last status word). An answer of less than two bytes
 * is given back as it came: `parseResponse` refuses it.
 */
export async function exchange(
  transmit: Transmit,
  command: Uint8Array,
  protocol: CardProtocol,
): Promise<Uint8Array> {
  let next = protocol === 'T=0' ? commandOfT0(command) : command;
  let collected: Uint8Array = new Uint8Array(0);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const bytes = await transmit(next);
    const response = parseResponse(bytes);
    if (!response.ok) return bytes;
    const { data, sw } = response.value;
    if (sw >> 8 === 0x6c) {
      next = withLe(next, sw & 0xff);
      continue;
    }
    collected = concatBytes(collected, data);
    if (sw >> 8 !== 0x61) return encodeResponse(sw, collected);
    next = Uint8Array.of(0x00, 0xc0, 0x00, 0x00, sw & 0xff);
  }
  return encodeResponse(0x6f00);
}
