/** Goal: root starts the engine in a folder that others cannot enter, such as /root, and it simply works. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runInOwnMounts } from './own-mounts.ts';

const projectRoot = join(import.meta.dirname, '../..');

/** The project as it is, seen in a closed folder; /var/lib is an empty one, so that nothing is left there. */
const closed = `mount --bind "$1" "$0/project" && mount -t tmpfs -o mode=755 tmpfs /var/lib &&
  cd "$0/project" || exit 77
`;

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'yikatong-closed-'));
  chmodSync(base, 0o700);
  mkdirSync(join(base, 'project'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('the demonstration settles, and the next command finds its database again', async () => {
  const script = `${closed}
    "$2" engine/cli/bin.mjs serve --demo --once || exit 1
    test -d /var/lib/yikatong || exit 2
    echo '=== replay'
    "$2" engine/cli/bin.mjs rules replay --from 2020-01-01 --to 2099-12-31 --json`;
  const environment = { YIKATONG_PORT: '0', YIKATONG_DATA: join(base, 'data') };
  const given = [base, projectRoot, process.execPath];
  const { status, stdout, stderr } = await runInOwnMounts(script, given, environment);
  expect(status, stdout + stderr).toBe(0);
  const [demonstration = '', replay = ''] = stdout.split('=== replay\n');
  expect(demonstration).toMatch(/^结算单号 \/ settlement: \w+ .* posted$/m);
  expect(JSON.parse(replay)).toMatchObject({ read: 1, identical: 1 });
  // Nothing of the database lies where its user cannot read it.
  expect(existsSync(join(base, 'data/postgres/data'))).toBe(false);
});
