import type { Catalogue } from '../../rules/model/catalogue.ts';
import type { CardRules } from '../domain/card/check-presented-card.ts';
import type { BillReview } from '../domain/settlement/bill-review.ts';
import type { Policy } from '../domain/settlement/policy.ts';
import type { Bank } from '../ports/bank.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keys } from '../ports/keys.ts';
import type { Institution, Reference, Terminal } from '../ports/reference.ts';
import type { Store } from '../ports/store.ts';

/** What a flow may use; built once in main.ts. */
export type FlowDeps = {
  readonly store: Store;
  readonly reference: Reference;
  readonly keys: Keys;
  readonly bank: Bank;
  readonly clock: Clock;
  readonly policy: PolicySource;
  /** Those in force at this moment, imported ones first. */
  readonly catalogues: () => readonly Catalogue[];
  readonly reviewBill: BillReview;
  readonly settings: FlowSettings;
  readonly log: FlowLog;
};

export type FlowSettings = {
  readonly cardRules: CardRules;
  /** How long a chip challenge lives, ms; at most a minute. */
  readonly challengeMs: number;
  /** Longer than the bank's time limit: when it is over, the reversal job takes the leg over. */
  readonly reservationMs: number;
  /** Bills older than this are not settled at the counter, days. */
  readonly serviceDaysMax: number;
};

/** The policy as it stands, and how to see that it has grown. */
export type PolicySource = {
  /** One value, replaced as a whole when packs are activated. */
  current(): Policy;
  /** Takes in what was activated since. False: it could not be read now. */
  refresh(): Promise<boolean>;
};

/** Names, codes and ids of settlements only: never a card, a person or an amount. */
export type FlowLog = {
  info(event: string, data: { readonly [name: string]: string | number }): void;
  warn(event: string, data: { readonly [name: string]: string | number }): void;
  error(event: string, data: { readonly [name: string]: string | number }): void;
};

/** A terminal whose signature was verified, and the institution it stands in. */
export type Caller = { readonly terminal: Terminal; readonly institution: Institution };
