import type pg from 'pg';
import { StartupError } from '../startup-error.ts';

/**
 * A settlement is answered after COMMIT, so COMMIT must mean "on disk". With `synchronous_commit=off`
 * committed rows are lost when the server is killed, with `fsync=off` or `full_page_writes=off` when the
 * power fails.
 */
const durableSettings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

/**
 * Refuses a server that may lose a committed settlement.
 * @param client a connected client or a pool; its session settings count, since they apply to its commits
 * @throws StartupError DATABASE_NOT_DURABLE naming each setting that is off
 */
export async function checkDurability(client: Pick<pg.Client, 'query'>): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name = ANY($1) AND setting = 'off' ORDER BY name`,
    [durableSettings],
  );
  if (rows.length === 0) return;
  const off = rows.map((row) => row.name).join(', ');
  throw new StartupError({
    code: 'DATABASE_NOT_DURABLE',
    zh: `数据库设置 ${off} 为 off，断电时会丢失已结算的账；请改为 on`,
    en: `The database has ${off} off and could lose settlements that were answered; set it to on`,
  });
}
