/** Composition of what the owner of the database does: migrations, and the rights of the engine's roles. */
import type { Config } from '../ops/config.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { StartupError } from '../ops/startup-error.ts';
import { readDatabaseFacts } from '../store/health/database-facts.ts';
import { migrate, OwnerNeeded } from '../store/migrate.ts';
import { grantRolesAt } from '../store/roles/grant-roles.ts';

/** @throws StartupError DATABASE_NOT_MIGRATED when something is missing and this login is not the owner's */
export async function migrateOrTell(url: string): ReturnType<typeof migrate> {
  try {
    return await migrate(url);
  } catch (error) {
    if (!(error instanceof OwnerNeeded)) throw error;
    throw new StartupError({
      code: 'DATABASE_NOT_MIGRATED',
      zh: `数据库结构不是此版本的（缺 ${error.message}），而当前账号不是所有者；请用所有者的 DATABASE_URL 执行 yikatong migrate`,
      en: `The database lacks ${error.message}, and this login is not its owner; run yikatong migrate with the owner's DATABASE_URL`,
    });
  }
}

/**
 * What a starting engine does about the schema. In production it changes nothing, whoever's login it has: a
 * new version is migrated by the owner, when nobody waits for it.
 * @throws StartupError DATABASE_NOT_MIGRATED
 */
export async function migrateAtStart({ mode }: Pick<Config, 'mode'>, url: string): Promise<void> {
  if (mode === 'sandbox') {
    await migrateOrTell(url);
    return;
  }
  const { missingMigrations: missing } = await readDatabaseFacts(url);
  if (missing.length === 0) return;
  const list = missing.length > 3 ? `${missing.slice(0, 3).join(', ')} …` : missing.join(', ');
  throw new StartupError({
    code: 'DATABASE_NOT_MIGRATED',
    zh: `数据库结构落后于此版本（缺 ${missing.length} 项：${list}）；请用所有者的 DATABASE_URL 执行 yikatong migrate`,
    en: `The database lacks ${missing.length} migrations of this version (${list}); run yikatong migrate with the owner's DATABASE_URL`,
  });
}

/**
 * Gives the roles their rights again. @returns the roles that are not there and that this login may not
 * make
 */
export async function grantRoles(config: Config): Promise<readonly string[]> {
  return withDatabase(config, grantRolesAt, true);
}
