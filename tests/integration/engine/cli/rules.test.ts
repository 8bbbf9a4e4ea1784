import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Goal: the rules answer from a plain shell, in a folder without sandbox, database or settings. */
const root = new URL('../../../../', import.meta.url).pathname;
const run = promisify(execFile);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-rules-process-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function yikatong(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'engine/cli/bin.mjs'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  return stdout;
}

test('a bill is explained by a process of its own', async () => {
  const bill = join(root, 'rules/bill-file/examples/441900-main-point.json');
  const out = await yikatong('rules', 'explain', '--bill', bill, '--lang', 'zh');
  expect(out).toContain('规则包 441900/2022-12-01-employee-outpatient');
  expect(out).toMatch(/^ {2}acct_pay +81\.19 {2}个人账户支出$/m);
});

test('a refusal is on stderr, Chinese line first, and ends with 1', async () => {
  await expect(yikatong('rules', 'explain', '--bill', 'none.json')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: '无法读取文件：none.json\nThe file cannot be read: none.json\n',
  });
});

test('a reader that has seen enough ends the command quietly', async () => {
  const bill = join(root, 'rules/bill-file/examples/360100-referred-inpatient.json');
  const command = `"${process.execPath}" "${join(root, 'engine/cli/bin.mjs')}" rules explain --bill "${bill}" | head -1`;
  const { stdout, stderr } = await run('sh', ['-c', command], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  expect(stdout).toContain('规则包 360100/');
  expect(stderr).toBe('');
});
