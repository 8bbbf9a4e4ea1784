import { generateKeyPairSync, sign } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { importList } from '../../engine/flows/invalid-list/import-list.ts';
import { writeListFile } from '../../engine/flows/invalid-list/write-list-file.ts';
import { sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { openInvalidLists } from '../../engine/store/invalid-lists/invalid-lists.ts';
import { openIssuers } from '../../engine/store/invalid-lists/issuers.ts';
import { startEngineChild } from '../load/engine-child.ts';
import type { GrowthDatabases } from '../load/growth-database.ts';
import { openGrowthDatabasesIn } from '../load/growth-database.ts';
import type { Target } from '../scoreboard/measure-part.ts';
import { rateOf } from '../scoreboard/samples.ts';
import type { TestBed } from '../scoreboard/test-bed.ts';
import { fullHeader, listRows } from './list-cards.ts';
import type { ListOptions } from './list-options.ts';

/** One import, as its process saw it. */
export type ImportFigures = {
  readonly cards: number;
  readonly fileBytes: number;
  readonly seconds: number;
  /** Resident memory of this process at a tenth of the rows, and at the end, MiB. */
  readonly memoryAtTenthMiB: number;
  readonly memoryAtEndMiB: number;
  /** Of the database with the list, bytes. */
  readonly databaseBytes: number;
};

export type SettlingFigures = {
  readonly imports: readonly ImportFigures[];
  /** Settlements/s with the short list and with the long one, measured in turn. */
  readonly rounds: readonly { readonly few: number; readonly many: number }[];
};

const LIST = { level: 'provincial', region: '440000' } as const;
/** The sandbox's own list of this level is version 1. */
const VERSION = 2;
const MEBI = 1_048_576;
const WARM_UPS = 4;

/** The same sales on two databases of one server, with a long and a short invalid list. */
export async function measureSettling(
  testBed: TestBed,
  options: ListOptions,
  tell: (what: string) => void,
): Promise<SettlingFigures> {
  const folder = join(testBed.database.dataDir, 'lists');
  const databases = await openGrowthDatabasesIn(folder, options.persons);
  const stops: (() => Promise<void>)[] = [];
  try {
    const { emptyUrl, filledUrl } = databases;
    tell(`importing ${options.fewCards} cards`);
    const few = await importCards(emptyUrl, folder, options.fewCards);
    tell(`importing ${options.cards} cards`);
    const many = await importCards(filledUrl, folder, options.cards);
    await testBed.load.tell({
      ...{ do: 'open', folder: sandboxKeyFolder(databases.dataDir), people: databases.people },
    });
    const targets = {
      few: await openTarget(testBed, databases, emptyUrl, stops),
      many: await openTarget(testBed, databases, filledUrl, stops),
    };
    tell('warming up');
    let expected = 1_000;
    const measure = async (target: Target) => {
      const plan = { connections: 64, seconds: options.seconds, expected, target };
      return rateOf(await testBed.closedLoop(plan));
    };
    for (let i = 0; i < WARM_UPS; i += 1) {
      expected = await measure(i % 2 === 0 ? targets.few : targets.many);
    }
    const rounds: { few: number; many: number }[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      tell(`pair ${round} of ${options.rounds}`);
      const early = round % 2 === 0 ? await measure(targets.many) : undefined;
      const short = await measure(targets.few);
      rounds.push({ few: short, many: early ?? (await measure(targets.many)) });
    }
    return { imports: [few, many], rounds };
  } finally {
    for (const stop of stops.toReversed()) await stop();
    await databases.stop();
  }
}

async function openTarget(
  { load }: TestBed,
  { dataDir, server }: GrowthDatabases,
  databaseUrl: string,
  stops: (() => Promise<void>)[],
): Promise<Target> {
  const engine = await startEngineChild({ databaseUrl, dataDir, profile: undefined });
  stops.push(engine.stop);
  await load.tell({ do: 'sign-in', url: engine.url });
  return { engine, server };
}

async function importCards(url: string, folder: string, cards: number): Promise<ImportFigures> {
  const path = join(folder, `list-of-${cards}.txt`);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keyId = `bench-${cards}`;
  const signer = {
    ...({ keyId, algorithm: 'ed25519' } as const),
    sign: (data: Uint8Array) => sign(null, data, privateKey),
  };
  const header = fullHeader(LIST, VERSION, { count: cards });
  const text = writeListFile(header, listRows(cards), signer);
  await pipeline(Readable.from(text), createWriteStream(path));
  const issuers = openIssuers(url);
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  await issuers.add({ ...LIST, keyId, algorithm: 'ed25519', publicKey: spki, addedAt: Date.now() });
  await issuers.close();
  const lists = openInvalidLists(url);
  const startedAt = performance.now();
  let memoryAtTenthMiB = memoryMiB();
  const imported = await importList(
    {
      ...{ lists, clock: { now: () => Date.now() } },
      onProgress: (phase, rows, total) => {
        if (phase === 'apply' && rows <= total / 10) memoryAtTenthMiB = memoryMiB();
      },
    },
    () => createReadStream(path, { highWaterMark: MEBI }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const memoryAtEndMiB = memoryMiB();
  await lists.close();
  if (!imported.ok) throw new Error(`the list was not taken: ${imported.error.kind}`);
  const databaseBytes = await settle(url);
  const { size: fileBytes } = await stat(path);
  return { cards, fileBytes, seconds, memoryAtTenthMiB, memoryAtEndMiB, databaseBytes };
}

function memoryMiB(): number {
  return Math.round(process.memoryUsage().rss / MEBI);
}

/**
 * Vacuums, which the server would do by itself in the midst of a measurement. @returns the database's
 * size
 */
async function settle(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('vacuum (freeze, analyze)');
    await client.query('checkpoint');
    const size = 'select pg_database_size(current_database()) as bytes';
    const { rows } = await client.query<{ bytes: string }>(size);
    return Number(rows[0]?.bytes);
  } finally {
    await client.end();
  }
}
