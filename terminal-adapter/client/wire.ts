/**
 * The engine's wire documents as a terminal reads and writes them. Money is decimal text ("12.34").
 */

export type WireCard = {
  readonly cardId: string;
  readonly cardNumber: string;
  readonly cardClass: string;
  readonly specVersion: string;
  readonly issuedOn: string;
  readonly expiresOn: string | null;
};

export type WireBillLine = {
  readonly lineNo: string;
  readonly code: string | null;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
};

export type WireBill = {
  /** 医疗类别: "11" outpatient, "41" pharmacy, "14…" chronic or special disease. */
  readonly careType: string;
  readonly serviceDate: string;
  readonly totalAmount: string;
  readonly lines: readonly WireBillLine[];
  /** 病种 of a chronic or special disease, the one that is treated first. */
  readonly diseases?: readonly string[];
  readonly diagnoses?: readonly string[];
  readonly prescriptionNo?: string;
};

/** What the bank needs of its card; hex where it is binary. */
export type BankDebitData = {
  readonly pan: string;
  readonly panSequence: string;
  readonly expiry?: string;
  readonly track2?: string;
  readonly chipData: string;
  readonly entryMode: string;
};

export type WireTender =
  | { readonly kind: 'cash'; readonly expected?: string }
  | ({
      readonly kind: 'bank-debit';
      readonly expected: string;
      readonly pinBlock: string;
    } & BankDebitData);

export type SettleRequest = {
  readonly requestKey: string;
  readonly card: WireCard;
  readonly chip: { readonly challenge: string; readonly cryptogram: string };
  readonly pin: { readonly block: string };
  readonly bill: WireBill;
  readonly useAccount: boolean;
  readonly tender: WireTender;
};

export type RefundRequest = { readonly requestKey: string; readonly lines?: readonly string[] };

export type QuoteRequest = {
  readonly card: WireCard;
  readonly bill: WireBill;
  readonly useAccount: boolean;
};

export type ChallengeRequest = { readonly cardId: string; readonly totalAmount: string };

export type Challenge = {
  readonly challenge: string;
  readonly factor: string;
  readonly source: string;
  readonly expiresAt: string;
};

export type Amounts = {
  readonly total: string;
  readonly fullOwnPay: string;
  readonly overLimit: string;
  readonly priorSelfPay: string;
  readonly inScope: string;
  readonly deductible: string;
  readonly fundTotal: string;
  /** Payers that the funds' total does not count: the hospital's part and others. */
  readonly otherTotal: string;
  readonly accountPay: string;
  readonly patientPay: string;
  readonly bankPay: string;
  readonly cashPay: string;
};

export type FundShare = {
  readonly field: string;
  readonly fundType: string;
  readonly amount: string;
  /** Part of `fundTotal`, else of `otherTotal`. */
  readonly counted: boolean;
};

export type LineShare = {
  readonly lineNo: string;
  readonly code: string | null;
  readonly name: string;
  readonly amount: string;
  readonly fullOwnPay: string;
  readonly overLimit: string;
  readonly priorSelfPay: string;
  readonly inScope: string;
  readonly refunded?: boolean;
};

export type ExplanationStep = {
  readonly stage: string;
  readonly lineNo?: string;
  readonly payer: string;
  readonly base: string;
  readonly ratio?: string;
  readonly amount: string;
  readonly printedSelfPay?: string;
  readonly rule: string;
  readonly source: string;
  readonly zh: string;
  readonly en: string;
};

/** The policy pack that split the bill; `notice` while some of its values are not official. */
export type PolicyPart = {
  readonly packId: string;
  readonly name: Bilingual;
  readonly unverified: number;
  readonly notice: Bilingual | null;
};

export type BillWarning = {
  readonly check: string;
  readonly lineNos: readonly string[];
  readonly zh: string;
  readonly en: string;
  readonly source: string;
};

type SplitDocument = {
  readonly policy: PolicyPart;
  readonly amounts: Amounts;
  /** The same amounts by their national names. */
  readonly national: { readonly [name: string]: string };
  /** By how much the printed figures of a region that rounds every party miss the total. */
  readonly imbalance: string;
  readonly funds: readonly FundShare[];
  readonly lines: readonly LineShare[];
  readonly warnings: readonly BillWarning[];
  readonly explanation: readonly ExplanationStep[];
};

export type QuoteDocument = { readonly outcome: 'quote' } & SplitDocument;

export type BankPart = {
  readonly responseCode: string | null;
  readonly rrn: string | null;
  readonly authCode: string | null;
  readonly stan: string;
  readonly amount: string;
  readonly issuerAuthData?: string;
};

export type SettlementDocument = {
  readonly outcome: 'approved' | 'declined' | 'unknown';
  readonly settlementId: string;
  readonly requestKey: string;
  readonly state: string;
  /** Why it was released, or why nobody knows yet; absent when approved. */
  readonly code?: string;
  readonly message?: Bilingual;
  readonly cashier?: Bilingual;
  readonly acceptedAt: string;
  readonly businessDate: string;
  readonly institution: string;
  readonly terminalId: string;
  readonly careType: string;
  readonly careRegion: string;
  readonly insuredRegion: string;
  readonly accountBalance: string;
  readonly bank: BankPart | null;
} & SplitDocument;

export type RefundDocument = {
  readonly outcome: 'approved' | 'unknown';
  readonly settlementId: string;
  readonly refundNo: number;
  readonly requestKey: string;
  readonly state: string;
  readonly lines: readonly string[];
  readonly amounts: Pick<
    Amounts,
    'total' | 'fundTotal' | 'otherTotal' | 'accountPay' | 'patientPay' | 'bankPay' | 'cashPay'
  >;
  readonly accountBalance: string;
};

export type SignInDocument = {
  readonly signNo: string;
  readonly serverTime: string;
  readonly businessDate: string;
  readonly pinKey: string;
  readonly macKey: string;
  readonly bankPinKey: string | null;
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
  readonly answerKey: AnswerKey;
};

export type AnswerKey = {
  readonly keyId: string;
  readonly algorithm: 'ed25519';
  /** SPKI DER, base64. */
  readonly publicKey: string;
};

type Bilingual = { readonly zh: string; readonly en: string };

/** RFC 9457 problem, or the code and advice of an unknown outcome. */
export type Refusal = {
  readonly code: string;
  readonly moneyEffect?: 'none' | 'moved' | 'unknown';
  readonly retry?: 'never' | 'same-key' | 'new-key' | 'after-enquiry';
  readonly message?: Bilingual;
  readonly cashier?: Bilingual;
  readonly settlementId?: string;
  readonly serverTime?: string;
  readonly detail?: string;
};

/** One use of a request key, as the engine remembers it. */
export type RequestItem = {
  readonly requestKey: string;
  readonly state: 'running' | 'unknown' | 'final';
  readonly settlementId: string | null;
  readonly status: number | null;
  readonly answer: SettlementDocument | RefundDocument | Refusal | null;
};

export type RequestItems = {
  /** When the engine looked, by its own clock. */
  readonly serverTime: string;
  readonly items: readonly RequestItem[];
};
