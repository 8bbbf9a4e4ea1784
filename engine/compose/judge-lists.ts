import type { AgeBounds } from '../domain/invalid-list/list-age.ts';
import { findOutdated } from '../domain/invalid-list/list-age.ts';
import type { Finding } from '../ops/doctor/finding.ts';
import { finding } from '../ops/doctor/finding.ts';
import type { ListState } from '../ports/invalid-list-reads.ts';

const HOUR_MS = 3_600_000;

/** Are the invalid lists as young as the settings want, and is no import left half done? */
export function judgeLists(lists: readonly ListState[], bounds: AgeBounds, nowMs: number): Finding {
  const [old] = findOutdated(lists, bounds, nowMs);
  if (old !== undefined) {
    const { level, region = '', ageMs } = old;
    const hours = ageMs === undefined ? undefined : Math.floor(ageMs / HOUR_MS);
    return finding('lists', 'fault', {
      zh: `无效卡名单 ${level} ${region} ${hours === undefined ? '尚未导入' : `已 ${hours} 小时未更新`}；请用 yikatong list import 导入新版本`,
      en: `the invalid list ${level} ${region} ${hours === undefined ? 'has never come' : `is ${hours} hours old`}; import a newer version with yikatong list import`,
    });
  }
  const open = lists.find((list) => list.open !== undefined);
  if (open !== undefined) {
    return finding('lists', 'advice', {
      zh: `名单 ${open.level} ${open.region} 的导入中断在第 ${open.open?.rowsDone} 行；重新运行同一命令即可续传`,
      en: `the import of the list ${open.level} ${open.region} stopped at row ${open.open?.rowsDone}; run the same command again`,
    });
  }
  const cards = lists.reduce((sum, { entries }) => sum + entries, 0);
  return finding('lists', 'ok', {
    zh: `无效卡名单 ${lists.length} 个，共 ${cards} 张卡`,
    en: `${lists.length} invalid lists with ${cards} cards`,
  });
}
