import type { ErrorCode } from '../../../base/errors/error-registry.ts';
import type { Result } from '../../../base/errors/result.ts';
import { fail } from '../../../base/errors/result.ts';
import type { CardId } from '../../../base/ids/ids.ts';
import type { PersonCommand } from '../../command.ts';
import type { Facts } from '../../decision.ts';
import type { Person } from '../../person/person.ts';
import type { Principal } from '../../principal/principal.ts';
import type { Card } from '../card.ts';
import type { CardApplication, Delivery, ExchangeCause } from '../card-application.ts';
import type { CardState } from '../card-machines.ts';
import type { CardRegion } from '../card-regions.ts';
import type { Evidence } from '../card-step.ts';
import type { PinProof } from '../pin.ts';

/** What somebody wants with a card, or with the application for one. */
export type CardOrder =
  | FormOrder
  | ({ readonly applicationNo: string } & (
      | { readonly kind: 'review'; readonly isAccepted: boolean }
      | { readonly kind: 'pay-fee' }
      | { readonly kind: 'personalise'; readonly card: PersonalisedCard }
    ))
  | ({ readonly cardId: CardId } & CardIdOrder)
  | { readonly kind: 'report-death' };

type CardIdOrder =
  | { readonly kind: 'send-to-bank' | 'make' | 'deliver' | 'take-back' | 'expire-uncollected' }
  | { readonly kind: 'bank-review'; readonly isAccepted: boolean }
  /** `pinVerifier`: chosen at the window; a card that takes another's place works with it at once. */
  | { readonly kind: 'collect'; readonly pinVerifier: string | undefined }
  | {
      readonly kind: 'activate-medical' | 'change-pin';
      readonly oldPin: PinProof;
      /** Undefined with `activate-medical`: the first PIN still has to be changed. */
      readonly pinVerifier: string | undefined;
    }
  | { readonly kind: 'reset-pin'; readonly pinVerifier: string }
  | { readonly kind: 'activate-financial' | 'unlock-pin' | 'suspend' | 'resume' }
  | { readonly kind: 'report-loss' | 'cancel-loss'; readonly form: 'oral' | 'written' }
  | { readonly kind: 'lapse-loss' | 'cancel' | 'close-at-bank' | 'return' | 'destroy' };

/** A form for a first card, or for one in the place of another. */
export type FormOrder =
  | ({ readonly kind: 'apply' } & Form)
  | ({ readonly kind: 'replace'; readonly cardId: CardId } & Form)
  | ({ readonly kind: 'exchange'; readonly cardId: CardId; readonly cause: ExchangeCause } & Form);

type Form = {
  readonly applicationNo: string;
  readonly issuingBank: string;
  readonly delivery: Delivery;
  readonly employer?: string | undefined;
  readonly batchNo?: string | undefined;
};

/** What personalising gives a card. `pinVerifier`: of the first PIN. */
export type PersonalisedCard = Pick<
  Card,
  | 'cardId'
  | 'cardNumberHash'
  | 'sealedCardNumber'
  | 'cardClass'
  | 'specVersion'
  | 'expiresOn'
  | 'pinVerifier'
>;

export type CardOrderKind = CardOrder['kind'];

/** An order on a card (用卡业务): decided like a settlement, under the person's version. */
export type OrderCard = PersonCommand & {
  readonly type: 'order-card';
  /** Made by whoever asks, 16 to 40 of A-Z a-z 0-9 _ -: the same again is one step. */
  readonly orderId: string;
  readonly by: Pick<Principal, 'kind' | 'id'>;
  readonly reason: string | undefined;
  readonly evidence: Evidence;
  readonly region: CardRegion;
  readonly order: CardOrder;
};

/** Why an order is not carried out: the state, and what would be needed. `tried`: its wrong PIN counts. */
export type CardRefusal = {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly tried?: Card;
};

/** What an order changes. A card that comes twice makes two steps. */
export type CardChange = {
  readonly cards?: readonly ChangedCard[];
  readonly application?: CardApplication;
  readonly person?: Person;
};

export type ChangedCard = {
  readonly card: Card;
  /** Of the step; undefined: that of the order. */
  readonly kind?: CardOrderKind;
  /** ms; undefined: the order's. */
  readonly at?: number;
};

/** Everything an order is decided from. */
export type OrderContext = {
  readonly command: OrderCard;
  readonly facts: Facts;
  readonly person: Person;
  readonly cards: readonly Card[];
  readonly applications: readonly CardApplication[];
};

export type Decided = Result<CardChange, CardRefusal>;

export function refuse(code: ErrorCode, detail: string): Decided {
  return fail({ code, detail });
}

/** The state does not take the order. */
export function refuseState(status: string, needed: readonly string[]): Decided {
  return refuse('CARD_STEP_NOT_POSSIBLE', `the card is ${status}; needed: ${needed.join(', ')}`);
}

/** The states of the card in which each order is taken. */
export const takenIn = {
  'send-to-bank': ['personalised', 'bank-refused'],
  'bank-review': ['at-bank'],
  make: ['bank-approved'],
  deliver: ['made'],
  'take-back': ['delivered'],
  'expire-uncollected': ['made', 'delivered'],
  collect: ['made', 'delivered'],
  'activate-medical': ['active'],
  'activate-financial': ['active'],
  'change-pin': ['active'],
  'reset-pin': ['active'],
  'unlock-pin': ['active'],
  suspend: ['active'],
  resume: ['active'],
  'report-loss': ['active', 'oral-loss'],
  'lapse-loss': ['oral-loss'],
  'cancel-loss': ['oral-loss', 'written-loss'],
  // A second form, after the first was rejected, finds the old card gone already.
  replace: ['written-loss', 'replaced'],
  exchange: ['active', 'exchanged'],
  cancel: [
    ...(['personalised', 'bank-refused', 'bank-approved', 'made', 'delivered'] as const),
    ...(['active', 'oral-loss', 'written-loss'] as const),
  ],
  'close-at-bank': ['cancelled', 'replaced', 'exchanged', 'uncollected', 'returned', 'destroyed'],
  return: ['replaced', 'exchanged', 'cancelled'],
  destroy: ['replaced', 'exchanged', 'cancelled', 'uncollected', 'returned'],
} as const satisfies { readonly [K in CardOrderKind]?: readonly CardState[] };
