/**
 * Identifiers: branded strings, so that the compiler refuses a card id where a settlement id is expected.
 * They are created outside the domain, because they need time and randomness, and validated here.
 */
declare const idBrand: unique symbol;
type Id<Name extends string> = string & { readonly [idBrand]: Name };

/**
 * 卡识别码, EF05 record 01: 16 bytes as 32 upper-case hex digits; the first three bytes are the issuing region.
 */
export type CardId = Id<'CardId'>;
/** 人员编号 `psn_no`, at most 30 characters. */
export type PersonNo = Id<'PersonNo'>;
/**
 * 结算ID `setl_id`: 28 characters, "<shard, 2 digits><time, 10><random, 16>" in Crockford base 32; sorts by
 * time within a shard.
 */
export type SettlementId = Id<'SettlementId'>;
/** A row of a file of credits: "C" and what a settlement id has, 29 characters. */
export type CreditId = Id<'CreditId'>;
/** Created and stored by the terminal before it sends: 16 to 40 of A-Z a-z 0-9 _ -. */
export type RequestKey = Id<'RequestKey'>;
export type TerminalId = Id<'TerminalId'>;
/** 定点医药机构编号 `fixmedins_code`: H or P, six digits of the county, five of the institution. */
export type InstitutionCode = Id<'InstitutionCode'>;

/** Number of logical shards, fixed for a database: a person's shard never changes. */
export const SHARD_COUNT = 16;

/** The person that a row belongs to; `shard` is the first part of every key. */
export type PersonKey = { readonly shard: number; readonly personNo: PersonNo };

/** The person's shard: FNV-1a of the person number, stable and even for consecutive numbers. */
export function shardOf(personNo: PersonNo): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < personNo.length; i++) {
    hash = Math.imul(hash ^ personNo.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % SHARD_COUNT;
}

const patterns = {
  cardId: /^[0-9A-F]{32}$/,
  requestKey: /^[A-Za-z0-9_-]{16,40}$/,
  settlementId: /^(0\d|1[0-5])[0-9A-HJKMNP-TV-Z]{26}$/,
} as const;

export function parseCardId(text: string): CardId | undefined {
  return patterns.cardId.test(text) ? (text as CardId) : undefined;
}

export function parseRequestKey(text: string): RequestKey | undefined {
  return patterns.requestKey.test(text) ? (text as RequestKey) : undefined;
}

export function parseSettlementId(text: string): SettlementId | undefined {
  return patterns.settlementId.test(text) ? (text as SettlementId) : undefined;
}

/** The shard that a settlement id names in its first two digits. */
export function shardOfSettlement(id: SettlementId): number {
  return Number(id.slice(0, 2));
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Builds the id of a credit, as `makeSettlementId`. */
export function makeCreditId(shard: number, timeMs: number, random: Uint8Array): CreditId {
  return `C${makeSettlementId(shard, timeMs, random)}` as CreditId;
}

/** Builds a settlement id from the person's shard, the time in ms and 10 random bytes. */
export function makeSettlementId(shard: number, timeMs: number, random: Uint8Array): SettlementId {
  let time = '';
  for (let rest = timeMs, i = 0; i < 10; i++) {
    time = CROCKFORD.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let tail = '';
  let bits = 0;
  let held = 0;
  for (const byte of random.subarray(0, 10)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      tail += CROCKFORD.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return `${String(shard).padStart(2, '0')}${time}${tail}` as SettlementId;
}
