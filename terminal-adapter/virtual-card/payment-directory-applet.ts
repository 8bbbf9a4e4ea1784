/** "1PAY.SYS.DDF01": the one-line directory of payment applications on the card. */

import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { encodeResponse } from '../apdu/apdu.ts';
import { PBOC_DEBIT_AID, PSE_NAME } from '../commands/select-application.ts';
import { encodeTlv } from '../tlv/tlv.ts';
import { type Applet, answerRecord } from './applet.ts';
import { DEBIT_LABEL } from './debit-applet.ts';

const DIRECTORY = [
  encodeTlv(
    '70',
    encodeTlv(
      '61',
      encodeTlv('4F', PBOC_DEBIT_AID),
      encodeTlv('50', Buffer.from(DEBIT_LABEL, 'latin1')),
      encodeTlv('87', Uint8Array.of(0x01)),
    ),
  ),
];

/** The directory; it names file 1 and the language zh. */
export const paymentDirectoryApplet: Applet = {
  name: PSE_NAME,
  select: () =>
    encodeTlv(
      '6F',
      encodeTlv('84', PSE_NAME),
      encodeTlv('A5', fromHex('8801015F2D027A689F110101')),
    ),
  process: (command) =>
    command.ins === 0xb2 && command.p2 === 0x0c
      ? answerRecord(DIRECTORY, command)
      : encodeResponse(0x6d00),
};
