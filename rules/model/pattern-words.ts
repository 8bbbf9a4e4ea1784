/** What a pattern of the file formats asks for, in words: a regular expression tells an author nothing. */
export type PatternWords = { readonly en: string; readonly zh: string };

const share = {
  en: 'a share between 0 and 1 with at most four decimals, such as "0", "0.05" or "1"',
  zh: '0 至 1 的比例，最多四位小数，如 "0"、"0.05"、"1"',
};
const name = {
  en: 'a name of small letters, digits and hyphens that begins with a letter, such as "main-point"',
  zh: '由小写字母、数字和连字符组成且以字母开头的名称，如 "main-point"',
};
const digits = (count: string, zhCount: string, example: string): PatternWords => ({
  en: `${count} digits, such as "${example}"`,
  zh: `${zhCount}位数字，如 "${example}"`,
});
const decimals = (count: number, example: string): PatternWords => ({
  en: `a number with at most ${count} decimals, such as "${example}"`,
  zh: `最多 ${count} 位小数的数，如 "${example}"`,
});

/** By the pattern's source. A test holds it to all patterns of the formats. */
const words: ReadonlyMap<string, PatternWords> = new Map([
  ['\\S', { en: 'a text that is not blank', zh: '非空白的文字' }],
  ['^[a-z][a-z0-9-]*$', name],
  [
    '^[a-z][a-z0-9-]*(/(quarter|month|week|day|hospital|disease))?$',
    {
      en: `${name.en}, perhaps with /quarter, /month, /week, /day, /hospital or /disease behind it`,
      zh: `${name.zh}，其后可加 /quarter、/month、/week、/day、/hospital 或 /disease`,
    },
  ],
  [
    '^[a-z][a-z0-9-]*(/[A-Za-z0-9.-]+)*$',
    {
      en: `${name.en}, perhaps with parts such as "/2026-q1" behind it`,
      zh: `${name.zh}，其后可加如 "/2026-q1" 的部分`,
    },
  ],
  [
    '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
    { en: 'a day such as "2026-01-31"', zh: '日期，如 "2026-01-31"' },
  ],
  [
    '^(0[1-9]|1[0-2])-01$',
    { en: 'the first day of a month such as "07-01"', zh: '某月一日，如 "07-01"' },
  ],
  [
    '^\\d{6}/\\d{4}-\\d{2}-\\d{2}-[a-z0-9-]+$',
    {
      en: 'region, first day and name, such as "110000/2026-01-01-employee-outpatient"',
      zh: '统筹区、首日与名称，如 "110000/2026-01-01-employee-outpatient"',
    },
  ],
  [
    '^(0|[1-9]\\d{0,11})\\.\\d{2}$',
    {
      en: 'yuan with two decimals, such as "1800.00"',
      zh: '以元为单位、两位小数的金额，如 "1800.00"',
    },
  ],
  [
    '^(\\d{1,9}(\\.\\d{1,6})?|\\d{1,6}/[1-9]\\d{0,5})$',
    {
      en: 'a number with at most six decimals or a fraction, such as "6", "0.025" or "1/12"',
      zh: '最多六位小数的数或分数，如 "6"、"0.025"、"1/12"',
    },
  ],
  [
    '^([01](\\.\\d{1,6})?|[1-9]\\d{0,3}/[1-9]\\d{0,3})$',
    {
      en: 'a share between 0 and 1 with at most six decimals or a fraction, such as "0.70" or "2/3"',
      zh: '0 至 1 的比例，最多六位小数或分数，如 "0.70"、"2/3"',
    },
  ],
  [
    '^[+-]0(\\.\\d{1,6})?$',
    {
      en: 'a share with its sign, such as "+0.05" (five points more) or "-0.10"',
      zh: '带正负号的比例，如 "+0.05"（提高 5 个百分点）、"-0.10"',
    },
  ],
  ['^(0(\\.\\d{1,4})?|1(\\.0{1,4})?)$', share],
  ['^(0|[1-9]\\d{0,9})(\\.\\d{1,6})?$', decimals(6, '1.3975')],
  ['^(0|[1-9]\\d{0,9})(\\.\\d{1,4})?$', decimals(4, '2.5')],
  ['^(0|[1-9]\\d{0,9})(\\.\\d{1,2})?$', decimals(2, '2.5')],
  ['^\\d{2}$', digits('two', '两', '11')],
  ['^\\d{3}$', digits('three', '三', '310')],
  ['^\\d{6}$', digits('six', '六', '110000')],
  ['^\\d{1,6}$', digits('one to six', '一至六', '12')],
  ['^\\d{2,6}$', digits('two to six', '二至六', '11')],
  ['^\\d{3,6}$', digits('three to six', '三至六', '310')],
  ['^(0[1-9]|1[0-4])$', { en: 'a code from "01" to "14"', zh: '"01" 至 "14" 的代码' }],
  [
    '^(X[A-Z0-9]{22}|[A-WYZ0-9][A-Z0-9]{7,29})$',
    {
      en: 'a national code of capital letters and digits, such as "XB01ACA056A012020279489"',
      zh: '由大写字母和数字组成的国家医保编码，如 "XB01ACA056A012020279489"',
    },
  ],
]);

/** Undefined for a pattern that no format has. */
export function patternWords(pattern: string): PatternWords | undefined {
  return words.get(pattern);
}
