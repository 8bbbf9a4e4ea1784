/** A reader that records, with personal data masked, what another reader and its card exchange. */
import { toHex } from '../../engine/base/crypto/bytes.ts';
import { answeredBy, type Exchange, maskExchange } from './mask-exchange.ts';
import type { Reader } from './reader.ts';
import type { Transcript } from './transcript.ts';

/** A settlement needs far fewer exchanges; later ones are not recorded. */
const EXCHANGES_MAX = 1000;

export type RecordingReader = Reader & {
  /** The exchanges so far. */
  transcript(): Transcript;
};

/** Wraps `reader`; several connections go into one transcript, the ATR is that of the last. */
export function createRecordingReader(reader: Reader): RecordingReader {
  const exchanges: Exchange[] = [];
  let atr = '';
  let protocol: Transcript['protocol'] = 'T=1';
  return {
    ...reader,
    connect: async () => {
      const connection = await reader.connect();
      atr = toHex(connection.atr);
      protocol = connection.protocol;
      let before: number | undefined;
      return {
        ...connection,
        transmit: async (command) => {
          const response = await connection.transmit(command);
          before = answeredBy(command, before);
          if (exchanges.length < EXCHANGES_MAX) {
            exchanges.push(maskExchange(command, response, before));
          }
          return response;
        },
      };
    },
    transcript: () => ({ reader: reader.name, atr, protocol, exchanges: [...exchanges] }),
  };
}
