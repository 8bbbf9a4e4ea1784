import type { CarePlace, CareType, Visit } from '../../rules/model/bill.ts';
import type { ListedLine } from '../../rules/model/catalogue.ts';
import type { ErrorCode } from '../base/errors/error-registry.ts';
import type {
  CardId,
  InstitutionCode,
  PersonKey,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../base/ids/ids.ts';
import type { Fen } from '../base/money/fen.ts';
import type { PresentedCard } from './card/card.ts';
import type { ResolutionOutcome } from './resolution/resolution.ts';

/**
 * Everything that changes a person's state is one of these. A command carries all that `decide` needs
 * besides the person's rows: the time, new ids, what the chip and the PIN pad proved.
 */
export type Command =
  | SettleBill
  | ConfirmDebit
  | ReleaseReservation
  | BankUnanswered
  | FinishReversal
  | RefundSettlement
  | FinishRefund
  | ClaimBankLeg
  | PostponeBankLeg
  | LateApproval
  | ProposeResolution
  | ApproveResolution;

/** Who asks, with which key, for exactly which bytes. */
export type RequestIdentity = {
  readonly terminalId: TerminalId;
  readonly requestKey: RequestKey;
  readonly fingerprint: string;
};

type OfPerson = { readonly key: PersonKey; readonly at: number };

export type SettleBill = OfPerson & {
  readonly type: 'settle-bill';
  readonly request: RequestIdentity;
  readonly settlementId: SettlementId;
  readonly cardId: CardId;
  readonly presented: PresentedCard;
  /** What the request alone already shows to be wrong (card form, bill …); answered only if the key is new. */
  readonly objection: ErrorCode | undefined;
  readonly chip: ChipProof;
  readonly pin: PinProof;
  readonly institution: InstitutionCode;
  readonly careRegion: string;
  readonly carePlace: CarePlace;
  readonly careType: CareType;
  readonly serviceDate: string;
  readonly visit: Visit | undefined;
  readonly businessDate: string;
  readonly lines: readonly ListedLine[];
  readonly useAccount: boolean;
  readonly tender: Tender;
  /** How long (ms) a reservation may stand before the deadline job looks after it. */
  readonly reservationMs: number;
};

/** What the engine's keystore found when it checked the chip's answer. */
export type ChipProof = {
  /** Stamp of the challenge; undefined: not ours, for another terminal, card or amount. */
  readonly challenge: number | undefined;
  readonly challengeExpired: boolean;
  readonly isGenuine: boolean;
};

/** The keyed verifier of the PIN that was entered, or the fact that the block was not a PIN block for this card. */
export type PinProof =
  | { readonly kind: 'verifier'; readonly verifier: string }
  | { readonly kind: 'malformed' };

export type Tender =
  /** `expected`: the patient's part that the holder agreed to; undefined: whatever it is. */
  | { readonly kind: 'cash'; readonly expected: Fen | undefined }
  | {
      readonly kind: 'bank-debit';
      readonly expected: Fen;
      readonly atc: number;
      readonly stan: number;
      readonly batch: number;
      readonly bankTerminalId: string;
      readonly bankMerchantId: string;
      readonly sealedReference: string;
    };

type OfSettlement = OfPerson & { readonly settlementId: SettlementId };

/**
 * What is said about a bank leg by whoever works on it. `fence`: the number under which it was taken; if it
 * has risen since, somebody else has taken over and the word comes too late.
 */
type OfClaimedLeg = OfSettlement & { readonly fence: number };

/** The bank approved: post. */
export type ConfirmDebit = OfClaimedLeg & { readonly type: 'confirm-debit' } & BankReplyFacts & {
    /** The bank's proof for the card, hex; a card that does not get it undoes the sale. */
    readonly issuerAuthData?: string | undefined;
  };

export type BankReplyFacts = {
  readonly responseCode: string;
  readonly rrn: string;
  readonly authCode: string | undefined;
  readonly hostTime: string;
};

/** The bank declined, or certainly never got the request: give everything back. */
export type ReleaseReservation = OfClaimedLeg & {
  readonly type: 'release-reservation';
  readonly responseCode: string | undefined;
};

/**
 * The bank's answer about a leg is unknown. A sale or a void can from now on only be reversed; a refund
 * is repeated under the same trace number until it is answered.
 */
export type BankUnanswered = OfClaimedLeg & {
  readonly type: 'bank-unanswered';
  readonly legNo: number;
  readonly reason: '98' | '96' | 'A0' | '06';
};

/** The bank answered the reversal of a sale or void (00, 12 or 25): give everything back. */
export type FinishReversal = OfClaimedLeg & {
  readonly type: 'finish-reversal';
  readonly legNo: number;
  readonly responseCode: string;
};

export type RefundSettlement = OfSettlement & {
  readonly type: 'refund-settlement';
  readonly request: RequestIdentity;
  readonly institution: InstitutionCode;
  /** undefined: all lines that are left. */
  readonly lines: readonly string[] | undefined;
  /** For the bank's part, if there is one. */
  readonly stan: number;
  readonly batch: number;
  readonly businessDate: string;
  readonly reservationMs: number;
};

/** The bank has answered the refund's leg; `not-sent`: this copy of it certainly never left, and the facts are empty. */
export type FinishRefund = OfClaimedLeg & {
  readonly type: 'finish-refund';
  readonly refundNo: number;
  readonly outcome: 'approved' | 'declined' | 'not-sent';
} & BankReplyFacts;

/**
 * An engine takes a leg whose time has come, for one attempt: for `leaseMs` nobody else does. An engine that
 * dies leaves it to the others by that.
 */
export type ClaimBankLeg = OfSettlement & {
  readonly type: 'claim-bank-leg';
  readonly legNo: number;
  readonly leaseMs: number;
};

/** An attempt to reverse or to repeat had no answer: count it and set the next one. */
export type PostponeBankLeg = OfClaimedLeg & {
  readonly type: 'postpone-bank-leg';
  readonly legNo: number;
  readonly nextAttemptAt: number;
  readonly responseCode: string | undefined;
};

/** An approval that nobody waits for any more: what it debited is reversed, it never revives the sale. */
export type LateApproval = OfSettlement & {
  readonly type: 'late-approval';
  readonly legNo: number;
  readonly rrn: string;
  readonly authCode: string | undefined;
};

/** An operator proposes how to close a reversal that the bank cannot answer. Given by people, never by a job. */
export type ProposeResolution = OfSettlement & {
  readonly type: 'propose-resolution';
  readonly legNo: number;
  readonly outcome: ResolutionOutcome;
  readonly reason: string;
  readonly by: string;
};

/** A second operator approves it. `proposalNo` undefined: the only one there is. */
export type ApproveResolution = OfSettlement & {
  readonly type: 'approve-resolution';
  readonly legNo: number;
  readonly proposalNo: number | undefined;
  readonly by: string;
};
