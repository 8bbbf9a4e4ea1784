/**
 * The file of an invalid list (无效卡名单), full or delta. Lines end with LF, text is ASCII:
 *
 *   header   JSON: format, level, region, version, base (deltas only), issuedAt, rows, entries, listHash
 *   rows     "+,<card id>,<reason>" listed, "-,<card id>,<reason>" taken off; by card id, "-" before "+"
 *   footer   JSON: sha256 of all bytes before it, keyId, algorithm, signature (base64)
 *
 * Rows are sorted, so a list of any length is checked, merged and resumed in bounded memory.
 */
import type { CardId } from '../../base/ids/ids.ts';
import type { InvalidListHit } from '../card/invalid-list.ts';

export const LIST_FORMAT = 'yikatong-invalid-list-1';

/** Why a card is listed. */
export const listReasons = [
  'lost',
  'damaged',
  'expired',
  'replaced',
  'cancelled',
  'other',
] as const;
export type ListReason = (typeof listReasons)[number];

export type ListLevel = InvalidListHit['level'];
export const listLevels = ['national', 'provincial', 'city'] as const satisfies ListLevel[];

export type ListName = { readonly level: ListLevel; readonly region: string };

export type ListHeader = ListName & {
  readonly version: number;
  /** The version that the rows change; undefined: a full list. */
  readonly base: number | undefined;
  /** ms */
  readonly issuedAt: number;
  readonly rows: number;
  /** Cards on the list afterwards. */
  readonly entries: number;
  /** Hash of the list afterwards: `openSetHash` over `entryText` of its entries. */
  readonly listHash: string;
};

export type ListFooter = {
  /** Of all bytes before the footer, hex. */
  readonly sha256: string;
  readonly keyId: string;
  readonly algorithm: 'ed25519' | 'sm2';
  /** Over `signedText`; base64. */
  readonly signature: string;
};

export type ListRow = {
  readonly isListed: boolean;
  readonly cardId: CardId;
  readonly reason: ListReason;
};

/** An entry as the list's hash counts it. */
export function entryText({ cardId, reason }: Pick<ListRow, 'cardId' | 'reason'>): string {
  return `${cardId},${reason}`;
}

/** What the issuer signs. It begins as no other signed text does. */
export function signedText(sha256: string): string {
  return `${LIST_FORMAT}\n${sha256}`;
}

export function headerLine(header: ListHeader): string {
  const { level, region, version, base, issuedAt, rows, entries, listHash } = header;
  const at = new Date(issuedAt).toISOString();
  const named = { format: LIST_FORMAT, level, region, version };
  const about = { ...(base !== undefined && { base }), issuedAt: at, rows, entries, listHash };
  return `${JSON.stringify({ ...named, ...about })}\n`;
}

export function rowLine({ isListed, cardId, reason }: ListRow): string {
  return `${isListed ? '+' : '-'},${cardId},${reason}\n`;
}

export function footerLine(footer: ListFooter): string {
  return `${JSON.stringify(footer)}\n`;
}

const HASH = /^[0-9A-F]{64}$/;
const regionForms = { national: /^000000$/, provincial: /^\d{2}0000$/, city: /^\d{4}00$/ };
const VERSION_MAX = 2_147_483_647;

/** @returns undefined when the line is no header */
export function readHeader(line: string): ListHeader | undefined {
  const { format, level, region, version, base, issuedAt, rows, entries, listHash } =
    readObject(line);
  const at = typeof issuedAt === 'string' ? Date.parse(issuedAt) : Number.NaN;
  const isFormed =
    format === LIST_FORMAT &&
    isLevel(level) &&
    typeof region === 'string' &&
    isListName({ level, region }) &&
    isCount(version) &&
    isCount(rows) &&
    isCount(entries) &&
    (base === undefined ? rows === entries : isCount(base) && base < version) &&
    typeof listHash === 'string' &&
    HASH.test(listHash) &&
    Number.isSafeInteger(at);
  if (!isFormed) return undefined;
  const known = base === undefined ? undefined : Number(base);
  return { level, region, version, base: known, issuedAt: at, rows, entries, listHash };
}

/** @returns undefined when the line is no footer */
export function readFooter(line: string): ListFooter | undefined {
  const { sha256, keyId, algorithm, signature } = readObject(line);
  const isFormed =
    typeof sha256 === 'string' &&
    HASH.test(sha256) &&
    typeof keyId === 'string' &&
    (algorithm === 'ed25519' || algorithm === 'sm2') &&
    typeof signature === 'string';
  return isFormed ? { sha256, keyId, algorithm, signature } : undefined;
}

const ROW = /^[+-],[0-9A-F]{32},(?:lost|damaged|expired|replaced|cancelled|other)$/;
const CARD_AT = 2;
const REASON_AT = 35;

/** @returns undefined when the line is no row */
export function readRow(line: string): ListRow | undefined {
  if (!ROW.test(line)) return undefined;
  return {
    isListed: line.startsWith('+'),
    cardId: line.slice(CARD_AT, REASON_AT - 1) as CardId,
    reason: line.slice(REASON_AT) as ListReason,
  };
}

export function isLevel(level: unknown): level is ListLevel {
  return listLevels.some((known) => known === level);
}

/** Has a level this region? 000000 is the nation, 440000 a province, 441900 a city. */
export function isListName({ level, region }: ListName): boolean {
  return regionForms[level].test(region);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= VERSION_MAX;
}

function readObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
