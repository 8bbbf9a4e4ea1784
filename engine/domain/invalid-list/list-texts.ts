import type { ListLevel } from './list-file.ts';
import type { ListFault } from './list-reader.ts';

type Text = { readonly zh: string; readonly en: string };

export const levelTexts = {
  national: { zh: '国家级', en: 'national' },
  provincial: { zh: '省级', en: 'provincial' },
  city: { zh: '市级', en: 'city' },
} as const satisfies Record<ListLevel, Text>;

export const faultTexts = {
  header: { zh: '不是名单文件的文件头', en: 'is no header of a list file' },
  row: {
    zh: '不是名单行（+ 或 -，32 位卡识别码，原因）',
    en: 'is no row of a list: + or -, a card id of 32 digits, a reason',
  },
  order: {
    zh: '卡识别码没有按升序排列，或同一张卡出现两次',
    en: 'its card does not come after the one before: rows are sorted, and no card comes twice',
  },
  'removal-in-full-list': { zh: '全量名单中不能有移出行', en: 'a full list takes nothing off' },
  cut: { zh: '文件在此中断，没有文件尾', en: 'the file ends here, without its footer' },
  'row-count': {
    zh: '行数与文件头不符',
    en: 'the rows are not as many as the header says',
  },
  hash: {
    zh: '内容与文件尾的摘要不符',
    en: 'the rows do not have the digest that the footer tells',
  },
  'after-footer': { zh: '文件尾之后还有内容', en: 'something follows the footer' },
  'long-line': { zh: '一行过长', en: 'the line is too long' },
} as const satisfies Record<ListFault['fault'], Text>;
