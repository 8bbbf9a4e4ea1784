import type { Pack } from '../model/pack.ts';
import { type Finding, findWarning } from './finding.ts';

/** A pack's file is called as its id says, so that people find it. */
export function lintFileName(path: string, { id }: Pack): readonly Finding[] {
  if (path.replaceAll('\\', '/').endsWith(`${id}.json`)) return [];
  const text = {
    en: `the file is not called as its id says: ${id}.json`,
    zh: `文件名与编号不符：应为 ${id}.json`,
  };
  return [findWarning('id', path, text)];
}
