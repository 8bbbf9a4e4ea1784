import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from '../../ops/postgres/client-config.ts';
import { loginRoles } from './logins.ts';

const grants = readFileSync(join(import.meta.dirname, 'grants.sql'), 'utf8');

/**
 * Gives the roles of engine and operators all their rights, and makes the roles if they are not there and
 * this login may. Safe to repeat.
 * @param client of the tables' owner
 * @returns the roles that are not there, because this login may not make them
 */
export async function grantRoles(client: Pick<pg.Client, 'query'>): Promise<readonly string[]> {
  await client.query(grants);
  const { rows } = await client.query<{ role: string }>(
    `select role from unnest($1::text[]) as role
     where not exists (select from pg_roles where rolname = role) order by role`,
    [Object.values(loginRoles)],
  );
  return rows.map(({ role }) => role);
}

/** {@link grantRoles} over a connection of its own. */
export function grantRolesAt(url: string): Promise<readonly string[]> {
  return withClient(url, 'roles', grantRoles);
}
