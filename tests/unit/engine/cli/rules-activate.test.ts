/** `yikatong rules activate` as an operator sees it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineModule } from '../../../../engine/cli/cli-context.ts';
import { runCli } from '../../../../engine/cli/program.ts';
import type { PackFileText, PackVerdict } from '../../../../engine/flows/policy/activate-packs.ts';
import { policy } from '../../../support/domain/builders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const pack = policy.packs.find(({ id }) => id === '441900/2022-12-01-employee-pharmacy');

function notAsked(): never {
  throw new Error('only activation was asked for');
}

async function activate(
  verdicts: (files: readonly PackFileText[]) => readonly PackVerdict[],
  ...args: readonly string[]
) {
  const [out, errors]: [string[], string[]] = [[], []];
  // Nothing else of the composition root is asked for.
  const main: Pick<EngineModule, 'activatePolicy'> = {
    activatePolicy: async (_office, { files }) => ({
      verdicts: verdicts(files),
      changeNo: undefined,
    }),
  };
  const code = await runCli(['rules', 'activate', ...args], {
    env: {},
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main as EngineModule,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

function writePack(): string {
  const path = join(temporaryFolder(), 'pack.json');
  writeFileSync(path, '{"format": 2}');
  return path;
}

const none = { pack, reasons: [], findings: [], moves: [] } as const;
const warning = {
  severity: 'warning',
  path: 'payers[0].caps',
  value: '[]',
  rule: 'has no cap',
  zh: '没有封顶线',
} as const;

test('an activated pack is told with its first day, its doubts and its warnings', async () => {
  const path = writePack();
  const { code, out } = await activate((files) => {
    expect(files).toEqual([{ path, text: '{"format": 2}' }]);
    return [{ ...none, path, verdict: 'activated', findings: [warning] }];
  }, path);
  expect(code).toBe(0);
  expect(out).toContain('已激活 / activated: 441900/2022-12-01-employee-pharmacy');
  expect(out).toContain('自 2022-12-01 起 / from 2022-12-01 on');
  expect(out).toContain('未核实数值 / values not verified');
  expect(out).toContain('没有封顶线');
  expect(out).toContain('has no cap');
});

test('a refusal says why in both languages, that nothing was activated, and ends with 1', async () => {
  const paths = [writePack(), writePack()] as const;
  const { code, out, errors } = await activate(
    () => [
      { ...none, path: paths[0], verdict: 'right' },
      {
        ...none,
        path: paths[1],
        pack: undefined,
        verdict: 'refused',
        reasons: [{ zh: '不是 JSON 文件', en: 'is no JSON' }],
      },
    ],
    ...paths,
  );
  expect(code).toBe(1);
  expect(out).toContain('正确，未激活 / right, not activated');
  expect(errors).toContain(`拒绝 ${paths[1]}：不是 JSON 文件`);
  expect(errors).toContain(`Refused ${paths[1]}: is no JSON`);
  expect(errors).toContain('未激活任何策略包\nNothing was activated');
});

test('a file that cannot be read is told before a database is asked', async () => {
  const { code, errors } = await activate(notAsked, '/nowhere/pack.json');
  expect(code).toBe(1);
  expect(errors).toBe(
    '无法读取文件：/nowhere/pack.json\nThe file cannot be read: /nowhere/pack.json',
  );
});
