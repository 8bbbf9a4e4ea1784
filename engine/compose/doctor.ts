/** Composition of `yikatong doctor`: looks at everything an engine needs, and changes nothing. */
import { existsSync } from 'node:fs';
import type { Config } from '../ops/config.ts';
import type { Finding } from '../ops/doctor/finding.ts';
import { finding, skipped } from '../ops/doctor/finding.ts';
import { checkBank, checkDisk, judgeClock } from '../ops/doctor/host-checks.ts';
import { openFileKeystore } from '../ops/keystore/file-keystore.ts';
import { makeFolder } from '../ops/postgres/make-folder.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { describeStartupError, StartupError } from '../ops/startup-error.ts';
import { sandboxKeyFolder, sandboxKeyPaths } from '../sandbox/keys/sandbox-keys.ts';
import { readDatabaseFacts } from '../store/health/database-facts.ts';
import { readPolicy } from './history.ts';
import {
  judgeBacklog,
  judgeDatabase,
  judgeMigrations,
  judgeMonths,
  judgeRoles,
} from './judge-database.ts';

export type { Finding };

/** All findings, faults and others. An embedded database that does not run is started for it, and stopped. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  const folder = makeFolder(config.dataDir);
  return [...(await examineDatabase(config)), await checkBank(config), await checkDisk(folder)];
}

async function examineDatabase(config: Config): Promise<readonly Finding[]> {
  try {
    return await withDatabase(config, (url) => examineAt(url, config), true);
  } catch (error) {
    // Not reachable, not UTF8, not durable …: the line says what to do.
    const rest = ['migrations', 'clock', 'roles', 'months', 'keys', 'packs', 'backlog'] as const;
    return [finding('database', 'fault', describeStartupError(error)), ...rest.map(skipped)];
  }
}

async function examineAt(url: string, config: Config): Promise<readonly Finding[]> {
  const facts = await readDatabaseFacts(url);
  const { books } = facts;
  const first = [
    judgeDatabase(facts, config.databaseUrl === undefined),
    judgeMigrations(facts),
    judgeClock(Date.now() - facts.nowMs),
  ];
  // Tables of another version may lack what is asked of them.
  if (books === undefined || facts.missingMigrations.length > 0) {
    const rest = ['roles', 'months', 'keys', 'packs', 'backlog'] as const;
    return [...first, ...rest.map(skipped)];
  }
  return [
    ...first,
    judgeRoles(books),
    judgeMonths(books),
    checkKeys(config, books.sealedKey),
    await checkPacks(url),
    judgeBacklog(books, facts.nowMs, config.reversalAlarmMs),
  ];
}

/** Do the keys of this folder open what the database has sealed? */
function checkKeys({ dataDir }: Config, sealed: string | undefined): Finding {
  const { engineKeys } = sandboxKeyPaths(sandboxKeyFolder(dataDir));
  if (!existsSync(engineKeys)) {
    return sealed === undefined
      ? finding('keys', 'ok', {
          zh: '尚无密钥与终端；首次启动时生成',
          en: 'there are no keys and no terminals yet; the first start makes them',
        })
      : finding('keys', 'fault', {
          zh: `${engineKeys} 不存在，而数据库中已有终端；请用 YIKATONG_DATA 指明原来的目录，或恢复其备份`,
          en: `${engineKeys} is missing, and the database has terminals; name the folder of its keys with YIKATONG_DATA, or restore its backup`,
        });
  }
  try {
    const keys = openFileKeystore(engineKeys, { createIfMissing: false });
    if (sealed !== undefined) keys.open(sealed);
  } catch (error) {
    if (error instanceof StartupError) {
      return finding('keys', 'fault', describeStartupError(error));
    }
    return finding('keys', 'fault', {
      zh: `${engineKeys} 与数据库不是同一套；请用 YIKATONG_DATA 指明原来的目录，或换一个数据库`,
      en: `${engineKeys} are not the keys of this database; name the folder of its keys with YIKATONG_DATA, or use another database`,
    });
  }
  return finding('keys', 'ok', {
    zh: '密钥文件完好，与数据库一致',
    en: 'the key file is whole and fits the database',
  });
}

async function checkPacks(url: string): Promise<Finding> {
  const { policy, unusable, activated } = await readPolicy(url);
  if (unusable.size > 0) {
    const names = [...unusable.keys()].join(', ');
    return finding('packs', 'fault', {
      zh: `政策包不可用：${names}；按这些包结算的账单会被拒绝，请用 yikatong rules check 查看原因`,
      en: `packs cannot be used: ${names}; their bills are refused, see why with yikatong rules check`,
    });
  }
  return finding('packs', 'ok', {
    zh: `政策包 ${policy.packs.length} 个，其中在此数据库启用 ${activated.size} 个`,
    en: `${policy.packs.length} packs, ${activated.size} of them activated in this database`,
  });
}
