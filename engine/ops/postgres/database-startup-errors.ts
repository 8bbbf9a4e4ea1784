import { StartupError } from '../startup-error.ts';
import type { DatabaseCluster } from './database-cluster.ts';
import type { StartFailure } from './postmaster.ts';

/** The error when another engine runs on the folder. */
export function folderInUse(cluster: DatabaseCluster): StartupError {
  return new StartupError({
    code: 'DATABASE_FOLDER_IN_USE',
    zh: `数据目录 ${cluster.folder} 正被另一个正在运行的 yikatong 使用；请先停止它，或用 YIKATONG_DATA 换一个目录`,
    en: `Another running yikatong uses the data in ${cluster.folder}; stop it or choose another folder with YIKATONG_DATA`,
  });
}

/** The error when the server does not start, as one line for the operator. */
export function startFailed(cluster: DatabaseCluster, failure: StartFailure): Error {
  if (failure.reason === 'disk-full') {
    return Object.assign(new Error('disk full'), { code: 'ENOSPC', path: cluster.folder });
  }
  if (failure.reason === 'not-allowed') {
    return Object.assign(new Error('not permitted'), { code: 'EACCES', path: cluster.folder });
  }
  const line = /^.*(?:FATAL|PANIC): .*$/m.exec(failure.lines)?.[0] ?? failure.lines.trim();
  return new StartupError({
    code: 'DATABASE_NOT_STARTED',
    zh: `内置数据库无法启动：${line}（详见 ${cluster.logFile}）`,
    en: `The embedded database does not start: ${line} (see ${cluster.logFile})`,
  });
}
