import type { Cryptoki, Handle } from './cryptoki.ts';
import {
  alreadyInitialized,
  alreadyLoggedIn,
  flag,
  ModuleError,
  notInitialized,
  resultCode,
  tokenNotPresent,
  USER,
} from './cryptoki.ts';

/** Sessions of one opening of a token. What is lost is dropped as a whole. */
export type SessionPool = {
  readonly handles: Map<string, Handle>;
  /** Waits for a session that is free. */
  take(): Promise<Handle>;
  release(session: Handle): void;
  /** Another session in the place of one that failed. */
  replace(session: Handle): void;
  close(): void;
};

/** Operations of one token that run at the same time; the others wait. */
const SESSIONS = 4;

/** Opens sessions of a token and logs in. @throws the module's error, or ModuleError TOKEN_NOT_PRESENT */
export function openSessionPool(
  cryptoki: Cryptoki,
  { label, pin }: { readonly label: string; readonly pin: Uint8Array },
): SessionPool {
  initialize(cryptoki);
  const slot = findSlot(cryptoki, label) ?? findSlotAnew(cryptoki, label);
  const open = () => cryptoki.C_OpenSession(slot, flag.serialSession | flag.rwSession);
  const free = [open()];
  logIn(cryptoki, free[0] as Handle, pin);
  while (free.length < SESSIONS) free.push(open());
  const waiting: ((session: Handle) => void)[] = [];
  const release = (session: Handle): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(session);
    else next(session);
  };
  return {
    handles: new Map(),
    take() {
      const session = free.pop();
      if (session !== undefined) return Promise.resolve(session);
      return new Promise((resolve) => waiting.push(resolve));
    },
    release,
    replace(session) {
      quietly(() => cryptoki.C_CloseSession(session));
      // Those who wait meet the error of a session that is gone, and open the token anew.
      let next = session;
      quietly(() => {
        next = open();
      });
      release(next);
    },
    close() {
      for (const session of free.splice(0)) quietly(() => cryptoki.C_CloseSession(session));
    },
  };
}

/** Both domains use one library, which is initialised once for a process. */
export function initialize(cryptoki: Cryptoki): void {
  try {
    cryptoki.C_Initialize({ flags: flag.osLocking });
  } catch (error) {
    if (resultCode(error) !== alreadyInitialized) throw error;
  }
}

function findSlot(cryptoki: Cryptoki, label: string): Handle | undefined {
  return cryptoki
    .C_GetSlotList(true)
    .find((slot) => cryptoki.C_GetTokenInfo(slot).label.trim() === label);
}

/**
 * Some libraries look for tokens only when they are initialised. That ends all sessions of the process; the
 * other token's are opened again by whoever uses them next.
 */
function findSlotAnew(cryptoki: Cryptoki, label: string): Handle {
  try {
    cryptoki.C_Finalize();
  } catch (error) {
    if (resultCode(error) !== notInitialized) throw error;
  }
  initialize(cryptoki);
  const slot = findSlot(cryptoki, label);
  if (slot === undefined) throw new ModuleError('CKR_TOKEN_NOT_PRESENT', tokenNotPresent);
  return slot;
}

/** A token is logged in for the whole process, by its first session. */
function logIn(cryptoki: Cryptoki, session: Handle, pin: Uint8Array): void {
  try {
    cryptoki.C_Login(session, USER, Buffer.from(pin).toString('utf8'));
  } catch (error) {
    if (resultCode(error) !== alreadyLoggedIn) throw error;
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // What is gone needs no closing.
  }
}
