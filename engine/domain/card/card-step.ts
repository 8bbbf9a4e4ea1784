import type { PersonKey } from '../../base/ids/ids.ts';
import type { AnyCardState, FinancialState, MedicalState } from './card-machines.ts';

/** A change of state; `new`: there was none before. */
export type Move<State extends string> = { readonly from: State | 'new'; readonly to: State };

/** What a step changed; a machine that stayed where it was is not in it. */
export type CardMoves = {
  readonly card?: Move<AnyCardState>;
  readonly medical?: Move<MedicalState>;
  readonly financial?: Move<FinancialState>;
};

/** Kinds and numbers of what was seen or signed; never a copy of it, and no number of a person or card. */
export type Evidence = { readonly [name: string]: string };

/** One step of a card's life, or of its application: who, when, why and on what evidence. Never changed. */
export type CardStep = {
  readonly key: PersonKey;
  /** The card's id, or the application's number. */
  readonly subject: string;
  /** 1, 2, … of the subject. */
  readonly stepNo: number;
  /** Made by whoever asks: an order that comes twice is one step. */
  readonly orderId: string;
  /** Kind of the order, `CardOrder`. */
  readonly kind: string;
  readonly moves: CardMoves;
  /** ms */
  readonly at: number;
  readonly by: { readonly kind: string; readonly id: string };
  readonly reason: string | undefined;
  readonly evidence: Evidence;
};
