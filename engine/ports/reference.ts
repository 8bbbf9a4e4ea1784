import type { CarePlace, CareType } from '../../rules/model/bill.ts';
import type { InstitutionCode, TerminalId } from '../base/ids/ids.ts';
import type { BankWorkKeys } from './bank.ts';

/** Reference data: read often, changed seldom, the same for all shards. */
export type Reference = {
  /** From memory, if it is no older than usual, or than `ageMaxMs`. */
  findTerminal(id: TerminalId, ageMaxMs?: number): Promise<Terminal | undefined>;
  findInstitution(code: InstitutionCode): Promise<Institution | undefined>;
  saveTerminalSession(id: TerminalId, session: StoredSession): Promise<void>;
  /**
   * Gives a sign-in at the bank its number, before the bank is asked. Numbers of a terminal rise, whichever
   * engine asks.
   * @returns undefined: no such terminal, or the keys that are to be replaced are replaced already, or are
   * being replaced
   */
  beginBankSignIn(id: TerminalId, begin: BankSignInBegin): Promise<number | undefined>;
  /**
   * Stores the bank's work keys of a terminal as they came (encrypted), so that a restart needs no new
   * sign-in. Those of an earlier sign-in never take the place of later ones.
   * @returns the keys on record afterwards
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
   * Only if the keys on record are still those of this number (0: none), and if nobody has begun a sign-in
   * for `restMs`.
   */
  readonly replaces: { readonly keysNo: number; readonly restMs: number } | undefined;
};

export type Institution = {
  readonly code: InstitutionCode;
  readonly name: string;
  readonly region: string;
  readonly carePlace: CarePlace;
};
