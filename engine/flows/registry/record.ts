/** Reading rows of a register (institutions, terminals, persons, cards) from a file with named columns. */
import { isPersonName } from '../../base/personal/person-name.ts';
import type { Bilingual } from '../../contract/values.ts';

/** A row of the file: cells by the names of their columns. An empty cell is a missing one. */
export type Cells = Readonly<Record<string, string | undefined>>;

export type RegisterColumn = {
  readonly name: string;
  readonly meaning: Bilingual;
  /** What a cell may be, in words. */
  readonly form: Bilingual;
  readonly isRequired: boolean;
  readonly fits: (cell: string) => boolean;
};

/** Why a row is not taken. */
export type RowProblem = Bilingual & { readonly column: string };

/** @param pattern must match the whole cell */
export function column(
  name: string,
  meaning: Bilingual,
  form: Bilingual & { readonly pattern: RegExp },
): RegisterColumn {
  const { pattern, zh, en } = form;
  return { name, meaning, form: { zh, en }, isRequired: true, fits: (cell) => pattern.test(cell) };
}

export function optional(given: RegisterColumn): RegisterColumn {
  return { ...given, isRequired: false };
}

/** Columns of a file's head that are missing or not known. */
export function problemsOfHead(
  columns: readonly RegisterColumn[],
  head: readonly string[],
): readonly RowProblem[] {
  const known = columns.map(({ name }) => name);
  const missing = columns.filter(({ name, isRequired }) => isRequired && !head.includes(name));
  const unknown = head.filter((name) => !known.includes(name));
  return [
    ...missing.map(({ name, meaning }) => ({
      column: name,
      zh: `缺少列 ${name}（${meaning.zh}）`,
      en: `the column ${name} (${meaning.en}) is missing`,
    })),
    ...unknown.map((name) => ({
      column: name,
      zh: `未知的列；可用：${known.join(', ')}`,
      en: `not a known column; known are ${known.join(', ')}`,
    })),
  ];
}

/** Cells that are missing or do not have their form. */
export function problemsOfCells(
  columns: readonly RegisterColumn[],
  cells: Cells,
): readonly RowProblem[] {
  return columns.flatMap(({ name, meaning, form, isRequired, fits }): RowProblem[] => {
    const cell = cells[name] ?? '';
    if (cell === '') {
      if (!isRequired) return [];
      return [{ column: name, zh: `${meaning.zh}不能为空`, en: `the ${meaning.en} is empty` }];
    }
    if (fits(cell)) return [];
    return [
      {
        column: name,
        zh: `${meaning.zh}应为${form.zh}`,
        en: `the ${meaning.en} must be ${form.en}`,
      },
    ];
  });
}

export const forms = {
  text: { pattern: /^[^\p{C}]{1,100}$/u, zh: '1 至 100 个字符', en: '1 to 100 characters' },
  region: { pattern: /^\d{6}$/, zh: '6 位数字', en: 'six digits' },
  day: {
    pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
    zh: '日期，如 1988-05-20',
    en: 'a date such as 1988-05-20',
  },
  yuan: {
    pattern: /^(0|[1-9]\d{0,11})\.\d{2}$/,
    zh: '金额（元，两位小数），如 800.00',
    en: 'yuan with two decimals, such as 800.00',
  },
  flag: { pattern: /^[01]$/, zh: '1 或 0', en: '1 or 0' },
  year: { pattern: /^20\d{2}$/, zh: '年份', en: 'a year' },
} as const;

/** As it is printed; 1 to 50 characters, rare ones too. */
export const personName: RegisterColumn = {
  ...{ name: 'name', meaning: { zh: '姓名', en: 'name' }, isRequired: true },
  form: { zh: '1 至 50 个字符，首尾无空格', en: '1 to 50 characters without blanks around them' },
  fits: isPersonName,
};
