/**
 * Goal: a disk that is full, really full, costs no money and is told in one line. Each disk is a
 * small one in memory.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runInOwnMounts } from './own-mounts.ts';

const projectRoot = join(import.meta.dirname, '../..');
const host = join(projectRoot, 'tests/integration/engine/ops/postgres/embedded-database-host.ts');

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'yikatong-full-disk-'));
  // The database's user must get in.
  chmodSync(base, 0o755);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test.each([
  { moment: 'while the cluster is made', size: '20m', prepare: 'true' },
  {
    moment: 'with a cluster there',
    size: '200m',
    prepare: '"$0" "$1" "$2" "$3" >/dev/null && ! dd if=/dev/zero of="$2/filler" bs=4k 2>/dev/null',
  },
])('the embedded database says that the disk is full, $moment', async ({ size, prepare }) => {
  const script = `mount -t tmpfs -o size=${size},mode=755 tmpfs "$2" && ${prepare} &&
    exec "$0" "$1" "$2" "$3" </dev/null`;
  const dataDir = join(base, 'data');
  mkdirSync(dataDir);
  const given = [process.execPath, host, dataDir, join(base, 'reachable')];
  const { stdout, stderr } = await runInOwnMounts(script, given);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'DISK_FULL',
    zh: expect.stringContaining('磁盘空间已满'),
  });
});

test("the sandbox bank's books post again when there is room again, and say why they could not", async () => {
  const script = `mount -t tmpfs -o size=1m,mode=755 tmpfs "$2" && exec "$0" "$1" "$2"`;
  const program = join(projectRoot, 'tests/system/fill-books.ts');
  const dataDir = join(base, 'books');
  mkdirSync(dataDir);
  const given = [process.execPath, program, dataDir];
  const { status, stdout, stderr } = await runInOwnMounts(script, given);
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    whileFull: 'database or disk is full',
    afterwards: 'posted',
  });
});

test('counters go on selling after the disk of a running database was full', async () => {
  const chaos = join(projectRoot, 'tests/chaos/run-chaos.ts');
  const report = join(base, 'report.json');
  const town = ['--engines', '1', '--shops', '1', '--counters', '2'];
  const strike = ['--kills', '1', '--first', 'disk full', '--json', report];
  // It makes its own small disk within these mounts.
  const given = [process.execPath, chaos, ...town, ...strike];
  const { status, stdout } = await runInOwnMounts('exec "$0" "$@"', given);
  expect(status, stdout).toBe(0);
  const found = JSON.parse(readFileSync(report, 'utf8')) as object;
  expect(found).toMatchObject({ kills: { 'disk full': 1 }, violations: [] });
  expect(found).toMatchObject({ check: { lost: 0, doubled: 0, oneSided: 0 } });
});
