/**
 * What the counter sends, as it stands on the wire: already checked for form (types, patterns, sizes),
 * money and quantities still decimal text.
 */
export type CardBody = {
  readonly cardId: string;
  readonly cardNumber: string;
  readonly cardClass: string;
  readonly specVersion: string;
  readonly issuedOn: string;
  readonly expiresOn: string | null;
};

export type BillBody = {
  /** "11", "41", or "14" and what follows it: a chronic or special disease (门诊慢特病). */
  readonly careType: string;
  readonly serviceDate: string;
  readonly totalAmount: string;
  readonly lines: readonly BillLineBody[];
  /** 病种 `dise_codg` of a chronic or special disease; the first is the one that is treated. */
  readonly diseases?: readonly string[];
  readonly diagnoses?: readonly string[];
};

export type BillLineBody = {
  readonly lineNo: string;
  readonly code: string | null;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
};

export type TenderBody =
  | { readonly kind: 'cash'; readonly expected?: string }
  | {
      readonly kind: 'bank-debit';
      readonly expected: string;
      readonly pan: string;
      readonly panSequence: string;
      readonly expiry: string;
      readonly track2?: string;
      readonly pinBlock: string;
      readonly chipData: string;
      readonly entryMode: string;
    };

export type QuoteBody = {
  readonly card: CardBody;
  readonly bill: BillBody;
  readonly useAccount: boolean;
};

export type SettlementBody = QuoteBody & {
  readonly requestKey: string;
  readonly chip: { readonly challenge: string; readonly cryptogram: string };
  readonly pin: { readonly block: string };
  readonly tender: TenderBody;
};

export type ChallengeBody = { readonly cardId: string; readonly totalAmount: string };

export type RefundBody = { readonly requestKey: string; readonly lines?: readonly string[] };
