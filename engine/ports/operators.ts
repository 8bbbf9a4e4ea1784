import type { Result } from '../base/errors/result.ts';
import type { OperatorAccount } from '../domain/operator/account.ts';
import type { Credential } from '../domain/operator/credential.ts';
import type { OperatorSession } from '../domain/operator/session.ts';
import type { AuditEntry } from './audit.ts';

/** Accounts, credentials and sessions of operators. Every call may throw StoreUnavailable. */
export type OperatorStore = {
  findAccount(name: string): Promise<OperatorAccount | undefined>;
  /** In order of the names. */
  listAccounts(): Promise<readonly OperatorAccount[]>;
  findAccountOfLogin(login: string): Promise<OperatorAccount | undefined>;
  /** @returns false: there is such an account, or the login is another one's */
  addAccount(account: OperatorAccount, credential: Credential, entry: AuditEntry): Promise<boolean>;
  /**
   * Changes an account under its row's lock; whatever ends or narrows it ends its sessions too.
   * @returns the changed account; undefined: there is none
   */
  changeAccount<E>(
    name: string,
    change: AccountChange<E>,
    entry: AuditEntry,
  ): Promise<Result<OperatorAccount, E> | undefined>;
  readCredential(name: string): Promise<Credential | undefined>;
  /**
   * Changes a credential under its row's lock; durable when it returns.
   * @param entry in the same transaction, if the change is made
   */
  changeCredential<E>(
    name: string,
    change: (credential: Credential) => Result<Credential, E>,
    entry?: AuditEntry,
  ): Promise<Result<Credential, E>>;
  addSession(session: NewSession, entry: AuditEntry): Promise<void>;
  /** The session of a token, and its account as it is now. */
  findSession(tokenHash: Uint8Array): Promise<SessionFound | undefined>;
  noteSession(id: string, at: number): Promise<void>;
  endSession(id: string, at: number, entry: AuditEntry): Promise<void>;
  /** Ends all sessions of an account but one. */
  endSessions(name: string, at: number, keep?: string): Promise<void>;
};

/** @param administrators how many active accounts there are with that role, for the whole country */
export type AccountChange<E> = (
  account: OperatorAccount,
  administrators: number,
) => Result<OperatorAccount, E>;

export type NewSession = OperatorSession & { readonly tokenHash: Uint8Array };

export type SessionFound = {
  readonly session: OperatorSession;
  readonly account: OperatorAccount;
  /** The password was made by an administrator and must be changed first. */
  readonly mustChange: boolean;
};
