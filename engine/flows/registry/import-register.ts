import { inParts } from '../files/in-parts.ts';
import type { Cells, RegisterColumn, RowProblem } from './record.ts';
import { problemsOfCells } from './record.ts';

/** A row of the file; lines count from 1, the head is the first. */
export type SourceRow = { readonly line: number; readonly cells: Cells };

/** How rows of one kind get on record. */
export type Register<Row> = {
  readonly columns: readonly RegisterColumn[];
  /** What tells rows apart, within the file and on record. */
  readonly idOf: (cells: Cells) => string;
  readonly rowOf: (cells: Cells) => Row;
  /** Which of these are on record already; they stay as they are. */
  readonly known: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
  /** What is wrong with each row beside what is on record; undefined: nothing. */
  readonly check: (rows: readonly Row[]) => Promise<readonly (RowProblem | undefined)[]>;
  readonly insert: (rows: readonly Row[]) => Promise<void>;
};

export type Rejection = RowProblem & { readonly line: number };

export type ImportReport = {
  readonly read: number;
  /** Or what would be, if nothing is to be written. */
  readonly added: number;
  /** On record already, and left as they are. */
  readonly known: number;
  readonly rejected: number;
};

export type RegisterImport<Row> = {
  readonly register: Register<Row>;
  /** The file from its beginning; it is read twice, so that a file with a wrong row changes nothing. */
  readonly source: () => AsyncIterable<SourceRow>;
  readonly isDryRun: boolean;
  readonly onRejected: (rejection: Rejection) => void;
  readonly onProgress: (rows: number) => void;
};

const PART_ROWS = 2_000;

/**
 * Puts the rows of a file on record: all of them, or none if one of them is wrong. An import that was
 * broken off is given again; rows that got on record are known then.
 */
export async function importRegister<Row>(wanted: RegisterImport<Row>): Promise<ImportReport> {
  const { source, isDryRun, onProgress } = wanted;
  const report = { read: 0, added: 0, known: 0, rejected: 0 };
  const seen = new Map<string, number>();
  for await (const rows of inParts(source(), PART_ROWS)) {
    report.rejected += await rejectWrong(wanted, rows, seen);
    report.read += rows.length;
    onProgress(report.read);
  }
  if (report.rejected > 0) return report;
  for await (const rows of inParts(source(), PART_ROWS)) {
    const { register } = wanted;
    const known = await register.known(rows.map(({ cells }) => register.idOf(cells)));
    const fresh = rows.filter(({ cells }) => !known.has(register.idOf(cells)));
    if (!isDryRun) await register.insert(fresh.map(({ cells }) => register.rowOf(cells)));
    report.added += fresh.length;
    report.known += rows.length - fresh.length;
    onProgress(report.added + report.known);
  }
  return report;
}

/** @param seen ids of earlier rows, with their lines. @returns how many rows are wrong */
async function rejectWrong<Row>(
  { register, onRejected }: RegisterImport<Row>,
  rows: readonly SourceRow[],
  seen: Map<string, number>,
): Promise<number> {
  const wellFormed: SourceRow[] = [];
  const wrong = new Set<number>();
  const reject = (line: number, problem: RowProblem) => {
    wrong.add(line);
    onRejected({ ...problem, line });
  };
  for (const row of rows) {
    const id = register.idOf(row.cells);
    const first = seen.get(id);
    if (first === undefined) seen.set(id, row.line);
    const problems =
      first === undefined
        ? problemsOfCells(register.columns, row.cells)
        : [twice(register.columns, first)];
    for (const problem of problems) reject(row.line, problem);
    if (problems.length === 0) wellFormed.push(row);
  }
  const found = await register.check(wellFormed.map(({ cells }) => register.rowOf(cells)));
  for (const [i, problem] of found.entries()) {
    const row = wellFormed[i];
    if (problem !== undefined && row !== undefined) reject(row.line, problem);
  }
  return wrong.size;
}

function twice([id]: readonly RegisterColumn[], line: number): RowProblem {
  return { column: id?.name ?? '', zh: `与第 ${line} 行重复`, en: `the same as in line ${line}` };
}
