/** The rows of an employer's batch of applications for cards. */
import type { SourceRow } from '../registry/import-register.ts';
import type { RegisterColumn } from '../registry/record.ts';
import { column, forms, optional } from '../registry/record.ts';

export const ID_RECORD = 'id-record';

export const applicationColumns: readonly RegisterColumn[] = [
  column(
    'person_no',
    { zh: '人员编号 psn_no', en: 'person number' },
    {
      pattern: /^[0-9A-Za-z]{1,30}$/,
      zh: '1 至 30 位字母或数字',
      en: '1 to 30 letters or digits',
    },
  ),
  column('name', { zh: '姓名', en: 'name' }, forms.text),
  optional(
    column(
      'bank',
      { zh: '发卡银行代码', en: 'issuing bank' },
      {
        pattern: /^\d{3}$/,
        zh: '3 位数字，须在统筹区名单内',
        en: 'three digits, of the region’s list',
      },
    ),
  ),
  column(
    'photo',
    { zh: '照片', en: 'photo' },
    {
      pattern: /^(id-record|[0-9A-Za-z-]{8,40})$/,
      zh: `${ID_RECORD}（身份证照片）或照相回执号`,
      en: `${ID_RECORD}, or the number of a studio’s receipt`,
    },
  ),
];

/** Rows that a batch may have: a spreadsheet is held in memory whole. */
export const BATCH_ROWS_MAX = 20_000;

/** @param line of the file, which is part of the form's number */
export function applicationNoOf(batchNo: string, { line }: Pick<SourceRow, 'line'>): string {
  return `${batchNo}${String(line).padStart(5, '0')}`;
}
