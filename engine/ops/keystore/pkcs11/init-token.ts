import { StartupError } from '../../startup-error.ts';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { flag, loadCryptoki, moduleReason, OFFICER } from './cryptoki.ts';
import { initialize } from './session-pool.ts';
import type { TokenPlace } from './token.ts';

/**
 * Makes a token with its PIN in a slot that has none. A token that was initialised is never touched.
 * @param officerPin PIN of the module's security officer (SO), who can set a new PIN; wiped, as the PIN is
 * @throws StartupError: there is such a token already, no free slot, or the module refuses
 */
export async function initToken(place: TokenPlace, officerPin: Uint8Array): Promise<void> {
  const cryptoki = await loadCryptoki(place.library);
  try {
    initialize(cryptoki);
    makeToken(cryptoki, place, Buffer.from(officerPin).toString('utf8'));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw refusal(place, moduleReason(error));
  } finally {
    officerPin.fill(0);
    place.pin.fill(0);
  }
}

function makeToken(cryptoki: Cryptoki, place: TokenPlace, officerPin: string): void {
  const { label, pin } = place;
  if (findToken(cryptoki, label) !== undefined) throw refusal(place, 'there is such a token');
  const free = cryptoki
    .C_GetSlotList(true)
    .find((slot) => (cryptoki.C_GetTokenInfo(slot).flags & flag.tokenInitialized) === 0);
  if (free === undefined) throw refusal(place, 'no slot is free');
  cryptoki.C_InitToken(free, officerPin, label.padEnd(LABEL_LENGTH));
  const slot = findToken(cryptoki, label);
  if (slot === undefined) throw refusal(place, 'the new token is not found');
  const session = cryptoki.C_OpenSession(slot, flag.serialSession | flag.rwSession);
  try {
    cryptoki.C_Login(session, OFFICER, officerPin);
    cryptoki.C_InitPIN(session, Buffer.from(pin).toString('utf8'));
    cryptoki.C_Logout(session);
  } finally {
    cryptoki.C_CloseSession(session);
  }
}

/** PKCS#11 pads labels with blanks. */
const LABEL_LENGTH = 32;

function findToken(cryptoki: Cryptoki, label: string): Handle | undefined {
  return cryptoki
    .C_GetSlotList(true)
    .find((slot) => cryptoki.C_GetTokenInfo(slot).label.trim() === label);
}

function refusal({ label }: TokenPlace, reason: string): StartupError {
  return new StartupError({
    code: 'KEYSTORE_TOKEN_MISSING',
    zh: `未能建立令牌 ${label}：${reason}；请在厂商工具中核对插槽与 SO PIN`,
    en: `The token ${label} was not made: ${reason}; see to slots and officer's PIN with the vendor's tool`,
  });
}
