import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readExclusions, readUseLimits } from '../../../../rules/bill-review/read-review-tables.ts';
import { compileReviewRules } from '../../../../rules/bill-review/review-rules.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function fileOf(...lines: readonly string[]): string {
  const path = join(temporaryFolder(), 'table.csv');
  writeFileSync(path, `\uFEFF${lines.join('\r\n')}\r\n`);
  return path;
}

test('a full table of exclusions; a bad row is reported and the good ones are kept', async () => {
  const path = fileOf(
    'period,main_code,main_name,other_code,other_name,remark,source',
    '单日,001103000010000,急诊监护费,001102000030000,急诊诊查费,"含监护,床位",第七批',
    '一周,001103000010000,急诊监护费,001109000010000,普通病房床位费,,第七批',
    '单日,001103000010000,急诊监护费,001109000010000,普通病房,床位费,,第七批',
    '单次就诊,003302010140000,颅内多发血肿清除术,003302010150000,颅内血肿清除术,,第七批',
  );
  const { rows, rejects } = await readExclusions(path);
  expect(rows).toEqual([
    {
      ...{ period: 'day', main: '001103000010000', mainName: '急诊监护费' },
      ...{ other: '001102000030000', otherName: '急诊诊查费' },
      ...{ remark: '含监护,床位', source: '第七批' },
    },
    {
      ...{ period: 'visit', main: '003302010140000', mainName: '颅内多发血肿清除术' },
      ...{ other: '003302010150000', otherName: '颅内血肿清除术', source: '第七批' },
    },
  ]);
  expect(rejects).toEqual([
    {
      ...{ file: path, line: 3, code: '001103000010000', column: 'period', value: '一周' },
      rule: 'must be 单次就诊, 单日, 6小时, 同一小时',
    },
    {
      ...{ file: path, line: 4, code: '001103000010000', column: 'cells', value: '' },
      rule: 'must have as many cells as the header line',
    },
  ]);
  expect(compileReviewRules([{ about: ['a'], source: 's', exclusions: rows }]).ok).toBe(true);
});

test('a full table of limits', async () => {
  const path = fileOf(
    'code_prefix,generic_name,限险种,限机构,限就医,限专科,限性别,限年龄,限疾病,限阶梯,限疗程,source',
    'XC01EBC109B0,注射用重组人脑利钠肽,,二级,,,,,(心力衰竭),,3天,b.2.01',
    'XB05BAF160B0,复方氨基酸注射液(20AA),,,住院,(营养),,,(肝硬化|重症肝炎),二线,,b.2.01',
    'ZA04BAX03910,小儿化毒散,,,,,,老年,,,,b.2.01',
    '<script>,x,,,,,,,,,,b.2.01',
  );
  const { rows, rejects } = await readUseLimits(path);
  expect(rows).toMatchObject([
    { levelFrom: 2, diseases: ['心力衰竭'], texts: ['支付不超过3天'] },
    {
      inpatient: true,
      departments: ['营养'],
      diseases: ['肝硬化', '重症肝炎'],
      texts: ['限二线用药'],
    },
  ]);
  expect(rejects.map(({ line, column, value }) => [line, column, value])).toEqual([
    [4, '限年龄', '老年'],
    [5, 'code_prefix', '<script>'],
  ]);
});
