import { checkPassword, hashPassword } from '../../base/crypto/password-hash.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { OperatorAccount } from '../../domain/operator/account.ts';
import { operatorPrincipal } from '../../domain/operator/account.ts';
import { beginTry, isPasswordStrong, LOCKED_MS } from '../../domain/operator/credential.ts';
import { isSessionOpen, SESSION_NOTED_EVERY_MS } from '../../domain/operator/session.ts';
import { everywhere } from '../../domain/principal/authorise.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { AuditEntry } from '../../ports/audit.ts';
import type { Clock } from '../../ports/environment.ts';
import type { OperatorStore } from '../../ports/operators.ts';
import type { OfficeDeps, OfficeRefusal } from './office.ts';
import { hashToken } from './sign-in-operator.ts';

type SessionDeps = {
  readonly operators: Pick<OperatorStore, 'findSession' | 'noteSession'>;
  readonly environment: Clock;
};

/** An operator whose session is open now. */
export type SignedInOperator = {
  readonly principal: Principal & { readonly session: string };
  readonly account: OperatorAccount;
  /** Nothing but changing the password is allowed. */
  readonly mustChange: boolean;
};

/**
 * Whose token it is. Session and account are read each time, so whoever was suspended or signed out is
 * refused from then on.
 */
export async function findSignedIn(
  { operators, environment }: SessionDeps,
  token: string,
): Promise<Result<SignedInOperator, OfficeRefusal>> {
  const at = environment.now();
  const found = await operators.findSession(hashToken(token));
  if (found === undefined || !isSessionOpen(found.session, at)) {
    return fail({ code: 'OPERATOR_SESSION_ENDED' });
  }
  const { session, account, mustChange } = found;
  if (account.state !== 'active') return fail({ code: 'OPERATOR_SUSPENDED' });
  if (at - session.lastUsedAt >= SESSION_NOTED_EVERY_MS) {
    await operators.noteSession(session.id, at);
  }
  const principal = { ...operatorPrincipal(account), session: session.id };
  return ok({ principal, account, mustChange });
}

/** Ends the session at once. */
export async function signOutOperator(
  { operators, environment }: Pick<OfficeDeps, 'operators' | 'environment'>,
  by: SignedInOperator,
): Promise<void> {
  const at = environment.now();
  await operators.endSession(by.principal.session, at, entryOf(by, at, 'operator.sign-out'));
}

export type PasswordOrder = { readonly oldPassword: string; readonly newPassword: string };

/**
 * Changes the operator's own password, and ends their other sessions. A wrong old one counts as a wrong try.
 */
export async function changeOwnPassword(
  deps: OfficeDeps,
  by: SignedInOperator,
  { oldPassword, newPassword }: PasswordOrder,
): Promise<Result<undefined, OfficeRefusal>> {
  const { operators, environment } = deps;
  const at = environment.now();
  const { name } = by.account;
  if (!isPasswordStrong(newPassword, name) || newPassword === oldPassword) {
    return fail({ code: 'OPERATOR_PASSWORD_WEAK' });
  }
  const begun = await operators.changeCredential(name, (known) => beginTry(known, at));
  if (!begun.ok) return fail({ code: 'OPERATOR_LOCKED', retryAfterMs: LOCKED_MS });
  const { passwordHash } = begun.value;
  const isRight = (await checkPassword(passwordHash, oldPassword)).isRight;
  const newHash = await hashPassword(newPassword, environment.randomBytes(16));
  const changed = await operators.changeCredential(
    name,
    (known) => {
      if (!isRight || known.passwordHash !== passwordHash) return fail('wrong');
      const counted = { wrongTries: 0, lockedUntil: undefined };
      return ok({ ...known, ...counted, passwordHash: newHash, mustChange: false });
    },
    entryOf(by, at, 'operator.change-password'),
  );
  if (!changed.ok) {
    const refused = { ...entryOf(by, at, 'operator.change-password'), outcome: 'refused' } as const;
    await deps.audit.record({ ...refused, code: 'OPERATOR_SIGN_IN_REFUSED' });
    return fail({ code: 'OPERATOR_SIGN_IN_REFUSED' });
  }
  await operators.endSessions(name, at, by.principal.session);
  return ok(undefined);
}

function entryOf(by: SignedInOperator, at: number, action: AuditEntry['action']): AuditEntry {
  return { at, by: by.principal, action, scope: everywhere, outcome: 'done' };
}
