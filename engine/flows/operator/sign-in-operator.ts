import { hash } from 'node:crypto';
import type { PasswordCheck } from '../../base/crypto/password-hash.ts';
import { checkPassword, hashPassword } from '../../base/crypto/password-hash.ts';
import { findTotpStep } from '../../base/crypto/totp.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { OperatorAccount } from '../../domain/operator/account.ts';
import { isAccountName, operatorPrincipal } from '../../domain/operator/account.ts';
import type { Credential, TryRefusal } from '../../domain/operator/credential.ts';
import { beginTry, finishTry, LOCKED_MS } from '../../domain/operator/credential.ts';
import { SESSION_AGE_MAX_MS } from '../../domain/operator/session.ts';
import { everywhere } from '../../domain/principal/authorise.ts';
import type { AuditEntry } from '../../ports/audit.ts';
import type { OfficeDeps, OfficeRefusal } from './office.ts';
import { base64Url, unproved } from './office.ts';

export type SignInOrder = {
  readonly name: string;
  readonly password: string;
  /** Six digits, from the operator's authenticator. */
  readonly code: string;
};

export type SignedIn = {
  /** Opens the session; told once, and stored nowhere. */
  readonly token: string;
  readonly account: OperatorAccount;
  /** ms; earlier if it is not used. */
  readonly expiresAt: number;
  readonly mustChange: boolean;
};

const TOKEN_BYTES = 32;
const SESSION_ID_BYTES = 12;

/**
 * Signs an operator in by password and second factor. A try is counted durably before anything is compared;
 * which of the two was wrong is told to nobody.
 */
export async function signInOperator(
  deps: OfficeDeps,
  { name, password, code }: SignInOrder,
): Promise<Result<SignedIn, OfficeRefusal>> {
  const at = deps.environment.now();
  const account = isAccountName(name) ? await deps.operators.findAccount(name) : undefined;
  if (account === undefined) {
    // An unknown name takes as long as a known one. It is not recorded: it may be a password in the wrong
    // field.
    await hashPassword(password, deps.environment.randomBytes(16));
    return fail({ code: 'OPERATOR_SIGN_IN_REFUSED' });
  }
  const begun = await deps.operators.changeCredential(name, (known) => beginTry(known, at));
  if (!begun.ok) return refuse(deps, { name, at, code: 'OPERATOR_LOCKED' });
  const credential = begun.value;
  const tried = await compareFactors(deps, credential, { password, code, at });
  const finished = await deps.operators.changeCredential<TryRefusal>(name, (known) =>
    isSame(known, credential) ? finishTry(known, tried) : fail('wrong'),
  );
  if (!finished.ok) return refuse(deps, { name, at, code: codes[finished.error] });
  if (account.state !== 'active') return refuse(deps, { name, at, code: 'OPERATOR_SUSPENDED' });
  return ok(await beginSession(deps, account, finished.value, at));
}

const codes: { readonly [K in TryRefusal]: ErrorCode } = {
  wrong: 'OPERATOR_SIGN_IN_REFUSED',
  'code-used': 'OPERATOR_CODE_USED',
};

/** Was it made new by somebody while the factors were compared? */
function isSame(known: Credential, compared: Credential): boolean {
  const { passwordHash, sealedSecret } = compared;
  return known.passwordHash === passwordHash && known.sealedSecret === sealedSecret;
}

type Given = { readonly password: string; readonly code: string; readonly at: number };

async function compareFactors(deps: OfficeDeps, credential: Credential, given: Given) {
  const { password, code, at } = given;
  const checked = await checkPassword(credential.passwordHash, password);
  const step = findTotpStep(deps.keys.open(credential.sealedSecret), code, at);
  const newHash = await rehash(deps, password, checked);
  return { isPasswordRight: checked.isRight, step, ...(newHash !== undefined && { newHash }) };
}

async function rehash(
  { environment }: OfficeDeps,
  password: string,
  { isRight, isOld }: PasswordCheck,
): Promise<string | undefined> {
  if (!isRight || !isOld) return undefined;
  return hashPassword(password, environment.randomBytes(16));
}

async function beginSession(
  { operators, environment }: OfficeDeps,
  account: OperatorAccount,
  { mustChange }: Credential,
  at: number,
): Promise<SignedIn> {
  const token = base64Url(environment.randomBytes(TOKEN_BYTES));
  const id = base64Url(environment.randomBytes(SESSION_ID_BYTES));
  const session = { id, operator: account.name, startedAt: at, lastUsedAt: at, endedAt: undefined };
  const entry: AuditEntry = {
    ...{ at, by: operatorPrincipal(account, id), action: 'operator.sign-in' },
    ...{ scope: everywhere, outcome: 'done' },
  };
  await operators.addSession({ ...session, tokenHash: hashToken(token) }, entry);
  return { token, account, expiresAt: at + SESSION_AGE_MAX_MS, mustChange };
}

/** What is stored of a token. It is random enough that a plain hash tells nothing. */
export function hashToken(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}

type Refused = { readonly name: string; readonly at: number; readonly code: ErrorCode };

async function refuse({ audit }: OfficeDeps, { name, at, code }: Refused) {
  const by = unproved(name);
  const about = { at, by, action: 'operator.sign-in', scope: everywhere } as const;
  await audit.record({ ...about, outcome: 'refused', code });
  return fail({ code, ...(code === 'OPERATOR_LOCKED' && { retryAfterMs: LOCKED_MS }) });
}
