/** Worked conversations with a card: every APDU of a settlement with a bank debit, from the virtual card. */
import { concatBytes, fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { deriveCardKey } from '../../engine/base/crypto/card-key.ts';
import { arpc, deriveUdk, pbocSessionKey } from '../../engine/base/crypto/emv-cryptogram.ts';
import { invariant } from '../../engine/base/errors/result.ts';
import type { CardId } from '../../engine/base/ids/ids.ts';
import { fen } from '../../engine/base/money/fen.ts';
import { openCounterCard } from '../agent/counter-card.ts';
import type { CardConnection } from '../readers/reader.ts';
import { findTag, parseTlv } from '../tlv/tlv.ts';
import type { CardPersonalisation } from '../virtual-card/personalisation.ts';
import { createVirtualCard } from '../virtual-card/virtual-card.ts';

const [cardMasterKey, issuerMasterKey] = [
  'FEDCBA98765432100123456789ABCDEF',
  '0123456789ABCDEFFEDCBA9876543210',
];
const [pan, panSequence] = ['6216261000000000018', '01'];
/** The test number of UnionPay, an invented holder without an ID number. */
const cardId = '991000D15600000500000000000A1B2C' as CardId;
const chipKey = deriveCardKey({ algorithm: 'sm4', masterKey: fromHex(cardMasterKey), cardId });
const udk = deriveUdk({
  ...{ algorithm: '3des', issuerMasterKey: fromHex(issuerMasterKey), pan, panSequence },
});

export const vectorCard: CardPersonalisation = {
  socialSecurity: {
    ...{ algorithm: 'sm4', cardId, cardClass: '1', specVersion: '3.00' },
    ...{ issuer: '910000019991009900000000', issuedOn: '2026-01-01', expiresOn: '2036-01-01' },
    cardNumber: 'A12345678',
    holder: {
      ...{ idNumber: '0'.repeat(18), nameGbk: 'B2E2CAD4', sex: '1', nation: '01' },
      ...{ birthplace: '999999', bornOn: '1990-01-01' },
    },
    ...{ cardKey: toHex(chipKey), pin: '123456' },
  },
  debit: {
    ...{ algorithm: '3des', pan, panSequence, expiresOn: '2030-12-31', udk: toHex(udk) },
    ...{ holderName: 'TEST CARD', issuerDiscretionaryData: '' },
  },
};

export type Exchanged = { readonly command: string; readonly response: string };

/** Noon in China, of the day of the vectors. */
const AT = Date.parse('2026-11-22T12:00:00+08:00');

function recordedCard() {
  const random = (count: number) => Uint8Array.from({ length: count }, (_, index) => index + 1);
  const card = createVirtualCard(vectorCard, { random });
  const exchanged: Exchanged[] = [];
  const connection: CardConnection = {
    atr: card.atr,
    protocol: card.protocol,
    transmit: async (command) => {
      const response = card.transmit(command);
      exchanged.push({ command: toHex(command), response: toHex(response) });
      return response;
    },
    disconnect: async () => card.reset(),
  };
  const take = () => exchanged.splice(0);
  return { connection, random, take };
}

/** Reading, proving, authorising and finishing, in the order of a settlement. */
export async function cardVectors() {
  const { connection, random, take } = recordedCard();
  const clock = { now: () => AT, randomBytes: random };
  const card = openCounterCard({ connection, clock, serial: '12345678', traceNumber: 1 });
  const read = await card.read();
  invariant(read.ok, 'the virtual card can be read');
  const reading = { card: read.value, apdus: take() };
  const [factor, source] = ['0011223344556677', '8899AABBCCDDEEFF'];
  const proof = await card.prove({ factor, source });
  invariant(proof.ok, 'the virtual card proves itself');
  const proving = { factor, source, cryptogram: proof.value, apdus: take() };
  const asked = await card.authorise(fen(650n));
  invariant(asked.ok, 'the virtual card asks its bank');
  const authorising = { amount: '6.50', bank: asked.value, apdus: take() };
  const answer = { responseCode: '00', issuerAuthData: bankAnswer(asked.value.chipData) };
  const finished = await card.finish(answer);
  invariant(finished.ok, 'the virtual card accepts its bank');
  const finishing = { ...answer, isAccepted: finished.value, apdus: take() };
  return { reading, proving, authorising, finishing };
}

/** Tag 91 of an approval: what only the bank can make. */
function bankAnswer(chipData: string): string {
  const objects = parseTlv(fromHex(chipData));
  invariant(objects.ok, 'field 55 is a list of objects');
  const tag = (name: string) => findTag(objects.value, name) ?? new Uint8Array(0);
  const key = pbocSessionKey({ algorithm: '3des', udk, atc: tag('9F36') });
  const arc = Buffer.from('00', 'latin1');
  return toHex(concatBytes(arpc({ algorithm: '3des', key, arqc: tag('9F26'), arc }), arc));
}
