import { KeystoreUnavailable } from '../../../ports/keys.ts';
import { StartupError } from '../../startup-error.ts';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { isLost, isPinRefused, loadCryptoki, moduleReason, resultCode } from './cryptoki.ts';
import type { SessionPool } from './session-pool.ts';
import { openSessionPool } from './session-pool.ts';

/** Which token of which module, and its PIN. */
export type TokenPlace = {
  /** Path of the vendor's shared library. */
  readonly library: string;
  /** Label of the token. */
  readonly label: string;
  /** Handed over: it is kept, because a login is repeated after a loss, and wiped at the end. */
  readonly pin: Uint8Array;
};

/** A session of a token that is logged in: one operation at a time. */
export type TokenSession = {
  readonly cryptoki: Cryptoki;
  readonly session: Handle;
  /** Handles of objects, found once for each opening of the token. */
  readonly handles: Map<string, Handle>;
};

/** One token of a module; it opens its sessions again after a loss. */
export type Token = {
  readonly label: string;
  /**
   * Runs an operation in a session of its own. If the session is lost, the token is opened once more and the
   * operation begins anew: it must be harmless when it is done twice.
   * @throws KeystoreUnavailable with the module's reason
   */
  run<T>(operation: (session: TokenSession) => Promise<T> | T): Promise<T>;
  close(): Promise<void>;
};

/** A module that does not answer in this time counts as gone, ms. */
const OPERATION_MS = 5_000;
/** A token that is gone is not looked for more often, ms: looking may disturb the other domain's token. */
const REOPEN_AFTER_MS = 1_000;

/**
 * Opens a token and logs in.
 * @throws StartupError: the library, the token or the right PIN is missing; the line says which
 */
export async function openToken(place: TokenPlace): Promise<Token> {
  const cryptoki = await loadCryptoki(place.library);
  let pool: SessionPool | undefined = openOrTell(cryptoki, place);
  /** Why it is not opened again before a time. */
  let gone: { readonly why: KeystoreUnavailable; readonly until: number } | undefined;

  const reopen = (): SessionPool => {
    if (gone !== undefined && performance.now() < gone.until) throw gone.why;
    try {
      pool = openSessionPool(cryptoki, place);
      gone = undefined;
      return pool;
    } catch (error) {
      const why = unavailable(place, error);
      // A PIN that is refused is not tried again: a few more tries would lock the token.
      const restMs = isPinRefused(error) ? Number.POSITIVE_INFINITY : REOPEN_AFTER_MS;
      gone = { why, until: performance.now() + restMs };
      throw why;
    }
  };
  const attempt = async <T>(
    current: SessionPool,
    operation: (session: TokenSession) => Promise<T> | T,
  ): Promise<T> => {
    const session = await current.take();
    try {
      const done = await inTime(operation({ cryptoki, session, handles: current.handles }));
      current.release(session);
      return done;
    } catch (error) {
      // After a loss no session is of use; one in the middle of an operation is of no use either.
      if (isLost(error) && pool === current) pool = undefined;
      current.replace(session);
      throw error;
    }
  };
  return {
    label: place.label,
    async run(operation) {
      try {
        const current = pool ?? reopen();
        return await attempt(current, operation).catch((error: unknown) => {
          if (!isLost(error)) throw error;
          return attempt(pool ?? reopen(), operation);
        });
      } catch (error) {
        throw resultCode(error) === undefined ? error : unavailable(place, error);
      }
    },
    async close() {
      const why = new KeystoreUnavailable(`${place.label}: closed`);
      gone = { why, until: Number.POSITIVE_INFINITY };
      pool?.close();
      pool = undefined;
      place.pin.fill(0);
    },
  };
}

function unavailable({ label }: TokenPlace, error: unknown): KeystoreUnavailable {
  return new KeystoreUnavailable(`${label}: ${moduleReason(error)}`);
}

async function inTime<T>(operation: Promise<T> | T): Promise<T> {
  if (!(operation instanceof Promise)) return operation;
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new KeystoreUnavailable('the module does not answer'));
  const timer = setTimeout(late, OPERATION_MS);
  try {
    return await Promise.race([operation, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function openOrTell(cryptoki: Cryptoki, place: TokenPlace): SessionPool {
  try {
    return openSessionPool(cryptoki, place);
  } catch (error) {
    const { label } = place;
    if (isPinRefused(error)) {
      throw new StartupError({
        code: 'KEYSTORE_PIN_REFUSED',
        zh: `密码模块令牌 ${label} 拒绝 PIN（${moduleReason(error)}）；请核对 PIN，勿反复尝试，以免锁定`,
        en: `The token ${label} refuses the PIN (${moduleReason(error)}); see to the PIN, and do not try on: tries lock it`,
      });
    }
    throw new StartupError({
      code: 'KEYSTORE_TOKEN_MISSING',
      zh: `密码模块中没有可用的令牌 ${label}（${moduleReason(error)}）；请核对令牌名与模块状态`,
      en: `The module has no token ${label} that can be used (${moduleReason(error)}); see to the label and the module`,
    });
  }
}
