/** Imports a list file into a database, for a test that kills this process: `URL FILE`. */
import { createReadStream } from 'node:fs';
import { importList } from '../../engine/flows/invalid-list/import-list.ts';
import { openInvalidLists } from '../../engine/store/invalid-lists/invalid-lists.ts';

const [url = '', path = ''] = process.argv.slice(2);
const lists = openInvalidLists(url);
const clock = { now: () => Date.now() };
const imported = await importList({ lists, clock, onProgress: () => undefined }, () =>
  createReadStream(path, { highWaterMark: 1 << 18 }),
);
await lists.close();
process.stdout.write(JSON.stringify(imported));
