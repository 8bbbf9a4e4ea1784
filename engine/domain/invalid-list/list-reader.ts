import { toHex } from '../../base/crypto/bytes.ts';
import { openSha256 } from '../../base/crypto/sha256.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { ListFooter, ListHeader, ListRow } from './list-file.ts';
import { readFooter, readHeader, readRow } from './list-file.ts';

/** What is wrong with the form of a file, and in which line (from 1). */
export type ListFault = {
  readonly line: number;
  readonly fault:
    | 'header'
    | 'row'
    | 'order'
    | 'removal-in-full-list'
    | 'cut'
    | 'row-count'
    | 'hash'
    | 'after-footer'
    | 'long-line';
};

export type ListReader = {
  /** Takes the file's next bytes. @returns the whole rows among them */
  push(bytes: Uint8Array): Result<readonly ListRow[], ListFault>;
  /** The file has ended. */
  end(): Result<ListFooter, ListFault>;
  header(): ListHeader | undefined;
};

const LF = 10;
const BRACE = 123;
/** A header or footer is shorter, bytes. */
const LINE_MAX = 4_096;

/** Reads a list file in parts: form, order, number of rows and digest; not the signature. */
export function createListReader(): ListReader {
  const digest = openSha256();
  let rest = Buffer.alloc(0);
  let header: ListHeader | undefined;
  let footer: ListFooter | undefined;
  let line = 0;
  let rows = 0;
  let last = '';
  const at = (fault: ListFault['fault']) => fail({ line, fault });

  const take = (text: Buffer, found: ListRow[]): Result<undefined, ListFault> => {
    line += 1;
    if (footer !== undefined) return at('after-footer');
    if (header === undefined) {
      header = readHeader(text.toString('latin1'));
      return header === undefined ? at('header') : ok(undefined);
    }
    if (text[0] === BRACE) {
      footer = readFooter(text.toString('latin1'));
      return footer === undefined ? at('cut') : ok(undefined);
    }
    const row = readRow(text.toString('latin1'));
    if (row === undefined) return at('row');
    if (!row.isListed && header.base === undefined) return at('removal-in-full-list');
    // A card that changes its reason is taken off and listed again: "0" sorts before "1".
    const place = `${row.cardId}${row.isListed ? 1 : 0}`;
    if (place <= last) return at('order');
    last = place;
    rows += 1;
    found.push(row);
    return ok(undefined);
  };

  return {
    push(bytes) {
      const all = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
      const found: ListRow[] = [];
      let [start, bodyEnd] = [0, 0];
      for (let end = all.indexOf(LF); end >= 0; end = all.indexOf(LF, start)) {
        const taken = take(all.subarray(start, end), found);
        if (!taken.ok) return taken;
        start = end + 1;
        if (footer === undefined) bodyEnd = start;
      }
      digest.update(all.subarray(0, bodyEnd));
      rest = all.subarray(start);
      return rest.length > LINE_MAX ? fail({ line: line + 1, fault: 'long-line' }) : ok(found);
    },
    end() {
      if (footer === undefined || rest.length > 0) return fail({ line: line + 1, fault: 'cut' });
      if (rows !== header?.rows) return at('row-count');
      return toHex(digest.digest()) === footer.sha256 ? ok(footer) : at('hash');
    },
    header: () => header,
  };
}
