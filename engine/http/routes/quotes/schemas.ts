import { type Static, Type } from 'typebox';

import {
  Amounts,
  Bill,
  Card,
  closed,
  ExplanationStep,
  FundShare,
  LineShare,
  Text,
} from '../../wire-schemas.ts';

export const QuoteRequest = closed({ card: Card, bill: Bill, useAccount: Type.Boolean() });
export type QuoteRequest = Static<typeof QuoteRequest>;

export const QuoteAnswer = closed({
  outcome: Type.Literal('quote'),
  packId: Text,
  amounts: Amounts,
  funds: Type.Array(FundShare),
  lines: Type.Array(LineShare),
  explanation: Type.Array(ExplanationStep),
});
