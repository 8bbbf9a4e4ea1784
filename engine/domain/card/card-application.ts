import type { CardId, PersonKey } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { ApplicationState } from './card-machines.ts';

/** An application form for a card (申领表); its number is unique, and so is its person. */
export type CardApplication = {
  readonly key: PersonKey;
  readonly applicationNo: string;
  readonly kind: ApplicationKind;
  readonly state: ApplicationState;
  /** ms */
  readonly stateSince: number;
  readonly appliedAt: number;
  /** Six digits: the region whose office decides. */
  readonly region: string;
  /** Code of the bank, from the region's list. */
  readonly issuingBank: string;
  /** Who applies for its staff; undefined: the person alone (灵活就业). */
  readonly employer: string | undefined;
  readonly batchNo: string | undefined;
  /** Of an exchange. */
  readonly cause: ExchangeCause | undefined;
  /** The card whose place the new one takes. */
  readonly replaces: CardId | undefined;
  /** The new card, once it is personalised. */
  readonly cardId: CardId | undefined;
  readonly delivery: Delivery;
  readonly fee: Fen;
  readonly isFeePaid: boolean;
  /** By when the card is to be there, ms. */
  readonly dueAt: number;
  readonly steps: number;
};

export type ApplicationKind = 'first' | 'replacement' | 'exchange';
export type Delivery = 'window' | 'post' | 'employer';

/** Why a card is exchanged (换卡). `maker-fault` and `data-fault`: not the holder's doing, and free. */
export const exchangeCauses = [
  ...(['damaged', 'expired', 'photo', 'data-changed', 'other-bank'] as const),
  ...(['moved-region', 'maker-fault', 'data-fault'] as const),
] as const;
export type ExchangeCause = (typeof exchangeCauses)[number];
