import type { CarePlace, CareType } from '../../rules/model/bill.ts';
import type { InstitutionCode, TerminalId } from '../domain/ids/ids.ts';

/** Reference data: read often, changed seldom, the same for all shards. */
export type Reference = {
  findTerminal(id: TerminalId): Promise<Terminal | undefined>;
  findInstitution(code: InstitutionCode): Promise<Institution | undefined>;
  saveTerminalSession(id: TerminalId, session: StoredSession): Promise<void>;
  /** Stores the bank's work keys of a terminal as they came (encrypted), so that a restart needs no new sign-in. */
  saveBankKeys(id: TerminalId, keys: BankWorkKeys): Promise<void>;
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

/** Hex: the PIK for the PIN pad (passed on untouched) and the MAK under the link key. */
export type BankWorkKeys = { readonly pinKeyBlob: string; readonly macKeyBlob: string };

export type Institution = {
  readonly code: InstitutionCode;
  readonly name: string;
  readonly region: string;
  readonly carePlace: CarePlace;
};
