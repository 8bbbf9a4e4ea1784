/** A virtual card behind a reader that speaks T=0 and passes every command on as it is. */
import {
  encodeResponse,
  parseCommand,
  parseResponse,
} from '../../../../terminal-adapter/apdu/apdu.ts';
import type { VirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';

const GET_RESPONSE = 0xc0;

/** The same card: 6700 for what is no command of T=0, 61xx for an answer behind data, 6Cxx for a wrong Le. */
export function t0Card(card: VirtualCard): VirtualCard {
  let waiting = new Uint8Array(0);

  /** Data for the length that was asked for, or the length that is right. */
  function hand(data: Uint8Array, asked: number): Uint8Array {
    const le = asked === 0 ? 256 : asked;
    if (le !== data.length) return encodeResponse(0x6c00 | (data.length & 0xff));
    return encodeResponse(0x9000, data);
  }

  function whole(command: Uint8Array) {
    const response = parseResponse(card.transmit(command));
    if (!response.ok) throw new Error('a virtual card gives a status word');
    return response.value;
  }

  return {
    ...card,
    protocol: 'T=0',
    transmit: (bytes) => {
      const [, ins, , , third] = bytes;
      const parsed = parseCommand(bytes);
      if (!parsed.ok || third === undefined) return encodeResponse(0x6700);
      if (bytes.length === 5) {
        if (ins === GET_RESPONSE) return hand(waiting, third);
        const { data, sw } = whole(Uint8Array.from([...bytes.subarray(0, 4), 0]));
        return sw === 0x9000 && data.length > 0 ? hand(data, third) : encodeResponse(sw, data);
      }
      if (parsed.value.le !== undefined) return encodeResponse(0x6700);
      const { data, sw } = whole(Uint8Array.from([...bytes, 0]));
      if (sw !== 0x9000 || data.length === 0) return encodeResponse(sw, data);
      waiting = Uint8Array.from(data);
      return encodeResponse(0x6100 | (data.length & 0xff));
    },
    reset: () => {
      waiting = new Uint8Array(0);
      card.reset();
    },
  };
}
