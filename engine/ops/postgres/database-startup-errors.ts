import { StartupError } from '../startup-error.ts';
import type { DatabaseFolder } from './database-folder.ts';
import type { StartFailure } from './postmaster.ts';

/** Another engine runs on the folder. */
export function folderInUse(place: DatabaseFolder): StartupError {
  return new StartupError({
    code: 'DATABASE_FOLDER_IN_USE',
    zh: `数据目录 ${place.folder} 正被另一个正在运行的 yikatong 使用；请先停止它，或用 YIKATONG_DATA 换一个目录`,
    en: `Another running yikatong uses the data in ${place.folder}; stop it or choose another folder with YIKATONG_DATA`,
  });
}

/** Why the server of this folder does not start, as one line for whoever starts the engine. */
export function startFailed(place: DatabaseFolder, failure: StartFailure): Error {
  if (failure.reason === 'disk-full') {
    return Object.assign(new Error('disk full'), { code: 'ENOSPC', path: place.folder });
  }
  if (failure.reason === 'not-allowed') {
    return Object.assign(new Error('not permitted'), { code: 'EACCES', path: place.folder });
  }
  const line = /^.*(?:FATAL|PANIC): .*$/m.exec(failure.lines)?.[0] ?? failure.lines.trim();
  return new StartupError({
    code: 'DATABASE_NOT_STARTED',
    zh: `内置数据库无法启动：${line}（详见 ${place.logFile}）`,
    en: `The embedded database does not start: ${line} (see ${place.logFile})`,
  });
}
