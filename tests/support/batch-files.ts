/** Batch files as insurers write them. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Fen } from '../../engine/base/money/fen.ts';
import type { FileKey } from '../../engine/domain/files/file-key.ts';
import type { FileKind } from '../../engine/flows/files/file-head.ts';
import { writeFileHead } from '../../engine/flows/files/file-head.ts';

/** Writes rows below their head; `columns` and rows without line ends. */
export function writeBatchFile(
  path: string,
  head: { readonly kind: FileKind; readonly key: FileKey; readonly total?: Fen },
  [columns, ...rows]: readonly string[],
): string {
  const body = [columns, ...rows].map((line) => `${line}\n`).join('');
  const hash = createHash('sha256').update(body).digest('hex');
  const first = writeFileHead(head.kind, {
    ...{ key: head.key, rows: rows.length, hash, total: head.total },
  });
  writeFileSync(path, `${first}\n${body}`);
  return path;
}
