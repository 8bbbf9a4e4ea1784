/** A primary and its standby: two real servers, the second one a copy of the first that follows it. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { EmbeddedDatabase } from '../../../engine/ops/postgres/embedded-database.ts';
import { startEmbeddedDatabase } from '../../../engine/ops/postgres/embedded-database.ts';

export type Pair = {
  readonly primary: EmbeddedDatabase;
  readonly standby: EmbeddedDatabase;
  /** Of both hosts, the standby first. */
  readonly url: string;
  close(): Promise<void>;
};

/** Not copied: what belongs to one server only. */
const own = [
  'pg_wal',
  'postmaster.pid',
  'postmaster.opts',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
];

/** Starts both; the standby has everything that the primary has. */
export async function startPair(): Promise<Pair> {
  const folders = [folder(), folder()] as const;
  const primary = await start(folders[0]);
  const dataDir = folders[1];
  await copyServer(primary, join(dataDir, 'postgres'));
  const standby = await start(dataDir);
  const at = new URL(primary.url);
  return {
    primary,
    standby,
    url: `postgres://${at.username}:${at.password}@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/yikatong?target_session_attrs=primary`,
    async close() {
      await standby.stop();
      await primary.stop();
      for (const made of folders) rmSync(made, { recursive: true, force: true });
    },
  };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'yikatong-pair-'));
  // The user that root's database runs as must get in; what lies inside is closed by itself.
  chmodSync(made, 0o755);
  return made;
}

function start(dataDir: string): Promise<EmbeddedDatabase> {
  const reachableFolder = join(dataDir, 'reachable');
  return startEmbeddedDatabase({ dataDir, reachableFolder, log: () => undefined, settings: {} });
}

async function copyServer(primary: EmbeddedDatabase, to: string): Promise<void> {
  const from = join(primary.dataDir, 'postgres');
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  await client.query(`select pg_backup_start('copy', true)`);
  const copied = spawnSync('cp', ['-a', from, to]);
  if (copied.status !== 0) throw new Error(copied.stderr.toString());
  const { rows } = await client.query<{ labelfile: string }>('select * from pg_backup_stop(false)');
  await client.end();
  const data = join(to, 'data');
  const { uid, gid } = statSync(data);
  for (const name of own) rmSync(join(data, name), { recursive: true, force: true });
  for (const name of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries', ...own.slice(3)]) {
    mkdirSync(join(data, name), { mode: 0o700 });
    chownSync(join(data, name), uid, gid);
  }
  const at = new URL(primary.url);
  const source = `host=127.0.0.1 port=${at.port} user=${at.username} password=${at.password}`;
  appendFileSync(
    join(data, 'postgresql.auto.conf'),
    `\nprimary_conninfo = '${source} application_name=standby'\n`,
  );
  for (const [name, text] of [
    ['backup_label', rows[0]?.labelfile ?? ''],
    ['standby.signal', ''],
  ] as const) {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    chownSync(join(data, name), uid, gid);
  }
}
