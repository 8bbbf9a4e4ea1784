import { type Static, Type } from 'typebox';

import { Bill, Card, closed, splitMembers } from '../../wire-schemas.ts';

export const QuoteRequest = closed({ card: Card, bill: Bill, useAccount: Type.Boolean() });
export type QuoteRequest = Static<typeof QuoteRequest>;

export const QuoteAnswer = closed({
  outcome: Type.Literal('quote'),
  ...splitMembers,
});
