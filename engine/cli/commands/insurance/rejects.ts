import type { Rejection } from '../../../flows/registry/import-register.ts';
import type { CliContext } from '../../cli-context.ts';
import { openCsvFile } from '../../csv-file.ts';

/** Rejected rows that are printed; all of them go to the file. */
const PRINTED_MAX = 20;

/**
 * Tells rejected rows as they come.
 * @param path of a CSV file for all of them
 */
export function openRejects(
  context: CliContext,
  path: string | undefined,
): { readonly add: (rejection: Rejection) => void; readonly close: () => void } {
  const file = path === undefined ? undefined : openCsvFile(path, ['line', 'column', 'zh', 'en']);
  let printed = 0;
  return {
    add({ line, column, zh, en }) {
      file?.write([String(line), column, zh, en]);
      printed += 1;
      if (printed <= PRINTED_MAX)
        context.printError(`第 ${line} 行 / line ${line}, ${column}: ${zh} / ${en}`);
    },
    close: () => file?.close(),
  };
}
