/** A batch file (批量文件): whose it is, of which day, and the number of the day. */
export type FileKey = {
  /** 统筹区 of the insurer (经办机构) that writes the file. */
  readonly source: string;
  /** "2026-11-30" */
  readonly date: string;
  readonly number: number;
};
