/** Enquiry of a terminal that lost an answer, by request key. */
import { type Static, Type } from 'typebox';

import type { Problem, UnknownDocument } from './problem.ts';
import type { RefundDocument } from './refund.ts';
import type { SettlementDocument } from './settlement.ts';
import { closed, list, oneOf, orNull, RequestKeyText, Text } from './values.ts';

export const EnquiryQuery = closed({ requestKey: RequestKeyText });

type StoredAnswer = SettlementDocument | RefundDocument | UnknownDocument | Problem;

/** The record of one use of a request key. */
export const RequestItem = closed({
  requestKey: Text,
  state: oneOf('running', 'unknown', 'final'),
  settlementId: orNull(Text),
  status: orNull(Type.Integer()),
  answer: Type.Unsafe<StoredAnswer | null>(orNull(Type.Object({}))),
});
export type RequestItem = Static<typeof RequestItem>;

export const EnquiryDocument = closed({
  /** By the engine's clock; compare two to measure how long the key has been unknown. */
  serverTime: Text,
  items: list(RequestItem),
});
export type EnquiryDocument = Static<typeof EnquiryDocument>;
