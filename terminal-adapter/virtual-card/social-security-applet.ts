/**
 * Social-security application of the virtual card (LD/T 32): public EF05, personal EF06 behind the
 * PIN, VERIFY with three tries, and the chip's proof that it is genuine.
 */

import { concatBytes, equalBytes, fromHex } from '../../engine/base/crypto/bytes.ts';
import { internalAuthCryptogram } from '../../engine/base/crypto/card-key.ts';
import { invariant } from '../../engine/base/errors/result.ts';
import { type CommandApdu, encodeResponse } from '../apdu/apdu.ts';
import {
  SW_FILE_NOT_FOUND,
  SW_OK,
  SW_PIN_LOCKED,
  SW_SECURITY_NOT_SATISFIED,
} from '../apdu/status-word.ts';
import { SSSE_AID } from '../commands/select-application.ts';
import { EF05, EF06 } from '../commands/select-file.ts';
import { encodeTlv } from '../tlv/tlv.ts';
import { type Applet, answer, answerRecord, type CardMemory } from './applet.ts';
import type { SocialSecurityPersonalisation } from './personalisation.ts';

const PIN_TRIES = 3;

type File = { readonly id: number; readonly sfi: number; readonly records: readonly Uint8Array[] };

function record(tag: number, length: number, value: Uint8Array): Uint8Array {
  invariant(value.length <= length, 'a personalised value is longer than its record');
  const padded = new Uint8Array(length);
  padded.set(value);
  return concatBytes(Uint8Array.of(tag, length), padded);
}

const text = (value: string) => new Uint8Array(Buffer.from(value, 'latin1'));
const date = (value: string | undefined) => fromHex((value ?? '00000000').replaceAll('-', ''));

function filesOf(card: SocialSecurityPersonalisation): readonly File[] {
  const { holder } = card;
  const publicRecords = [
    record(0x01, 16, fromHex(card.cardId)),
    record(0x02, 1, text(card.cardClass)),
    record(0x03, 4, text(card.specVersion)),
    record(0x04, 12, fromHex(card.issuer)),
    record(0x05, 4, date(card.issuedOn)),
    record(0x06, 4, date(card.expiresOn)),
    record(0x07, 9, text(card.cardNumber)),
  ];
  const personalRecords = [
    record(0x08, 18, text(holder.idNumber)),
    record(0x09, 30, fromHex(holder.nameGbk)),
    record(0x4e, 20, new Uint8Array(0)),
    record(0x0a, 1, text(holder.sex)),
    record(0x0b, 1, fromHex(holder.nation)),
    record(0x0c, 3, fromHex(holder.birthplace)),
    record(0x0d, 4, date(holder.bornOn)),
  ];
  return [
    { id: EF05, sfi: 5, records: publicRecords },
    { id: EF06, sfi: 6, records: personalRecords },
  ];
}

/** The application while it is powered. */
type Chip = {
  readonly card: SocialSecurityPersonalisation;
  readonly memory: CardMemory;
  readonly files: readonly File[];
  selected: File | undefined;
  isPinVerified: boolean;
};

function select(chip: Chip): Uint8Array {
  chip.selected = undefined;
  chip.isPinVerified = false;
  const cipher = fromHex(chip.card.algorithm === 'sm4' ? '860103' : '860101');
  return encodeTlv('6F', encodeTlv('84', SSSE_AID), encodeTlv('A5', encodeTlv('9F0C', cipher)));
}

function selectFile(chip: Chip, { data }: CommandApdu): Uint8Array {
  const [high, low] = data;
  if (high === undefined || low === undefined || data.length !== 2) return encodeResponse(0x6700);
  const file = chip.files.find(({ id }) => id === high * 256 + low);
  if (file === undefined) return encodeResponse(SW_FILE_NOT_FOUND);
  chip.selected = file;
  return encodeResponse(SW_OK);
}

function readRecord(chip: Chip, command: CommandApdu): Uint8Array {
  const sfi = command.p2 >> 3;
  const file = sfi === 0 ? chip.selected : chip.files.find((candidate) => candidate.sfi === sfi);
  if (file === undefined) return encodeResponse(SW_FILE_NOT_FOUND);
  if (file.id === EF06 && !chip.isPinVerified) return encodeResponse(SW_SECURITY_NOT_SATISFIED);
  const mode = command.p2 & 0x07;
  if (mode === 0x04) return answerRecord(file.records, command);
  if (mode !== 0x00) return encodeResponse(0x6a86);
  const index = file.records.findIndex(([tag]) => tag === command.p1);
  return answerRecord(file.records, { ...command, p1: index + 1 });
}

function verify(chip: Chip, { data }: CommandApdu): Uint8Array {
  const { memory } = chip;
  const pin = fromHex(chip.card.pin);
  if (memory.pinTriesLeft === 0) return encodeResponse(SW_PIN_LOCKED);
  if (data.length === 0) return encodeResponse(0x63c0 + memory.pinTriesLeft);
  if (data.length !== pin.length) return encodeResponse(0x6700);
  // The try is spent before the comparison: pulling the card cannot win one back.
  memory.pinTriesLeft -= 1;
  chip.isPinVerified = equalBytes(data, pin);
  if (chip.isPinVerified) {
    memory.pinTriesLeft = PIN_TRIES;
    return encodeResponse(SW_OK);
  }
  return encodeResponse(memory.pinTriesLeft === 0 ? SW_PIN_LOCKED : 0x63c0 + memory.pinTriesLeft);
}

function authenticate({ card }: Chip, command: CommandApdu): Uint8Array {
  if (command.data.length !== 16) return encodeResponse(0x6700);
  const cryptogram = internalAuthCryptogram({
    algorithm: card.algorithm,
    cardKey: fromHex(card.cardKey),
    factor8: command.data.subarray(0, 8),
    source8: command.data.subarray(8),
  });
  return answer(cryptogram, command.le);
}

/** The applet. `random(bytes)` feeds GET CHALLENGE. */
export function createSocialSecurityApplet(
  card: SocialSecurityPersonalisation,
  memory: CardMemory,
  random: (bytes: number) => Uint8Array,
): Applet {
  const files = filesOf(card);
  const chip: Chip = { card, memory, files, selected: undefined, isPinVerified: false };
  const process = (command: CommandApdu): Uint8Array => {
    switch (command.ins) {
      case 0xa4:
        return selectFile(chip, command);
      case 0xb2:
        return readRecord(chip, command);
      case 0x20:
        return verify(chip, command);
      case 0x84:
        return answer(random(8), command.le);
      case 0x88:
        return authenticate(chip, command);
      default:
        return encodeResponse(0x6d00);
    }
  };
  return { name: SSSE_AID, select: () => select(chip), process };
}
