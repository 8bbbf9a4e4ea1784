/** Composition of `yikatong doctor`: looks at everything an engine needs, and changes nothing. */
import type { Config } from '../ops/config.ts';
import type { Finding } from '../ops/doctor/finding.ts';
import { finding, skipped } from '../ops/doctor/finding.ts';
import { checkBank, checkDisk, judgeClock } from '../ops/doctor/host-checks.ts';
import { checkMemory } from '../ops/doctor/memory-checks.ts';
import type { SecretSource } from '../ops/keystore/start-secrets.ts';
import { makeFolder } from '../ops/postgres/make-folder.ts';
import { withDatabase } from '../ops/postgres/open-database.ts';
import { describeStartupError } from '../ops/startup-error.ts';
import { readDatabaseFacts } from '../store/health/database-facts.ts';
import { openInvalidListReads } from '../store/invalid-lists/list-reads.ts';
import { checkBankKeys, checkKeys } from './doctor-keys.ts';
import { readPolicy } from './history.ts';
import {
  judgeBacklog,
  judgeDatabase,
  judgeMigrations,
  judgeMonths,
  judgeRoles,
} from './judge-database.ts';
import { judgeLists } from './judge-lists.ts';
import { ageBounds } from './list-watch.ts';

export type { Finding };

/**
 * All findings, faults and others. An embedded database that does not run is started for it, and stopped.
 */
export async function examine(config: Config, ask?: Ask): Promise<readonly Finding[]> {
  const folder = makeFolder(config.dataDir);
  const production =
    config.mode === 'production' ? [await checkBankKeys(config, ask), checkMemory()] : [];
  const host = [await checkBank(config), await checkDisk(folder)];
  return [...(await examineDatabase(config, ask)), ...production, ...host];
}

type Ask = SecretSource['ask'];

async function examineDatabase(config: Config, ask: Ask): Promise<readonly Finding[]> {
  try {
    return await withDatabase(config, (url) => examineAt(url, config, ask), true);
  } catch (error) {
    // Not reachable, not UTF8, not durable …: the line says what to do.
    const rest = [
      'migrations',
      'clock',
      'roles',
      'months',
      'keys',
      'packs',
      'lists',
      'backlog',
    ] as const;
    return [finding('database', 'fault', describeStartupError(error)), ...rest.map(skipped)];
  }
}

async function examineAt(url: string, config: Config, ask: Ask): Promise<readonly Finding[]> {
  const facts = await readDatabaseFacts(url);
  const { books } = facts;
  const first = [
    judgeDatabase(facts, config.databaseUrl === undefined),
    judgeMigrations(facts),
    judgeClock(Date.now() - facts.nowMs),
  ];
  // Tables of another version may lack what is asked of them.
  if (books === undefined || facts.missingMigrations.length > 0) {
    const rest = ['roles', 'months', 'keys', 'packs', 'lists', 'backlog'] as const;
    return [...first, ...rest.map(skipped)];
  }
  return [
    ...first,
    judgeRoles(books),
    judgeMonths(books),
    await checkKeys(config, books.sealedKey, ask),
    await checkPacks(url),
    await checkLists(url, config, facts.nowMs),
    judgeBacklog(books, facts.nowMs, config.reversalAlarmMs),
  ];
}

async function checkLists(url: string, config: Config, nowMs: number): Promise<Finding> {
  const reads = openInvalidListReads(url);
  try {
    return judgeLists(await reads.lists(), ageBounds(config), nowMs);
  } finally {
    await reads.close();
  }
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
