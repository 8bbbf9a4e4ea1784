import type { PersonKey } from '../base/ids/ids.ts';
import type { Fen } from '../base/money/fen.ts';
import type { Credit } from '../domain/credit/credit.ts';
import type { AccountStatus } from '../domain/person/person.ts';
import type { RecordedRelationChange } from './insurance.ts';

/** A settlement that the account pays for, with what has gone back to it since. */
export type AccountPayment = {
  readonly settlementId: string;
  readonly businessDate: string;
  readonly state: string;
  /** What stands now. */
  readonly accountPay: Fen;
};

/** The medical personal account, and what moved it last. */
export type AccountRecord = {
  readonly status: AccountStatus;
  readonly balance: Fen;
  /** Held for settlements that wait for the bank. */
  readonly held: Fen;
  /** What it held when it came into this ledger. */
  readonly opening: Fen;
  /** The newest first. */
  readonly credits: readonly Credit[];
  readonly payments: readonly AccountPayment[];
};

/** What officers read of a person. */
export type PersonRecords = {
  /** The insured region, which says who may read; undefined: nobody of this number. */
  regionOf(key: PersonKey): Promise<string | undefined>;
  changesOf(key: PersonKey): Promise<readonly RecordedRelationChange[]>;
  /** @param limit of credits, and of payments */
  accountOf(key: PersonKey, limit: number): Promise<AccountRecord | undefined>;
};
