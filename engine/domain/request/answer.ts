import type { Pack } from '../../../rules/model/pack.ts';
import type { Split } from '../../../rules/model/split.ts';
import { type ErrorCode, errorRegistry } from '../../base/errors/error-registry.ts';
import type { ProblemExtra } from '../../base/errors/problem.ts';
import type { BankLeg } from '../leg/bank-leg.ts';
import type { Refund } from '../refund/refund.ts';
import type { Resolution } from '../resolution/resolution.ts';
import type { Settlement } from '../settlement/settlement.ts';
import type { RenderedAnswer } from './request-record.ts';

/** Three outcomes, always. Unknown never becomes declined: it is enquired and reversed until the other side has answered. */
export type Outcome = RenderedAnswer['outcome'];

/**
 * What a command comes to, as values. Renderers make the bytes of each surface out of it (engine/render);
 * nothing in here knows HTTP or JSON.
 */
export type Answer =
  | SettledAnswer
  | RefundedAnswer
  | ResolutionAnswer
  | UnknownAnswer
  | RefusedAnswer
  | StoredAnswer;

/** A split with its steps (`explainBill`), and the pack that made it. */
export type Explained = { readonly pack: Pack; readonly split: Split };

/** With the bank's proof for the card (field 55): only the answer of the settlement itself carries it. */
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
};

export type ResolutionAnswer = Approved & {
  readonly kind: 'resolution';
  readonly resolution: Resolution;
};

/** Nobody knows yet: the cashier enquires and must not collect again. */
export type UnknownAnswer = {
  readonly kind: 'unknown';
  readonly outcome: 'unknown';
  readonly code: 'BANK_OUTCOME_UNKNOWN' | 'REFUND_IN_PROGRESS';
  readonly settlementId: string;
  readonly requestKey: string;
  readonly state: string;
};

/** A refusal. While money may have moved (the key is still running) its outcome is unknown, never declined. */
export type RefusedAnswer = {
  readonly kind: 'refused';
  readonly outcome: 'declined' | 'unknown';
  readonly code: ErrorCode;
  readonly extra: ProblemExtra;
};

/** What an earlier command stored for the same request key: given again byte for byte. */
export type StoredAnswer = {
  readonly kind: 'stored';
  readonly outcome: Outcome;
  readonly code: ErrorCode | undefined;
  readonly rendered: RenderedAnswer;
};

/** Money moved as the settlement says. */
export function settledAnswer(
  settlement: Settlement,
  explained: Explained,
  legs: readonly AnsweredLeg[],
): SettledAnswer {
  return { kind: 'settled', outcome: 'approved', code: undefined, settlement, explained, legs };
}

export function refundedAnswer(settlement: Settlement, refund: Refund): RefundedAnswer {
  return { kind: 'refunded', outcome: 'approved', code: undefined, settlement, refund };
}

export function resolutionAnswer(resolution: Resolution): ResolutionAnswer {
  return { kind: 'resolution', outcome: 'approved', code: undefined, resolution };
}

export function unknownAnswer(
  code: UnknownAnswer['code'],
  of: Pick<UnknownAnswer, 'settlementId' | 'requestKey' | 'state'>,
): UnknownAnswer {
  const { settlementId, requestKey, state } = of;
  return { kind: 'unknown', outcome: 'unknown', code, settlementId, requestKey, state };
}

export function declinedAnswer(code: ErrorCode, extra: ProblemExtra): RefusedAnswer {
  const outcome = errorRegistry[code].money === 'unknown' ? 'unknown' : 'declined';
  return { kind: 'refused', outcome, code, extra };
}

export function storedAnswer(rendered: RenderedAnswer): StoredAnswer {
  return { kind: 'stored', outcome: rendered.outcome, code: rendered.code, rendered };
}
