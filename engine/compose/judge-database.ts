/** What the facts of a database mean, and what to do about them. */
import type { Finding } from '../ops/doctor/finding.ts';
import { finding } from '../ops/doctor/finding.ts';
import type { BooksFacts, DatabaseFacts } from '../store/health/database-facts.ts';

/** The oldest version of PostgreSQL that the engine was tried on. */
const OLDEST_VERSION = 150_000;

/** @param isEmbedded the engine's own server, where the owner serves */
export function judgeDatabase(facts: DatabaseFacts, isEmbedded: boolean): Finding {
  const version = Math.floor(facts.serverVersion / 10_000);
  if (facts.serverVersion < OLDEST_VERSION) {
    return finding('database', 'fault', {
      zh: `PostgreSQL ${version} 过旧；请升级到 15 或更高`,
      en: `PostgreSQL ${version} is too old; use 15 or later`,
    });
  }
  if (!isEmbedded && facts.isOwner) {
    return finding('database', 'advice', {
      zh: `PostgreSQL ${version}，UTF8，提交即落盘；当前账号是所有者，运行引擎请改用只有角色 yikatong_app 的账号（yikatong login add engine1 --for engine）`,
      en: `PostgreSQL ${version}, UTF8, durable; this login is the owner: let engines run under one that has the role yikatong_app only (yikatong login add engine1 --for engine)`,
    });
  }
  return finding('database', 'ok', {
    zh: `PostgreSQL ${version}，UTF8，提交即落盘`,
    en: `PostgreSQL ${version}, UTF8, durable`,
  });
}

export function judgeMigrations({ missingMigrations: missing }: DatabaseFacts): Finding {
  if (missing.length === 0) {
    return finding('migrations', 'ok', {
      zh: '数据库结构与此版本一致',
      en: "the database has this version's schema",
    });
  }
  return finding('migrations', 'fault', {
    zh: `缺 ${missing.join(', ')}；请用所有者账号执行 yikatong migrate`,
    en: `missing are ${missing.join(', ')}; run yikatong migrate with the owner's login`,
  });
}

export function judgeRoles({ missingRoles, missingRights }: BooksFacts): Finding {
  const missing = [...missingRoles, ...missingRights];
  if (missing.length === 0) {
    return finding('roles', 'ok', {
      zh: 'yikatong_app 与 yikatong_operator 权限齐全',
      en: 'yikatong_app and yikatong_operator have their rights',
    });
  }
  return finding('roles', 'fault', {
    zh: `缺少：${missing.join('; ')}；请用所有者账号执行 yikatong roles`,
    en: `missing: ${missing.join('; ')}; run yikatong roles with the owner's login`,
  });
}

export function judgeMonths({ hasNextMonth, strayRows }: BooksFacts): Finding {
  if (hasNextMonth && strayRows === 0) {
    return finding('months', 'ok', {
      zh: '本月与下月的分区已建好',
      en: 'this month and the next have their partitions',
    });
  }
  return finding('months', 'fault', {
    zh: `${hasNextMonth ? '' : '下月的分区尚未建立；'}默认分区有 ${strayRows} 行；请在业务空闲时执行 yikatong months run`,
    en: `${hasNextMonth ? '' : 'the next month has no partitions; '}${strayRows} rows wait in the default ones; run yikatong months run in a quiet hour`,
  });
}

/** @param alarmMs age at which an open reversal needs an operator */
export function judgeBacklog(books: BooksFacts, nowMs: number, alarmMs: number): Finding {
  const { openReversals, oldestOpenSince, overdueSettlements } = books;
  const age = oldestOpenSince === undefined ? 0 : nowMs - oldestOpenSince;
  const minutes = Math.round(age / 60_000);
  if (age > alarmMs) {
    return finding('backlog', 'fault', {
      zh: `${openReversals} 笔冲正未完成，最久 ${minutes} 分钟；请查看 yikatong reversal list 并联系收单银行`,
      en: `${openReversals} reversals are open, the oldest for ${minutes} minutes; see yikatong reversal list and call the acquirer`,
    });
  }
  if (overdueSettlements > 0) {
    return finding('backlog', 'fault', {
      zh: `${overdueSettlements} 笔结算超过处理期限一小时以上；请确认有引擎在运行`,
      en: `${overdueSettlements} settlements are past their deadline by more than an hour; make sure that an engine runs`,
    });
  }
  return finding('backlog', 'ok', {
    zh: `未完成的冲正 ${openReversals} 笔，无逾期结算`,
    en: `${openReversals} reversals are open, no settlement is overdue`,
  });
}
