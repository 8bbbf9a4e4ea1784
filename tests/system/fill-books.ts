/** node fill-books.ts FOLDER: posts to a bank's books on a disk that is full, and again when there is room. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBooks } from '../../engine/sandbox/bank-host/books.ts';

const [folder = ''] = process.argv.slice(2);
const filler = join(folder, 'filler');
const books = openBooks(join(folder, 'bank.sqlite'));

function post(): string {
  try {
    books.transaction(() => {
      for (let i = 0; i < 2_000; i++) {
        books.addCard({
          ...{ pan: `62162610000000${i}`, panSequence: '01', expiry: '3012', kind: 'debit' },
          ...{ status: 'active', pinVerifier: 'x'.repeat(64), pinTriesLeft: 3 },
          ...{ lastAtc: 0, account: `account-${i}` },
        });
      }
    });
    return 'posted';
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}

let size = 1024 * 1024;
while (size > 0) {
  try {
    writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
  } catch {
    size = Math.floor(size / 2);
  }
}
const whileFull = post();
rmSync(filler);
process.stdout.write(JSON.stringify({ whileFull, afterwards: post() }));
