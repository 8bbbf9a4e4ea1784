import { generateKeyPairSync, sign } from 'node:crypto';
import { openSetHash } from '../../../engine/base/crypto/set-hash.ts';
import type { CardId } from '../../../engine/base/ids/ids.ts';
import type {
  ListHeader,
  ListName,
  ListReason,
  ListRow,
} from '../../../engine/domain/invalid-list/list-file.ts';
import { entryText } from '../../../engine/domain/invalid-list/list-file.ts';
import type { ListSigner } from '../../../engine/flows/invalid-list/write-list-file.ts';
import { writeListFile } from '../../../engine/flows/invalid-list/write-list-file.ts';

/** Who is on a list, and why. */
export type Listed = ReadonlyMap<CardId, ListReason>;

/** An issuer with a key of its own. */
export type TestIssuer = ListSigner & { readonly publicKey: string };

export const cityList = { level: 'city', region: '441900' } as const satisfies ListName;
export const provincialList = { level: 'provincial', region: '440000' } as const satisfies ListName;
export const nationalList = { level: 'national', region: '000000' } as const satisfies ListName;

export function makeIssuer(keyId: string): TestIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    ...{ keyId, algorithm: 'ed25519' },
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: (data) => sign(null, data, privateKey),
  };
}

/** "0…0<no>" in hex. */
export function cardNo(no: number): CardId {
  return no.toString(16).toUpperCase().padStart(32, '0') as CardId;
}

export function listed(...cards: readonly (readonly [no: number, reason: ListReason])[]): Listed {
  return new Map(cards.map(([no, reason]) => [cardNo(no), reason]));
}

export type FileOrder = {
  readonly name: ListName;
  readonly version: number;
  readonly issuer: ListSigner;
  readonly issuedAt?: number;
};

export function fullFile(order: FileOrder, list: Listed): Promise<string> {
  const rows = [...list].map(([cardId, reason]) => ({ isListed: true, cardId, reason }));
  return textOf(order, { rows: sorted(rows), base: undefined, after: list });
}

/** What leads from one list to another. */
export function deltaFile(
  order: FileOrder & { readonly base: number },
  before: Listed,
  after: Listed,
): Promise<string> {
  const rows: ListRow[] = [];
  for (const [cardId, reason] of before) {
    if (after.get(cardId) !== reason) rows.push({ isListed: false, cardId, reason });
  }
  for (const [cardId, reason] of after) {
    if (before.get(cardId) !== reason) rows.push({ isListed: true, cardId, reason });
  }
  return textOf(order, { rows: sorted(rows), base: order.base, after });
}

/** A file with these rows, whatever they are. */
export async function textOf(
  { name, version, issuer, issuedAt = 0 }: FileOrder,
  made: {
    readonly rows: readonly ListRow[];
    readonly base: number | undefined;
    readonly after: Listed;
  },
): Promise<string> {
  const hash = openSetHash();
  for (const [cardId, reason] of made.after) hash.add(entryText({ cardId, reason }));
  const header: ListHeader = {
    ...{ level: name.level, region: name.region, version, base: made.base, issuedAt },
    ...{ rows: made.rows.length, entries: made.after.size, listHash: hash.hex() },
  };
  let text = '';
  for await (const part of writeListFile(header, [made.rows], issuer)) text += part;
  return text;
}

export function sorted(rows: readonly ListRow[]): ListRow[] {
  return rows.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

function placeOf({ cardId, isListed }: ListRow): string {
  return `${cardId}${isListed ? 1 : 0}`;
}

/** A file as it is read, in pieces of an odd size. */
export function sourceOf(text: string, size = 1_009) {
  return async function* (): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
}
