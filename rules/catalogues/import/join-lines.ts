/**
 * Makes rows of the lines of a download file. A row is a line of the file's number of cells; a line
 * break inside a field cuts a row in two or more lines, which are joined again. What cannot be a row is
 * handed back whole, so that no half of a row is read as if it were one.
 */
import type { RowCells } from './table-row.ts';

export type RowShape = {
  /** Cells of a row. */
  readonly cellCount: number;
  /** Whether a line begins a row by its code, and so does not continue the line before. */
  readonly beginsRow: (cells: readonly string[]) => boolean;
};

export type LineJoiner = {
  readonly push: (line: RowCells) => void;
  /** Hands back what is still open; returns whether the last line has too few cells. */
  readonly end: () => boolean;
};

/** Lines that one row may be spread over; more are no row with line breaks in it. */
const LINES_MAX = 50;

/** @param broken lines that are no row, in their order; the first of several begins with the code */
export function createLineJoiner(
  { cellCount, beginsRow }: RowShape,
  take: (row: RowCells) => void,
  broken: (lines: readonly RowCells[]) => void,
): LineJoiner {
  let open: RowCells[] = [];
  const close = (): void => {
    if (open.length > 0) broken(open);
    open = [];
  };
  const continueRow = (line: RowCells): void => {
    const joined = joinCells([...open, line]);
    open.push(line);
    if (joined.length > cellCount || open.length > LINES_MAX) close();
    else if (joined.length === cellCount) {
      const first = open[0]?.line ?? line.line;
      open = [];
      take({ cells: joined, line: first });
    }
  };
  const beginRow = (line: RowCells): void => {
    close();
    if (line.cells.every((cell) => cell.trim() === '')) return;
    if (line.cells.length === cellCount) take(line);
    else {
      open = [line];
      if (line.cells.length > cellCount) close();
    }
  };
  return {
    push: (line) => {
      if (open.length === 0 || beginsRow(line.cells)) beginRow(line);
      else continueRow(line);
    },
    end: () => {
      const isCut = open.length > 0;
      close();
      return isCut;
    },
  };
}

/** The last cell of each line and the first of the next are halves of one field. */
function joinCells(lines: readonly RowCells[]): readonly string[] {
  return lines.reduce<readonly string[]>((row, { cells }, index) => {
    if (index === 0) return cells;
    return [...row.slice(0, -1), `${row.at(-1) ?? ''}\n${cells[0] ?? ''}`, ...cells.slice(1)];
  }, []);
}
