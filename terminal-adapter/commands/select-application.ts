import type { CipherAlgorithm } from '../../engine/base/crypto/block-cipher.ts';
import { equalBytes, fromHex } from '../../engine/base/crypto/bytes.ts';
import { ok } from '../../engine/base/errors/result.ts';
import { encodeCommand } from '../apdu/apdu.ts';
import { findTag, parseTlv } from '../tlv/tlv.ts';
import { type Command, expectOk, malformed } from './command.ts';

/** "sx1.sh.社会保障" in GBK: the social-security application (LD/T 32). */
export const SSSE_AID = fromHex('7378312E73682EC9E7BBE1B1A3D5CF');
/** PBOC debit application (JR/T 0025). */
export const PBOC_DEBIT_AID = fromHex('A000000333010101');
/** "1PAY.SYS.DDF01": the list of the card's payment applications. */
export const PSE_NAME = fromHex('315041592E5359532E4444463031');

export type SelectedApplication = {
  readonly name: Uint8Array;
  /** From tag 9F0C, element 86: 01 DES, 03 SM4. Cards without it use DES. */
  readonly algorithm: CipherAlgorithm;
  /** PDOL (tag 9F38) of a payment application. */
  readonly pdol: Uint8Array | undefined;
  /** Short file id of the payment directory (tag 88), PSE only. */
  readonly directorySfi: number | undefined;
};

function cipherOf(issuerData: Uint8Array | undefined): CipherAlgorithm | undefined {
  const elements = parseTlv(issuerData ?? new Uint8Array(0));
  const id = elements.ok ? findTag(elements.value, '86')?.[0] : undefined;
  // 02 is SSF33, a retired cipher that is not published: such a card cannot be authenticated.
  if (id === undefined || id === 0x01) return '3des';
  return id === 0x03 ? 'sm4' : undefined;
}

/** SELECT by name. The answer must name the application that was asked for. */
export function selectApplication(name: Uint8Array): Command<void, SelectedApplication> {
  return {
    getApdu: () => encodeCommand({ cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00, data: name, le: 256 }),
    parseResponse: (response) => {
      const data = expectOk(response);
      if (!data.ok) return data;
      const fci = parseTlv(data.value);
      if (!fci.ok) return malformed('FCI');
      const selected = findTag(fci.value, '84');
      if (selected === undefined || !equalBytes(selected, name)) return malformed('name in FCI');
      const algorithm = cipherOf(findTag(fci.value, '9F0C'));
      if (algorithm === undefined) return malformed('cipher in FCI');
      const pdol = findTag(fci.value, '9F38');
      return ok({ name: selected, algorithm, pdol, directorySfi: findTag(fci.value, '88')?.[0] });
    },
  };
}
