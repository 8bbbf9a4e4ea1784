import type pg from 'pg';
import { StartupError } from '../startup-error.ts';

/**
 * A settlement is answered after COMMIT, so COMMIT must mean "on disk". With `synchronous_commit=off`
 * committed rows are lost when the server is killed, with `fsync=off` or `full_page_writes=off` when the
 * power fails.
 */
const durableSettings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;
/** Values with which a COMMIT waits for no standby, or for one that has nothing on disk yet. */
const oneCopyOnly = ['local', 'remote_write'] as const;

/**
 * Refuses a server that may lose a committed settlement.
 * @param client a connected client or a pool; its session settings count, since they apply to its commits
 * @param copies 2: a COMMIT must wait until a standby has it on disk, too
 * @throws StartupError DATABASE_NOT_DURABLE naming each setting that is wrong
 */
export async function checkDurability(
  client: Pick<pg.Client, 'query'>,
  copies: 1 | 2 = 1,
): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1) ORDER BY name',
    [[...durableSettings, 'synchronous_standby_names']],
  );
  const values = new Map(rows.map(({ name, setting }) => [name, setting]));
  const off = durableSettings.filter((name) => values.get(name) === 'off');
  if (off.length > 0) throw notDurable(off.join(', '), 'off');
  const commit = values.get('synchronous_commit') ?? '';
  // `local` waits for no standby, also where somebody has set one up.
  const refused = copies === 2 ? oneCopyOnly : oneCopyOnly.slice(0, 1);
  if (refused.some((value) => value === commit)) throw notDurable('synchronous_commit', commit);
  if (copies === 2 && values.get('synchronous_standby_names') === '') throw oneCopy();
}

function notDurable(names: string, value: string): StartupError {
  return new StartupError({
    code: 'DATABASE_NOT_DURABLE',
    zh: `数据库设置 ${names} 为 ${value}，断电或换机时会丢失已结算的账；请改为 on`,
    en: `The database has ${names} ${value} and could lose settlements that were answered; set it to on`,
  });
}

function oneCopy(): StartupError {
  return new StartupError({
    code: 'DATABASE_NOT_DURABLE',
    zh: 'YIKATONG_DATABASE_COPIES=2 要求两份数据，而 synchronous_standby_names 为空；请在主库上设置同步备库',
    en: 'YIKATONG_DATABASE_COPIES=2 asks for two copies, and synchronous_standby_names is empty; set a synchronous standby on the primary',
  });
}
