import type { CardId } from '../../../base/ids/ids.ts';
import { parseCardId } from '../../../base/ids/ids.ts';
import type { ListName } from '../../../domain/invalid-list/list-file.ts';
import { isLevel, isListName } from '../../../domain/invalid-list/list-file.ts';
import { CliError } from '../../cli-context.ts';

/** @throws CliError for a level or region that no list has */
export function requireListName(level: string, region: string): ListName {
  if (isLevel(level) && isListName({ level, region })) return { level, region };
  throw new CliError({
    zh: `没有这样的名单：${level} ${region}；级别为 national、provincial 或 city，地区如 000000、440000、441900`,
    en: `There is no list ${level} ${region}: levels are national, provincial and city, regions look like 000000, 440000, 441900`,
  });
}

/** @throws CliError for a text that is no card id */
export function requireCardId(text: string): CardId {
  const id = parseCardId(text);
  if (id !== undefined) return id;
  throw new CliError({
    zh: '卡识别码是 32 位大写十六进制数',
    en: 'A card id is 32 upper-case hexadecimal digits',
  });
}
