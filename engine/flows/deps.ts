import type { Catalogue } from '../../rules/model/catalogue.ts';
import type { SystemMode } from '../contract/values.ts';
import type { CardRules } from '../domain/card/check-presented-card.ts';
import type { BillRules } from '../domain/rulebook.ts';
import type { Policy } from '../domain/settlement/policy.ts';
import type { AuditLog } from '../ports/audit.ts';
import type { Bank } from '../ports/bank.ts';
import type { Environment } from '../ports/environment.ts';
import type { Keys } from '../ports/keys.ts';
import type { Institution, Reference, Terminal } from '../ports/reference.ts';
import type { Store } from '../ports/store.ts';

/** Dependencies of the flows; built once in main.ts. */
export type FlowDeps = {
  readonly store: Store;
  readonly reference: Reference;
  readonly keys: Keys;
  readonly bank: Bank;
  readonly environment: Environment;
  /** Reads of people's data leave their row here before the data are given. */
  readonly audit: AuditLog;
  readonly policy: PolicySource;
  /** The catalogues now in force, imported ones first. */
  readonly catalogues: () => readonly Catalogue[];
  readonly billRules: BillRules;
  /** The bank has answered with a copy: it knows this trace number from before a restore. */
  readonly onTraceUsed: () => void;
  readonly settings: FlowSettings;
  readonly log: FlowLog;
};

export type FlowSettings = {
  /** Terminals are told of a sandbox, so that their receipts say so. */
  readonly mode: SystemMode;
  readonly cardRules: CardRules;
  /** Validity of a chip challenge, ms; at most a minute. */
  readonly challengeMs: number;
  /** Longer than the bank's time limit, ms: after it the bank-legs job may claim the leg. */
  readonly reservationMs: number;
  /** An approval of a host time further before its request is not believed, ms. */
  readonly bankClockToleranceMs: number;
  /** Maximum age of a bill, days. */
  readonly serviceDaysMax: number;
};

/** The policy in force, and how to load packs that were activated. */
export type PolicySource = {
  /** One immutable value, replaced when packs are activated. */
  current(): Policy;
  /** Loads packs activated since. @returns false: they could not be read now */
  refresh(): Promise<boolean>;
};

/**
 * The log of flows and jobs. An event is named noun-verb-past and described in
 * engine/docs/operating/log-events.md. Data: names, codes and ids of settlements only, never a card, a
 * person or an amount.
 */
export type FlowLog = {
  info(event: string, data: { readonly [name: string]: string | number }): void;
  warn(event: string, data: { readonly [name: string]: string | number }): void;
  error(event: string, data: { readonly [name: string]: string | number }): void;
};

/** A terminal whose signature was verified, and its institution. */
export type Caller = { readonly terminal: Terminal; readonly institution: Institution };
