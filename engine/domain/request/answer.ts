import type { Pack } from '../../../rules/model/pack.ts';
import type { Split, SplitAmounts } from '../../../rules/model/split.ts';
import { type ErrorCode, errorRegistry } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import type { SettlementId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { Card } from '../card/card.ts';
import type { CardApplication } from '../card/card-application.ts';
import type { Claim } from '../correction/correction.ts';
import type { Credit } from '../credit/credit.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import type { Refund } from '../refund/refund.ts';
import type { Resolution } from '../resolution/resolution.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { RenderedAnswer } from './request-record.ts';

/**
 * Always one of three. Unknown never becomes declined by itself: the engine reverses or repeats until the
 * bank answers.
 */
export type Outcome = RenderedAnswer['outcome'];

/** The outcome of a command as values. Renderers (engine/render) make the bytes of a surface from it. */
export type Answer =
  | SettledAnswer
  | RefundedAnswer
  | ResolutionAnswer
  | ClaimAnswer
  | CreditAnswer
  | CardAnswer
  | UnknownAnswer
  | RefusedAnswer
  | StoredAnswer;

/** A split with its steps (`explainBill`), and its pack. */
export type Explained = { readonly pack: Pack; readonly split: Split };

/** A leg with the bank's proof for the card (field 55), which only the settlement's own answer contains. */
export type AnsweredLeg = BankLeg & { readonly issuerAuthData?: string | undefined };

type Approved = { readonly outcome: 'approved'; readonly code: undefined };

export type SettledAnswer = Approved & {
  readonly kind: 'settled';
  readonly settlement: Settlement;
  readonly explained: Explained;
  readonly legs: readonly AnsweredLeg[];
};

/** The settlement as it stands after the refund. */
export type RefundedAnswer = Approved & {
  readonly kind: 'refunded';
  readonly settlement: Settlement;
  readonly refund: Refund;
  /** What goes back. */
  readonly back: SplitAmounts;
  /** Bills that were split on top of what went back, so that somebody paid otherwise than without it. */
  readonly later: readonly LaterEffect[];
};

/** What a refund means for a later bill. `claim`: what the patient owes more for it; below zero: less. */
export type LaterEffect = { readonly settlementId: SettlementId; readonly businessDate: string } & (
  | { readonly effect: 'stands' }
  | { readonly effect: 'corrected'; readonly claim: Fen }
);

/** A claim was settled. */
export type ClaimAnswer = Approved & { readonly kind: 'claim'; readonly claim: Claim };

/** A credit was posted. */
export type CreditAnswer = Approved & { readonly kind: 'credit'; readonly credit: Credit };

/** A step of a card's life: the card and its application form as they are now. */
export type CardAnswer = Approved & {
  readonly kind: 'card';
  readonly card: Card | undefined;
  readonly application: CardApplication | undefined;
};

export type ResolutionAnswer = Approved & {
  readonly kind: 'resolution';
  readonly resolution: Resolution;
};

/** The outcome is unknown: the cashier enquires and must not collect again. */
export type UnknownAnswer = {
  readonly kind: 'unknown';
  readonly outcome: 'unknown';
  readonly code: 'BANK_OUTCOME_UNKNOWN' | 'REFUND_IN_PROGRESS';
  readonly settlementId: string;
  readonly requestKey: string;
  readonly state: string;
};

/** A refusal. Its outcome is `unknown` while money may have moved, as when the key is still running. */
export type RefusedAnswer = {
  readonly kind: 'refused';
  readonly outcome: 'declined' | 'unknown';
  readonly code: ErrorCode;
  readonly extra: ProblemExtra;
};

/** The answer that an earlier command stored for the same request key, repeated byte for byte. */
export type StoredAnswer = {
  readonly kind: 'stored';
  readonly outcome: Outcome;
  readonly code: ErrorCode | undefined;
  readonly rendered: RenderedAnswer;
};

/**
 * An answer that was rendered. The split with its steps is most of an answer's memory, and the settlement
 * gives it again, so it does not wait with the answer for the commit.
 */
export type ToldAnswer = Exclude<Answer, SettledAnswer> | Omit<SettledAnswer, 'explained'>;

/** Leaves out what only the renderer needs. */
export function toldAnswer(answer: Answer): ToldAnswer {
  if (answer.kind !== 'settled') return answer;
  const { kind, outcome, code, settlement, legs } = answer;
  return { kind, outcome, code, settlement, legs };
}

/** The answer of a posted settlement. */
export function settledAnswer(
  settlement: Settlement,
  explained: Explained,
  legs: readonly AnsweredLeg[],
): SettledAnswer {
  return { kind: 'settled', outcome: 'approved', code: undefined, settlement, explained, legs };
}

export function refundedAnswer(
  settlement: Settlement,
  refund: Refund,
  back: SplitAmounts,
  later: readonly LaterEffect[],
): RefundedAnswer {
  const approved = { kind: 'refunded', outcome: 'approved', code: undefined } as const;
  return { ...approved, settlement, refund, back, later };
}

export function claimAnswer(claim: Claim): ClaimAnswer {
  return { kind: 'claim', outcome: 'approved', code: undefined, claim };
}

export function creditAnswer(credit: Credit): CreditAnswer {
  return { kind: 'credit', outcome: 'approved', code: undefined, credit };
}

export function cardAnswer(subject: Pick<CardAnswer, 'card' | 'application'>): CardAnswer {
  return { kind: 'card', outcome: 'approved', code: undefined, ...subject };
}

export function resolutionAnswer(resolution: Resolution): ResolutionAnswer {
  return { kind: 'resolution', outcome: 'approved', code: undefined, resolution };
}

export function unknownAnswer(
  code: UnknownAnswer['code'],
  about: Pick<UnknownAnswer, 'settlementId' | 'requestKey' | 'state'>,
): UnknownAnswer {
  const { settlementId, requestKey, state } = about;
  return { kind: 'unknown', outcome: 'unknown', code, settlementId, requestKey, state };
}

/** A refusal with a code of the registry, which also decides whether the outcome is declined or unknown. */
export function declinedAnswer(code: ErrorCode, extra: ProblemExtra): RefusedAnswer {
  const outcome = errorRegistry[code].money === 'unknown' ? 'unknown' : 'declined';
  return { kind: 'refused', outcome, code, extra };
}

export function storedAnswer(rendered: RenderedAnswer): StoredAnswer {
  return { kind: 'stored', outcome: rendered.outcome, code: rendered.code, rendered };
}
