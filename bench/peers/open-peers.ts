import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TpcbRun } from '../load/pgbench.ts';
import { runPgbench } from '../load/pgbench.ts';
import type { LineId } from '../scoreboard/lines.ts';
import type { LoadPart } from '../scoreboard/samples.ts';
import { rateOf } from '../scoreboard/samples.ts';
import type { TestBed } from '../scoreboard/test-bed.ts';
import { fillPgledger, pgledgerScript } from './pgledger.ts';
import { startPlainProcess } from './plain-process.ts';
import type { PeerWorld } from './plain-request.ts';
import { peerWorldOf } from './plain-request.ts';

/** What the engine is compared with on the same server; undefined: not at hand. */
export type Peers = {
  callFunction(seconds: number): Promise<TpcbRun | undefined>;
  plain(seconds: number): Promise<LoadPart | undefined>;
  pgledger(seconds: number): Promise<TpcbRun | undefined>;
};

export type PeersPlan = {
  readonly only: readonly LineId[];
  /** pgledger's SQL files, in the order in which they are to be run. */
  readonly pgledger: readonly string[];
  /** Size of the engine's population. */
  readonly persons: number;
  /** What the engine stores with a settlement, so that the peers store as much. */
  readonly sizes: { readonly inputBytes: number; readonly answerBytes: number };
};

const CLIENTS = 16;
const CONNECTIONS = 64;
const PLAIN_PER_SECOND_MAX = 4_000;

const functionScript = ({ people, merchants, funds }: PeerWorld) => `\\set p random(1, ${people})
\\set m random(1, ${merchants})
\\set f random(1, ${funds})
\\set k random(1, 9000000000000000000)
select peer_settle(:p, :m, :f, 'pgbench-' || :client_id || '-' || :k);
`;

/** Opens only the peers that are asked for; `stops` gets what ends them. */
export async function openPeers(
  testBed: TestBed,
  plan: PeersPlan,
  stops: (() => Promise<void>)[],
): Promise<Peers> {
  const wants = (...ids: LineId[]) => ids.some((id) => plan.only.includes(id));
  const { database } = testBed;
  const world = peerWorldOf(plan.persons);
  const url = wants('vs-function', 'vs-plain') ? await database.create('peers') : undefined;
  if (url !== undefined) await fillLedger(url, plan.sizes, world);
  const plain =
    url === undefined || !wants('vs-plain')
      ? undefined
      : await startPlainProcess({ databaseUrl: url, ...plan.sizes });
  if (plain !== undefined) stops.push(plain.stop);
  const isPgledgerWanted = wants('vs-pgledger') && plan.pgledger.length > 0;
  const pgledgerUrl = isPgledgerWanted ? await database.create('pgledger') : undefined;
  if (pgledgerUrl !== undefined) await fillPgledger(pgledgerUrl, plan.pgledger, world);
  const script = async (name: string, text: string, of: string, seconds: number) => {
    const { pgbench, database } = testBed;
    if (pgbench === undefined) return undefined;
    const path = join(database.dataDir, name);
    writeFileSync(path, text);
    await database.checkpoint();
    return runPgbench(pgbench, of, { clients: CLIENTS, seconds, script: path });
  };
  return {
    callFunction: async (seconds) =>
      url === undefined ? undefined : script('function.sql', functionScript(world), url, seconds),
    plain: async (seconds) =>
      plain === undefined ? undefined : runPlain(testBed, { url: plain.url, seconds, world }),
    pgledger: async (seconds) =>
      pgledgerUrl === undefined
        ? undefined
        : script('pgledger-run.sql', pgledgerScript(world), pgledgerUrl, seconds),
  };
}

type PlainRun = { readonly url: string; readonly seconds: number; readonly world: PeerWorld };

async function runPlain(
  { load, database }: TestBed,
  { url, seconds, world }: PlainRun,
): Promise<LoadPart> {
  const count = PLAIN_PER_SECOND_MAX * seconds;
  await load.tell({ do: 'prepare-plain', url, count, ...world });
  await database.checkpoint();
  const durationMs = seconds * 1000;
  const figures = await load.measure({ do: 'closed', url, connections: CONNECTIONS, durationMs });
  const part = {
    load: figures,
    wallMs: figures.elapsedMs,
    cpuMs: { generator: undefined, engine: undefined, database: undefined, others: undefined },
  };
  if (rateOf(part) === 0)
    throw new Error(`the plain peer settled nothing: ${JSON.stringify(figures.refusals)}`);
  return part;
}

async function fillLedger(url: string, sizes: PeersPlan['sizes'], world: PeerWorld): Promise<void> {
  const text = readFileSync(fileURLToPath(new URL('./ledger.sql', import.meta.url)), 'utf8');
  const values: Record<string, number> = {
    ...world,
    input_bytes: sizes.inputBytes,
    answer_bytes: sizes.answerBytes,
  };
  const filled = text.replace(/(?<!:):([a-z_]+)/g, (whole, name) => String(values[name] ?? whole));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(filled);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}
