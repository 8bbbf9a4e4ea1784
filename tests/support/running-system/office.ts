/** Operators of a running system: their accounts, and what they ask over real HTTP. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { totpCode, totpStep } from '../../../engine/base/crypto/totp.ts';
import { openOffice } from '../../../engine/compose/office.ts';
import type { Role } from '../../../engine/domain/principal/principal.ts';
import { databasePrincipal } from '../../../engine/domain/principal/principal.ts';
import { addOperator } from '../../../engine/flows/operator/administer-operators.ts';
import { openFileKeystore } from '../../../engine/ops/keystore/file-keystore.ts';
import { sandboxKeyPaths } from '../../../engine/sandbox/keys/sandbox-keys.ts';
import type { RunningSystem } from './running-system.ts';

export type OperatorWish = {
  readonly roles: readonly Role[];
  readonly regions?: readonly string[];
  readonly institutions?: readonly string[];
};

/** An operator with the authenticator in hand. */
export type TestOperator = {
  readonly name: string;
  password: string;
  /** The next code that is good and was not used yet. */
  nextCode(): string;
};

/** Puts an operator on record as the owner of the database does. */
export async function addTestOperator(
  system: Pick<RunningSystem, 'dataDir' | 'databaseUrl'>,
  name: string,
  { roles, regions = ['000000'], institutions = [] }: OperatorWish,
): Promise<TestOperator> {
  const stops: (() => Promise<void>)[] = [];
  const paths = sandboxKeyPaths(join(system.dataDir, 'keys'));
  const keys = openFileKeystore(paths.engineKeys, { createIfMissing: false });
  const environment = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };
  const office = openOffice(system.databaseUrl, { keys, environment }, stops);
  const scopes = { regions, institutions };
  const order = { name, roles, scopes, databaseLogin: undefined };
  const made = await addOperator(office, databasePrincipal('owner'), order);
  for (const stop of stops) await stop();
  if (!made.ok) throw new Error(made.error.code);
  return holderOf(name, made.value);
}

/** @param given what an administrator hands over */
export function holderOf(
  name: string,
  given: { readonly password: string; readonly secret: string },
): TestOperator {
  const secret = fromBase32(given.secret);
  let used = 0;
  return {
    name,
    password: given.password,
    nextCode() {
      used = Math.max(used + 1, totpStep(Date.now()) - 1);
      return totpCode(secret, used);
    },
  };
}

/** As an authenticator app reads it. */
function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
    .map((value) => value.toString(2).padStart(5, '0'))
    .join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** Members of the answers that tests look at. */
export type Document = {
  readonly code?: string;
  readonly token: string;
  readonly password: string;
  readonly secret: string;
  readonly state?: string;
  readonly items?: readonly object[];
  readonly operator: { readonly name: string; readonly roles: readonly string[] };
};

export type Said = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Document;
};

/** One request over a real socket. @param body undefined: GET */
export async function ask(
  url: string,
  path: string,
  { token, body }: { readonly token?: string | undefined; readonly body?: object } = {},
): Promise<Said> {
  const response = await fetch(new URL(path, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Document,
  };
}

/** Signs in and changes the password that the administrator knows. @returns the token */
export async function signInFirst(url: string, operator: TestOperator): Promise<string> {
  const token = await signIn(url, operator);
  const newPassword = `long enough ${randomBytes(6).toString('hex')}`;
  const body = { oldPassword: operator.password, newPassword };
  const changed = await ask(url, '/v1/operator/password', { token, body });
  if (changed.status !== 200) throw new Error(JSON.stringify(changed.body));
  operator.password = newPassword;
  return token;
}

/** @returns the token of a new session */
export async function signIn(url: string, operator: TestOperator): Promise<string> {
  const { name, password } = operator;
  const body = { name, password, code: operator.nextCode() };
  const said = await ask(url, '/v1/operator/sign-in', { body });
  if (said.status !== 200) throw new Error(JSON.stringify(said.body));
  return said.body.token;
}
