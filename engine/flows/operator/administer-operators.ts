import { hashPassword } from '../../base/crypto/password-hash.ts';
import { toBase32 } from '../../base/crypto/totp.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { OperatorAccount } from '../../domain/operator/account.ts';
import { isAccountName } from '../../domain/operator/account.ts';
import type { AccountOrder, AccountRefusal } from '../../domain/operator/administer.ts';
import { areScopesValid, changeAccount } from '../../domain/operator/administer.ts';
import type { Credential } from '../../domain/operator/credential.ts';
import { everywhere } from '../../domain/principal/authorise.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { AuditEntry } from '../../ports/audit.ts';
import type { OfficeDeps, OfficeRefusal } from './office.ts';
import { base64Url } from './office.ts';

/** What a new operator is given, once. */
export type Enrolment = {
  readonly account: OperatorAccount;
  /** To be changed at the first sign-in. */
  readonly password: string;
  /** Secret of the second factor, base 32, and the same as a link for an authenticator app. */
  readonly secret: string;
  readonly secretUri: string;
};

export type NewOperator = Pick<OperatorAccount, 'name' | 'roles' | 'scopes' | 'databaseLogin'>;

/** Makes an account. @param by has been authorised for operator.administer */
export async function addOperator(
  deps: OfficeDeps,
  by: Principal,
  order: NewOperator,
): Promise<Result<Enrolment, OfficeRefusal>> {
  if (!isAccountName(order.name)) return fail({ code: 'OPERATOR_NAME_INVALID' });
  if (!areScopesValid(order.scopes)) return fail({ code: 'OPERATOR_SCOPE_INVALID' });
  const account: OperatorAccount = { ...order, state: 'active', version: 1 };
  const { credential, enrolment } = await makeCredential(deps, account);
  const entry = entryOf(deps, by, account.name, describeAccount(account));
  const isNew = await deps.operators.addAccount(account, credential, entry);
  return isNew ? ok(enrolment) : fail({ code: 'OPERATOR_EXISTS' });
}

/** Changes roles, scopes, state or login; the account's sessions end at once. */
export async function changeOperator(
  deps: OfficeDeps,
  by: Principal,
  name: string,
  order: AccountOrder & { readonly reason?: string | undefined },
): Promise<Result<OperatorAccount, OfficeRefusal>> {
  const actor = by.kind === 'operator' ? by.id : undefined;
  const changed = await deps.operators.changeAccount<AccountRefusal>(
    name,
    (account, administrators) => changeAccount(account, order, { by: actor, administrators }),
    entryOf(deps, by, name, describeOrder(order)),
  );
  if (changed === undefined) return fail({ code: 'OPERATOR_NOT_FOUND' });
  return changed.ok ? changed : fail({ code: changed.error });
}

/** Gives a new password and a new second factor; what was locked is open again, and sessions end. */
export async function resetOperator(
  deps: OfficeDeps,
  by: Principal,
  name: string,
): Promise<Result<Enrolment, OfficeRefusal>> {
  const account = await deps.operators.findAccount(name);
  if (account === undefined) return fail({ code: 'OPERATOR_NOT_FOUND' });
  if (account.state === 'closed') return fail({ code: 'OPERATOR_IS_CLOSED' });
  if (by.kind === 'operator' && by.id === name) return fail({ code: 'OPERATOR_IS_SELF' });
  const { credential, enrolment } = await makeCredential(deps, account);
  const entry = entryOf(deps, by, name, 'new password and second factor');
  await deps.operators.endSessions(name, entry.at);
  await deps.operators.changeCredential(name, () => ok(credential), entry);
  return ok(enrolment);
}

const SECRET_BYTES = 20;
const PASSWORD_BYTES = 15;

async function makeCredential(
  { keys, environment }: OfficeDeps,
  account: OperatorAccount,
): Promise<{ readonly credential: Credential; readonly enrolment: Enrolment }> {
  const secretBytes = environment.randomBytes(SECRET_BYTES);
  const password = base64Url(environment.randomBytes(PASSWORD_BYTES));
  const secret = toBase32(secretBytes);
  const credential: Credential = {
    passwordHash: await hashPassword(password, environment.randomBytes(16)),
    mustChange: true,
    sealedSecret: keys.seal(secretBytes),
    ...{ lastStep: 0, wrongTries: 0, lockedUntil: undefined },
  };
  const secretUri = `otpauth://totp/yikatong:${account.name}?secret=${secret}&issuer=yikatong`;
  return { credential, enrolment: { account, password, secret, secretUri } };
}

function entryOf(deps: OfficeDeps, by: Principal, name: string, evidence: string): AuditEntry {
  const at = deps.environment.now();
  const about = { action: 'operator.administer', scope: everywhere, subject: name } as const;
  return { at, by, ...about, outcome: 'done', evidence };
}

function describeAccount({ roles, scopes }: Pick<OperatorAccount, 'roles' | 'scopes'>): string {
  const places = [...scopes.regions, ...scopes.institutions];
  return `roles ${roles.join(' ')}; scopes ${places.join(' ')}`.slice(0, 500);
}

function describeOrder({ roles, scopes, state, databaseLogin, ...rest }: OrderWithReason): string {
  const parts = [
    ...(roles === undefined ? [] : [`roles ${roles.join(' ')}`]),
    ...(scopes === undefined
      ? []
      : [`scopes ${[...scopes.regions, ...scopes.institutions].join(' ')}`]),
    ...(state === undefined ? [] : [state]),
    ...(databaseLogin === undefined ? [] : [`login ${databaseLogin ?? 'none'}`]),
    ...(rest.reason === undefined ? [] : [rest.reason]),
  ];
  return parts.join('; ').slice(0, 500);
}

type OrderWithReason = AccountOrder & { readonly reason?: string | undefined };
