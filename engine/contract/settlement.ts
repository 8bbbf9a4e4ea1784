import { type Static, Type } from 'typebox';

import { BillBody } from './bill.ts';
import { CardBody } from './card.ts';
import { ClaimPart, CorrectionPart } from './correction.ts';
import { CodeText } from './problem.ts';
import { RefundSummary } from './refund.ts';
import { NetSums, RefundedSums, splitMembers } from './split.ts';
import {
  Bilingual,
  closed,
  hex,
  list,
  Money,
  oneOf,
  orNull,
  RequestKeyText,
  SettlementStateText,
  Text,
} from './values.ts';

export const CashBody = closed({
  kind: Type.Literal('cash'),
  /** QUOTE_CHANGED unless the patient's part is this amount. */
  expected: Type.Optional(Money),
});

export const BankDebitBody = closed({
  kind: Type.Literal('bank-debit'),
  expected: Money,
  pan: Type.String({ pattern: '^[0-9]{12,19}$' }),
  panSequence: Type.String({ pattern: '^[0-9]{2}$' }),
  expiry: Type.String({ pattern: '^[0-9]{2}(0[1-9]|1[0-2])$', description: 'YYMM' }),
  track2: Type.Optional(Type.String({ pattern: '^[0-9]{12,19}[=D][0-9]{1,24}$' })),
  pinBlock: hex(8),
  /** True: the block is bound to no card number (zeros in place of the account field; field 53.1 = 1). */
  pinWithoutPan: Type.Optional(Type.Boolean()),
  chipData: hex(1, 255),
  entryMode: Type.String({ pattern: '^[0-9]{3}$', examples: ['051'] }),
});
/** Card data for the bank. */
export type BankDebitBody = Static<typeof BankDebitBody>;

const TenderBody = Type.Union([CashBody, BankDebitBody]);
export type TenderBody = Static<typeof TenderBody>;

/** Text of one line that a person typed. */
const typed = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' });

export const ConfirmationBody = closed(
  { supervisor: typed(40), reason: typed(200) },
  'A supervisor confirms a bill above its ceiling: name or number, and the reason',
);
export type ConfirmationBody = Static<typeof ConfirmationBody>;

export const SettlementRequest = closed({
  requestKey: RequestKeyText,
  card: CardBody,
  chip: closed({
    challenge: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,256}$' }),
    cryptogram: hex(8),
  }),
  pin: closed({ block: hex(16) }),
  bill: BillBody,
  useAccount: Type.Boolean(),
  tender: TenderBody,
  /** Without it a bill above its ceiling is refused (BILL_ABOVE_CEILING). */
  confirmation: Type.Optional(ConfirmationBody),
});
export type SettlementRequest = Static<typeof SettlementRequest>;

/** Loose on purpose: a malformed id is answered like an unknown one. */
export const SettlementParams = closed({ id: Type.String({ maxLength: 64 }) });

export const BankPart = closed({
  responseCode: orNull(Text),
  rrn: orNull(Text),
  authCode: orNull(Text),
  stan: Text,
  amount: Money,
  /** Only in the answer to the settlement request, because the card is still in the reader. */
  issuerAuthData: Type.Optional(Text),
});

export const SettlementDocument = closed({
  outcome: oneOf('approved', 'declined', 'unknown'),
  settlementId: Text,
  requestKey: Text,
  state: SettlementStateText,
  /** Why it was released, or why its outcome is unknown; absent when approved. */
  code: Type.Optional(CodeText),
  message: Type.Optional(Bilingual),
  cashier: Type.Optional(Bilingual),
  acceptedAt: Text,
  businessDate: Text,
  institution: Text,
  terminalId: Text,
  careType: Text,
  /** Absent when the bill had none. */
  prescriptionNo: Type.Optional(Text),
  careRegion: Text,
  insuredRegion: Text,
  ...splitMembers,
  /** Absent when the request had none. */
  confirmation: Type.Optional(ConfirmationBody),
  accountBalance: Money,
  bank: orNull(BankPart),
  refunds: list(RefundSummary),
  /** In an enquiry, of all refunds that are done; absent: none. `amounts`, `national`, `funds` above are of the whole bill. */
  refunded: Type.Optional(RefundedSums),
  /** In an enquiry, what stands after refunds and corrections; absent: there were none. */
  net: Type.Optional(NetSums),
  /** In an enquiry, if it was corrected; the split above is that of its day. */
  corrections: Type.Optional(list(CorrectionPart, { minItems: 1 })),
  claim: Type.Optional(ClaimPart),
});
/** A settlement in any state. */
export type SettlementDocument = Static<typeof SettlementDocument>;
