import type { ErrorCode } from '../../base/errors/error-registry.ts';

/** A hit on one of the three levels of the invalid list (无效卡名单). */
export type InvalidListHit = {
  readonly level: 'national' | 'provincial' | 'city';
  readonly region: string;
  /** Of the list that was in force. */
  readonly version: number;
  readonly reason: string;
};

const listCodes = {
  national: 'CARD_LISTED_NATIONAL',
  provincial: 'CARD_LISTED_PROVINCIAL',
  city: 'CARD_LISTED_CITY',
} as const satisfies Record<InvalidListHit['level'], ErrorCode>;

/** A hit on any level refuses the card; the refusal names the widest level. */
export function checkInvalidList(hits: readonly InvalidListHit[]): ErrorCode | undefined {
  for (const level of ['national', 'provincial', 'city'] as const) {
    if (hits.some((hit) => hit.level === level)) return listCodes[level];
  }
  return undefined;
}
