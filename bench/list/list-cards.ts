import { createCipheriv } from 'node:crypto';
import { openSetHash } from '../../engine/base/crypto/set-hash.ts';
import type { CardId } from '../../engine/base/ids/ids.ts';
import type { ListHeader, ListName, ListRow } from '../../engine/domain/invalid-list/list-file.ts';
import { entryText } from '../../engine/domain/invalid-list/list-file.ts';

const REGION = '441900';
const PART_ROWS = 20_000;
/** Distance of the cards' serial numbers: what lies between is nobody's. */
const STRIDE = 400;
/** Fixed: the same number is the same card in every run. */
const tails = createCipheriv('aes-128-ecb', Buffer.alloc(16, 7), null).setAutoPadding(false);
const block = Buffer.alloc(16);

/** The card of a number from 0; ids rise with the numbers, and look as random as real ones. */
export function listCard(no: number): CardId {
  block.writeUInt32BE(no, 0);
  const tail = tails.update(block).toString('hex', 0, 8);
  const serial = (no * STRIDE).toString(16).padStart(10, '0');
  return `${REGION}${serial}${tail}`.toUpperCase() as CardId;
}

/** Cards that are on no list. */
export function otherCard(no: number): CardId {
  const card = listCard(no);
  return `45${card.slice(2)}` as CardId;
}

/** Rows of a full list of the cards from `from` on, in parts. */
export function* listRows(count: number, from = 0): Generator<readonly ListRow[]> {
  for (let start = from; start < from + count; start += PART_ROWS) {
    const length = Math.min(PART_ROWS, from + count - start);
    yield Array.from(
      { length },
      (_, i) =>
        ({
          ...{ isListed: true, cardId: listCard(start + i), reason: 'lost' },
        }) as const,
    );
  }
}

/** Header of a full list of `count` cards from `from` on. */
export function fullHeader(
  name: ListName,
  version: number,
  { count, from = 0 }: { readonly count: number; readonly from?: number },
): ListHeader {
  const hash = openSetHash();
  for (const rows of listRows(count, from)) for (const row of rows) hash.add(entryText(row));
  return {
    ...{ ...name, version, base: undefined, issuedAt: Date.now() },
    ...{ rows: count, entries: count, listHash: hash.hex() },
  };
}
