import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import type { Finding } from '../../../../rules/lint/finding.ts';
import { lintFileName } from '../../../../rules/lint/lint-file-name.ts';
import { lintPack } from '../../../../rules/lint/lint-pack.ts';
import { lintPacks } from '../../../../rules/lint/lint-packs.ts';
import type { Pack } from '../../../../rules/model/pack.ts';
import { shippedPackFiles } from '../../../../rules/packs/load-packs.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { openDelayedProgressBar } from './delayed-progress-bar.ts';
import { type Column, printTable } from './print-table.ts';
import { readJsonFile, shippedRegistry } from './read-file.ts';

type CheckOptions = { readonly json?: true };

/** A checked pack file; `pack` is undefined when it does not compile. */
type Checked = {
  readonly path: string;
  readonly pack: Pack | undefined;
  readonly findings: readonly Finding[];
};

/** `yikatong rules check`: prints the linter's findings on packs; exit code 1 when there is an error. */
export function addCheck(rules: Command, context: CliContext, setExitCode: SetExitCode): void {
  rules
    .command('check [packs...]')
    .description(
      '检查规则包：文件、文件夹或内置规则包的编号，缺省检查全部内置规则包 / check policy packs: ' +
        'files, folders or ids of packs that ship; default: all that ship',
    )
    .option('--json', '数据 / as data')
    .action((files: readonly string[], options: CheckOptions) => {
      const opened = files.length === 0 ? openShipped() : files.flatMap(openNamed);
      const checked = lintAll(opened);
      const together = lintPacks(opened.flatMap(({ pack }) => (pack === undefined ? [] : [pack])));
      if (options.json) context.print(JSON.stringify(checkData(checked, together), undefined, 2));
      else printCheck(context, checked, together);
      const all = [...checked.flatMap(({ findings }) => findings), ...together];
      if (count(all, 'error') > 0) setExitCode(1);
    });
}

function openShipped(): readonly Checked[] {
  const { packs } = shippedRegistry();
  return shippedPackFiles().map((path, index) => ({ path, pack: packs[index], findings: [] }));
}

/** An id of a shipped pack, a folder with its folders, or a file. @throws CliError for an empty folder */
function openNamed(name: string): readonly Checked[] {
  const isThere = existsSync(name);
  const shipped = isThere ? undefined : shippedRegistry().byId(name.replace(/\.json$/, ''));
  if (shipped !== undefined) return [{ path: `${shipped.id}.json`, pack: shipped, findings: [] }];
  if (!isThere || !statSync(name).isDirectory()) return [openFile(name)];
  const paths = readdirSync(name, { encoding: 'utf8', recursive: true })
    .filter((path) => path.endsWith('.json'))
    .sort();
  if (paths.length > 0) return paths.map((path) => openFile(join(name, path)));
  throw new CliError({
    zh: `文件夹中没有规则包（*.json）：${name}`,
    en: `There is no pack (*.json) in the folder ${name}`,
  });
}

function openFile(path: string): Checked {
  const compiled = compilePack(readJsonFile(path));
  if (compiled.ok)
    return { path, pack: compiled.value, findings: lintFileName(path, compiled.value) };
  const findings = compiled.error.map((problem): Finding => ({ severity: 'error', ...problem }));
  return { path, pack: undefined, findings };
}

function lintAll(opened: readonly Checked[]): readonly Checked[] {
  const bar = openDelayedProgressBar('检查 / checking');
  const checked = opened.map((one, index) => {
    bar.update(index, opened.length);
    if (one.pack === undefined) return one;
    return { ...one, findings: [...one.findings, ...lintPack(one.pack)] };
  });
  bar.stop();
  return checked;
}

function count(findings: readonly Finding[], severity: Finding['severity']): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

const COLUMNS: readonly Column[] = [
  { head: '规则包 / pack', width: 44 },
  { head: '地区 / region' },
  { head: '险种 / scheme' },
  { head: '起 / from' },
  { head: '止 / to' },
  { head: '未核实 / unverified', align: 'right' },
  { head: '错误 / errors', align: 'right' },
  { head: '警告 / warnings', align: 'right' },
];

function printCheck(
  context: CliContext,
  checked: readonly Checked[],
  together: readonly Finding[],
): void {
  printTable(context, COLUMNS, checked.map(checkRow));
  for (const { path, findings } of checked)
    for (const finding of findings) printFinding(context, finding, `${path}: `);
  for (const finding of together) printFinding(context, finding, '');
  const all = [...checked.flatMap(({ findings }) => findings), ...together];
  const [errors, warnings] = [count(all, 'error'), count(all, 'warning')];
  context.print(`共 ${checked.length} 个规则包，${errors} 个错误，${warnings} 个警告`);
  context.print(`${checked.length} packs, ${errors} errors, ${warnings} warnings`);
}

function checkRow({ path, pack, findings }: Checked): readonly string[] {
  const counts = [String(count(findings, 'error')), String(count(findings, 'warning'))];
  if (pack === undefined) return [path, '', '', '', '', '', ...counts];
  const { id, region, schemes, effectiveFrom, effectiveTo, unverified } = pack;
  const dates = [effectiveFrom, effectiveTo ?? ''];
  return [id, region, schemes.join(' '), ...dates, String(unverified), ...counts];
}

function printFinding(context: CliContext, finding: Finding, prefix: string): void {
  const { severity, path, value, rule, zh } = finding;
  const label = severity === 'error' ? '错误 / error' : '警告 / warning';
  context.print(`${label}  ${prefix}${path}: ${value}`);
  context.print(`    ${zh}`);
  context.print(`    ${rule}`);
}

function checkData(
  checked: readonly Checked[],
  together: readonly Finding[],
): Readonly<Record<string, unknown>> {
  const packs = checked.map(({ path, pack, findings }) => ({
    path,
    id: pack?.id ?? null,
    region: pack?.region ?? null,
    schemes: pack?.schemes ?? [],
    careTypes: pack?.careTypes ?? [],
    effectiveFrom: pack?.effectiveFrom ?? null,
    effectiveTo: pack?.effectiveTo ?? null,
    unverified: pack?.unverified ?? null,
    errors: findings.filter(({ severity }) => severity === 'error').map(findingData),
    warnings: findings.filter(({ severity }) => severity === 'warning').map(findingData),
  }));
  return { packs, together: together.map(findingData) };
}

/** The published JSON calls the path `at`. */
function findingData({ severity, path: at, value, rule, zh }: Finding) {
  return { severity, at, value, rule, zh };
}
