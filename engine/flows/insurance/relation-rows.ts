/** The rows of an insurer's daily file of insurance relations: columns, and what must hold between rows. */
import { isDay } from '../../base/time/calendar.ts';
import type { FileKey } from '../../domain/files/file-key.ts';
import type { RelationChange } from '../../domain/insurance/relation.ts';
import { relationStates } from '../../domain/insurance/relation.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import type { Cells, RegisterColumn } from '../registry/record.ts';
import { column, forms, optional, problemsOfCells } from '../registry/record.ts';
import { keyOfPerson } from '../registry/registers.ts';

/** 险种 `insutype` of the national interface. */
const schemes = [
  ...['310', '320', '330', '340', '350', '360', '370'],
  ...['380', '390', '391', '392', '399', '410', '510'],
];

const day = (name: string, zh: string, en: string): RegisterColumn => ({
  ...column(name, { zh, en }, forms.day),
  fits: isDay,
});

const word = (words: readonly string[]) => ({
  pattern: new RegExp(`^(${words.join('|')})$`),
  zh: words.join('、'),
  en: words.join(', '),
});

const number = {
  pattern: /^[0-9A-Za-z-]{1,40}$/,
  zh: '1 至 40 位字母、数字或 -',
  en: '1 to 40 letters, digits or -',
};

export const relationColumns: readonly RegisterColumn[] = [
  column(
    'person_no',
    { zh: '人员编号 psn_no', en: 'person number' },
    {
      pattern: /^[0-9A-Za-z]{1,30}$/,
      zh: '1 至 30 位字母或数字',
      en: '1 to 30 letters or digits',
    },
  ),
  column('relation_no', { zh: '参保关系 psn_insu_rlts_id', en: 'relation' }, number),
  column('state', { zh: '参保状态 psn_insu_stas', en: 'state' }, word(relationStates)),
  day('from', '起始日', 'first day'),
  optional(day('until', '截止日（含当日）', 'last day')),
  column('region', { zh: '参保地 insuplc_admdvs', en: 'region' }, forms.region),
  column('scheme', { zh: '险种 insutype', en: 'scheme' }, word(schemes)),
  column(
    'person_type',
    { zh: '人员类别 psn_type', en: 'person type' },
    { pattern: /^\d{2,6}$/, zh: '2 至 6 位数字', en: 'two to six digits' },
  ),
  optional(column('employer', { zh: '单位编号 emp_no', en: 'employer' }, number)),
];

/** @param cells fit `relationColumns` */
function changeOf(file: FileKey, { line, cells }: SourceRow): RelationChange {
  return {
    key: keyOfPerson(cells['person_no'] ?? ''),
    relationNo: cells['relation_no'] ?? '',
    ...{ file, line },
    state: relationStates.find((state) => state === cells['state']) ?? 'ended',
    from: cells['from'] ?? '',
    until: cells['until'] || undefined,
    region: cells['region'] ?? '',
    scheme: cells['scheme'] ?? '',
    personType: cells['person_type'] ?? '',
    employer: cells['employer'] || undefined,
  };
}

/** The rows of one person, which stand together in the file. */
export type PersonRows = {
  readonly rows: readonly SourceRow[];
  /** In the order of the file; empty: one of the rows is wrong, so none is taken. */
  readonly changes: readonly RelationChange[];
  readonly rejected: readonly Rejection[];
};

/**
 * The file's rows person by person. A person's rows stand together, people in the order of their numbers,
 * so that a file of any length is checked row by row.
 */
export async function* personRows(
  file: FileKey,
  source: AsyncIterable<SourceRow>,
): AsyncGenerator<PersonRows> {
  let rows: SourceRow[] = [];
  let before = '';
  for await (const row of source) {
    const [first] = rows;
    if (first !== undefined && row.cells['person_no'] !== first.cells['person_no']) {
      yield judge(file, rows, before);
      before = laterOf(before, first.cells['person_no'] ?? '');
      rows = [];
    }
    rows.push(row);
  }
  if (rows.length > 0) yield judge(file, rows, before);
}

function laterOf(one: string, other: string): string {
  return one < other ? other : one;
}

/** @param before the highest person number of the rows before */
function judge(file: FileKey, rows: readonly SourceRow[], before: string): PersonRows {
  const problems = rows.flatMap((row, i): Rejection[] => {
    const found =
      cellProblem(row) ??
      placeProblem(file, row.cells) ??
      orderProblem(row.cells, rows[i - 1]?.cells, before);
    return found === undefined ? [] : [{ ...found, line: row.line }];
  });
  if (problems.length === 0) {
    return { rows, changes: rows.map((row) => changeOf(file, row)), rejected: [] };
  }
  return { rows, changes: [], rejected: withOthers(rows, problems) };
}

type Problem = Omit<Rejection, 'line'>;

function cellProblem({ cells }: SourceRow): Problem | undefined {
  return problemsOfCells(relationColumns, cells)[0];
}

/** An insurer speaks of its own regions: a province of all of its, a city of its own. */
function placeProblem({ source }: FileKey, cells: Cells): Problem | undefined {
  const { region = '', from = '', until = '' } = cells;
  if (until !== '' && until < from) {
    return { column: 'until', zh: '截止日早于起始日', en: 'the last day is before the first' };
  }
  const own = source.replace(/(00)+$/, '');
  if (region.startsWith(own)) return undefined;
  return {
    column: 'region',
    zh: `不属于文件来源统筹区 ${source}`,
    en: `it is not a region of the file's insurer ${source}`,
  };
}

function orderProblem(cells: Cells, last: Cells | undefined, before: string): Problem | undefined {
  const { person_no: person = '', relation_no: relation = '', from = '' } = cells;
  if (person <= before) {
    return {
      column: 'person_no',
      zh: '文件须按人员编号升序，同一人的行须相连',
      en: 'people stand in the order of their numbers, and the rows of one together',
    };
  }
  if (last === undefined) return undefined;
  const { relation_no: lastRelation = '', from: lastFrom = '' } = last;
  if (relation > lastRelation || (relation === lastRelation && from > lastFrom)) return undefined;
  return {
    column: 'from',
    zh: '同一人的行须按参保关系、起始日升序，且不重复',
    en: 'the rows of a person stand in the order of relation and first day, none twice',
  };
}

function withOthers(rows: readonly SourceRow[], problems: readonly Rejection[]): Rejection[] {
  return rows.map(
    ({ line }) =>
      problems.find((problem) => problem.line === line) ?? {
        ...{ line, column: 'person_no' },
        zh: '同一人的其他行有误，本行一并未导入',
        en: 'another row of this person is wrong, so none of theirs is taken',
      },
  );
}
