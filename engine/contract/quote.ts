import { type Static, Type } from 'typebox';

import { BillBody } from './bill.ts';
import { CardBody } from './card.ts';
import { splitMembers } from './split.ts';
import { closed } from './values.ts';

export const QuoteRequest = closed({ card: CardBody, bill: BillBody, useAccount: Type.Boolean() });
export type QuoteRequest = Static<typeof QuoteRequest>;

export const QuoteDocument = closed({ outcome: Type.Literal('quote'), ...splitMembers });
export type QuoteDocument = Static<typeof QuoteDocument>;
