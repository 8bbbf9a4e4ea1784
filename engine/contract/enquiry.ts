/** What became of a request key: the enquiry of a terminal that lost an answer. */
import { type Static, Type } from 'typebox';

import type { Problem, UnknownDocument } from './problem.ts';
import type { RefundDocument } from './refund.ts';
import type { SettlementDocument } from './settlement.ts';
import { closed, list, oneOf, orNull, RequestKeyText, Text } from './values.ts';

export const EnquiryQuery = closed({ requestKey: RequestKeyText });

type StoredAnswer = SettlementDocument | RefundDocument | UnknownDocument | Problem;

/** One use of a request key, as the engine remembers it. */
const RequestItem = closed({
  requestKey: Text,
  state: oneOf('running', 'unknown', 'final'),
  settlementId: orNull(Text),
  status: orNull(Type.Integer()),
  answer: Type.Unsafe<StoredAnswer | null>(orNull(Type.Object({}))),
});
export type RequestItem = Static<typeof RequestItem>;

export const EnquiryDocument = closed({
  /** By the engine's clock; from two of them a terminal knows how long the key has not been seen. */
  serverTime: Text,
  items: list(RequestItem),
});
export type EnquiryDocument = Static<typeof EnquiryDocument>;
