import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { EmbeddedDatabase } from '../../../engine/ops/postgres/embedded-database.ts';
import { startEmbeddedDatabase } from '../../../engine/ops/postgres/embedded-database.ts';
import { steadyPort } from '../network/steady-port.ts';

/**
 * `postmaster`: it alone, its children find out. `postgres`: all of its processes. `backend`: one
 * session's.
 */
export type DatabaseVictim = 'backend' | 'postmaster' | 'postgres';

/** A PostgreSQL of one's own that is killed, and started again by what the engine itself would use. */
export type KillablePostgres = {
  readonly url: string;
  readonly port: number;
  /** SIGKILL. @returns how many processes were killed */
  kill(victim: DatabaseVictim): Promise<number>;
  /** Until it takes connections again. */
  ready(): Promise<void>;
  /** Takes every free byte of the disk that it stands on; the returned function gives them back. */
  fillDisk(): () => void;
  /** As an operator does it when the server gave up. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** The supervisor of the embedded database starts its server again only so often. */
const KILLS_OF_ONE_SUPERVISOR = 4;
const READY_MS_MAX = 60_000;
const POLL_MS = 20;

/** Durable, with a small write-ahead log so that a small disk is not full by itself. */
const settings = { max_wal_size: '96MB', min_wal_size: '32MB' };

/** Stands in a folder that the database's user may enter. */
export async function startKillablePostgres(dataDir: string): Promise<KillablePostgres> {
  const port = await steadyPort();
  const start = (): Promise<EmbeddedDatabase> =>
    startEmbeddedDatabase({
      dataDir,
      reachableFolder: join(dataDir, 'reachable'),
      log: () => undefined,
      settings,
      port,
    });
  let database = await start();
  const { url } = database;
  let kills = 0;

  async function ready(): Promise<void> {
    const giveUpAt = performance.now() + READY_MS_MAX;
    for (;;) {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('select 1');
        return;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await sleep(POLL_MS);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  async function restart(): Promise<void> {
    kills = 0;
    await database.stop();
    database = await start();
  }

  return {
    url,
    port,
    async kill(victim) {
      if (victim === 'backend') return killBackend(url);
      if (kills === KILLS_OF_ONE_SUPERVISOR) {
        await restart();
      }
      kills += 1;
      const server = database.serverPid();
      const victims = victim === 'postgres' ? [...childrenOf(server), server] : [server];
      return victims.filter(killNow).length;
    },
    ready,
    fillDisk: () => fillDisk(join(dataDir, 'ballast')),
    restart,
    stop: () => database.stop(),
  };
}

async function killBackend(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  // The server ends all sessions when one of them was killed, this one too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'yikatong'
       order by (state <> 'idle') desc, state_change desc limit 1`,
    );
    return rows.filter(({ pid }) => killNow(pid)).length;
  } catch {
    // It is down already.
    return 0;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function fillDisk(file: string): () => void {
  const ballast = openSync(file, 'w');
  try {
    for (let size = 1 << 20; size >= 1; size = size >> 4)
      writeUntilFull(ballast, Buffer.alloc(size));
  } finally {
    closeSync(ballast);
  }
  return () => rmSync(file);
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    for (;;) writeSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
    } catch {
      return false;
    }
  });
}
