import type { Selectable } from 'kysely';
import type { OperatorAccount } from '../../domain/operator/account.ts';
import type { Credential } from '../../domain/operator/credential.ts';
import type { OperatorSession } from '../../domain/operator/session.ts';
import type {
  OperatorCredentialTable,
  OperatorSessionTable,
  OperatorTable,
} from '../tables/operator-tables.ts';

export function accountOf(row: OperatorTable): OperatorAccount {
  const { name, roles, regions, institutions, state, database_login, version } = row;
  const scopes = { regions, institutions };
  return { name, roles, scopes, state, databaseLogin: database_login ?? undefined, version };
}

export function accountRow(account: OperatorAccount): OperatorTable {
  const { name, roles, scopes, state, databaseLogin, version } = account;
  return {
    ...{ name, state, version, roles: [...roles] },
    ...{ regions: [...scopes.regions], institutions: [...scopes.institutions] },
    database_login: databaseLogin ?? null,
  };
}

export function credentialOf(row: Selectable<OperatorCredentialTable>): Credential {
  return {
    passwordHash: row.password_hash,
    mustChange: row.must_change,
    sealedSecret: row.sealed_secret,
    lastStep: Number(row.last_step),
    wrongTries: row.wrong_tries,
    lockedUntil: row.locked_until === null ? undefined : Number(row.locked_until),
  };
}

export function credentialRow(credential: Credential): Omit<OperatorCredentialTable, 'operator'> {
  const { lockedUntil } = credential;
  return {
    password_hash: credential.passwordHash,
    must_change: credential.mustChange,
    sealed_secret: credential.sealedSecret,
    last_step: BigInt(credential.lastStep),
    wrong_tries: credential.wrongTries,
    locked_until: lockedUntil === undefined ? null : BigInt(lockedUntil),
  };
}

export function sessionOf(row: Omit<OperatorSessionTable, 'token_hash'>): OperatorSession {
  return {
    id: row.id,
    operator: row.operator,
    startedAt: Number(row.started_at),
    lastUsedAt: Number(row.last_used_at),
    endedAt: row.ended_at === null ? undefined : Number(row.ended_at),
  };
}
