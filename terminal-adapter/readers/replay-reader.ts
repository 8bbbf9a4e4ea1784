/**
 * A reader that answers from a transcript, and fails clearly when the conversation differs from it.
 */
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { type Reader, ReaderError } from './reader.ts';
import { matchesRecorded, responseBytes, type Transcript } from './transcript.ts';

export type ReplayReader = Reader & {
  /** Exchanges that were not replayed yet: 0 at the end of the conversation. */
  remaining(): number;
};

/** The card of the transcript is in the slot from the beginning to the end. */
export function createReplayReader(transcript: Transcript): ReplayReader {
  let next = 0;
  let isConnected = false;

  function reply(command: Uint8Array): Uint8Array {
    const recorded = transcript.exchanges[next];
    const place = `exchange ${next + 1} of ${transcript.exchanges.length}`;
    if (recorded === undefined)
      throw new ReaderError('REPLAY_DEVIATION', `nothing is recorded after ${place}`);
    if (!matchesRecorded(command, recorded.command)) {
      // Only headers are shown: the data of a command may be a PIN.
      const sent = Buffer.from(command.subarray(0, 4)).toString('hex').toUpperCase();
      const expected = recorded.command.slice(0, 8);
      throw new ReaderError(
        'REPLAY_DEVIATION',
        `${place} is ${expected}…, the terminal sent ${sent}…`,
      );
    }
    next += 1;
    return responseBytes(recorded);
  }

  return {
    name: transcript.reader,
    waitForCard: async () => true,
    waitForRemoval: async () => false,
    connect: async () => {
      if (isConnected) throw new ReaderError('CARD_BUSY');
      isConnected = true;
      let isOpen = true;
      return {
        atr: fromHex(transcript.atr),
        protocol: transcript.protocol,
        transmit: async (command) => {
          if (!isOpen) throw new ReaderError('CARD_GONE');
          return reply(command);
        },
        disconnect: async () => {
          if (isOpen) isConnected = false;
          isOpen = false;
        },
      };
    },
    close: async () => {
      isConnected = false;
    },
    remaining: () => transcript.exchanges.length - next,
  };
}
