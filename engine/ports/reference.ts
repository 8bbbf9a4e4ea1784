import type { CarePlace, CareType } from '../../rules/model/bill.ts';
import type { InstitutionCode, TerminalId } from '../base/ids/ids.ts';
import type { BankWorkKeys } from './bank.ts';

/** Terminals and institutions: read often, changed rarely, the same for all shards. */
export type Reference = {
  /** May come from a cache that is at most `ageMaxMs` old (without it: the store's own limit). */
  findTerminal(id: TerminalId, ageMaxMs?: number): Promise<Terminal | undefined>;
  findInstitution(code: InstitutionCode): Promise<Institution | undefined>;
  /**
   * A verified request that all engines together take once. Durable before it answers.
   * @returns `full`: the terminal has had too many lately, and this one must be refused
   */
  acceptOnce(id: TerminalId, request: OnceRequest): Promise<'new' | 'seen' | 'full'>;
  saveTerminalSession(id: TerminalId, session: StoredSession): Promise<void>;
  /**
   * Reserves the number of a sign-in before the bank is asked. Numbers of a terminal rise across all engines.
   * @returns undefined: no such terminal, or another sign-in has replaced the keys or is about to
   */
  beginBankSignIn(id: TerminalId, begin: BankSignInBegin): Promise<number | undefined>;
  /**
   * Stores the bank's work keys of a terminal as received (encrypted), so that a restart needs no new
   * sign-in. Keys of an earlier sign-in never replace later ones.
   * @returns the keys that are stored afterwards
   */
  saveBankKeys(id: TerminalId, keys: BankWorkKeys): Promise<BankWorkKeys | undefined>;
};

export type Terminal = {
  readonly id: TerminalId;
  readonly institution: InstitutionCode;
  readonly isEnabled: boolean;
  readonly careTypes: readonly CareType[];
  /** Ed25519 public key (SPKI DER, base64) that signs the sign-in. */
  readonly publicKey: string;
  readonly sealedMasterKey: string;
  readonly session: StoredSession | undefined;
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
  readonly bankKeys: BankWorkKeys | undefined;
};

/** What identifies a signed request; moments in seconds, as it says them itself. */
export type OnceRequest = {
  readonly created: number;
  readonly nonce: string;
  /** No engine takes a request that was made before this any more. */
  readonly forgetBefore: number;
};

export type StoredSession = {
  readonly signNo: string;
  readonly sealedPinKey: string;
  readonly sealedMacKey: string;
  readonly signedInAt: number;
};

export type BankSignInBegin = {
  /** ms */
  readonly at: number;
  /**
   * Condition: the stored keys still have this number (0: none), and no sign-in began in the last `restMs`.
   * Undefined: no condition.
   */
  readonly replaces: { readonly keysNo: number; readonly restMs: number } | undefined;
};

export type Institution = {
  readonly code: InstitutionCode;
  readonly name: string;
  readonly region: string;
  readonly carePlace: CarePlace;
};
