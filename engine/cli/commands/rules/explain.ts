import type { Command } from 'commander';
import { misfits, unusedNames } from '../../../../rules/bill-file/fit-to-pack.ts';
import { type ReadBill, readBillFile } from '../../../../rules/bill-file/read-bill-file.ts';
import {
  loadCatalogues,
  selectCatalogue,
} from '../../../../rules/catalogues/catalogue-registry.ts';
import { compileCatalogue } from '../../../../rules/catalogues/compile-catalogue.ts';
import { explainData } from '../../../../rules/explain/explain-data.ts';
import { explainRows, nationalRows } from '../../../../rules/explain/explain-rows.ts';
import { explainPack, explainSplit } from '../../../../rules/explain/explain-split.ts';
import type { Language } from '../../../../rules/explain/labels.ts';
import { policyDay } from '../../../../rules/kernel/benefit-year.ts';
import { explainBill } from '../../../../rules/kernel/split-bill.ts';
import type { Catalogue } from '../../../../rules/model/catalogue.ts';
import type { Pack } from '../../../../rules/model/pack.ts';
import type { Split } from '../../../../rules/model/split.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { type Column, printTable } from './print-table.ts';
import { fileProblems, loadPack, readJsonFile, shippedRegistry } from './read-file.ts';

type ExplainOptions = {
  readonly bill: string;
  readonly pack?: string;
  readonly catalogue?: string;
  readonly lang: string;
  readonly json?: true;
  readonly table?: true;
};

type Explained = { readonly pack: Pack; readonly split: Split; readonly notices: Notices };
type Notices = ReadBill['notices'];

/** `yikatong rules explain`: splits a bill file by a pack and explains every step. */
export function addExplain(rules: Command, context: CliContext): void {
  rules
    .command('explain')
    .description('按规则包计算一张账单并逐步解释 / split a bill by a policy pack, step by step')
    .requiredOption('--bill <file>', '账单文件 / bill file (rules/docs/bill-file.md)')
    .option(
      '--pack <id|file>',
      '规则包编号或文件，缺省按参保地与日期选择 / pack; default by region and date of the bill',
    )
    .option('--catalogue <file>', '目录文件 / catalogue for lines without an own-pay share')
    .option('--lang <language>', '语言 / zh, en or both', 'both')
    .option('--table', '表格 / as a table')
    .option('--json', '数据 / as data')
    .action((options: ExplainOptions) => {
      const languages = readLanguages(options.lang);
      const explained = explainFile(options);
      if (options.json) {
        const { pack, split } = explained;
        // The published JSON calls the path `at`.
        const notices = explained.notices.map(({ path: at, ...text }) => ({ at, ...text }));
        context.print(JSON.stringify({ ...explainData(pack, split), notices }, undefined, 2));
        return;
      }
      for (const language of languages) {
        if (options.table) printAsTable(context, explained, language);
        else printAsText(context, explained, language);
      }
    });
}

function readLanguages(lang: string): readonly Language[] {
  if (lang === 'both') return ['zh', 'en'];
  if (lang === 'zh' || lang === 'en') return [lang];
  throw new CliError({ zh: '--lang 只能是 zh、en 或 both', en: '--lang is zh, en or both' });
}

function explainFile(options: ExplainOptions): Explained {
  const json = readJsonFile(options.bill);
  const read = readBillFile(json, catalogueFor(json, options.catalogue));
  if (!read.ok) throw fileProblems(options.bill, read.error);
  const pack = options.pack === undefined ? findPack(read.value) : loadPack(options.pack);
  const problems = misfits(pack, read.value);
  if (problems.length > 0) throw fileProblems(options.bill, problems);
  const notices = [
    ...read.value.notices,
    ...unusedNames(pack, read.value),
    ...outOfForce(pack, read.value),
  ];
  return { pack, split: explainBill(pack, read.value.input), notices };
}

/** The named catalogue file, else the shipped catalogue of the insured region. */
function catalogueFor(json: unknown, path: string | undefined): Catalogue | undefined {
  if (path !== undefined) {
    const compiled = compileCatalogue(readJsonFile(path));
    if (!compiled.ok) throw fileProblems(path, compiled.error);
    return compiled.value;
  }
  const bare = readBillFile(json);
  if (!bare.ok || bare.value.region === undefined) return undefined;
  const { serviceDate } = bare.value.input;
  return selectCatalogue(loadCatalogues(), { region: bare.value.region, serviceDate });
}

function findPack({ input, region }: ReadBill): Pack {
  const { serviceDate, careType, insured, visit } = input;
  const { scheme } = insured;
  const query = { region: region ?? '', scheme, careType, serviceDate };
  const pack = shippedRegistry().find(visit === undefined ? query : { ...query, visit });
  if (pack !== undefined) return pack;
  if (region === undefined) {
    throw new CliError({
      zh: '账单没有参保地（person.region），请用 --pack 指定规则包',
      en: 'The bill does not say where the person is insured (person.region): name a --pack',
    });
  }
  const wanted = `${region}, ${scheme}, ${careType}, ${serviceDate}`;
  throw new CliError({
    zh: `没有适用的规则包（参保地、险种、医疗类别、日期：${wanted}）`,
    en: `No pack covers this bill (region, scheme, care type, day: ${wanted})`,
  });
}

function outOfForce(pack: Pack, { input }: ReadBill): Notices {
  const day = policyDay(pack, input);
  const { effectiveFrom, effectiveTo } = pack;
  if (day >= effectiveFrom && (effectiveTo === undefined || day <= effectiveTo)) return [];
  const dates = `${effectiveFrom} – ${effectiveTo ?? ''}`.trimEnd();
  return [
    {
      path: 'serviceDate',
      zh: `${day} 不在规则包的有效期内（${dates}）`,
      en: `${day} is outside the days of the pack (${dates})`,
    },
  ];
}

function printAsText(context: CliContext, explained: Explained, language: Language): void {
  const { pack, split } = explained;
  for (const line of explainSplit(pack, split, language)) context.print(line);
  printNotices(context, explained, language);
  context.print(
    language === 'zh' ? '接口字段（元）：' : 'Fields of the national interface (yuan):',
  );
  for (const [field, meaning, amount] of nationalRows(split, language).rows)
    context.print(`  ${field?.padEnd(18)}${amount?.padStart(14)}  ${meaning}`);
  context.print('');
}

function printNotices(context: CliContext, { notices }: Explained, language: Language): void {
  for (const { path, zh, en } of notices)
    context.print(language === 'zh' ? `提示 ${path}：${zh}` : `Notice ${path}: ${en}`);
}

/** Widths of long columns: payer, rule, source. */
const WIDTHS: Readonly<Record<number, number>> = { 2: 18, 6: 34, 7: 40 };
const AMOUNTS: readonly number[] = [3, 4, 5];

function printAsTable(context: CliContext, explained: Explained, language: Language): void {
  const { pack, split } = explained;
  for (const line of explainPack(pack, language)) context.print(line);
  const { head, rows } = explainRows(pack, split, language);
  const columns = head.map((text, index): Column => {
    const width = WIDTHS[index];
    if (width !== undefined) return { head: text, width };
    return AMOUNTS.includes(index) ? { head: text, align: 'right' } : { head: text };
  });
  printTable(context, columns, rows);
  printNotices(context, explained, language);
  const fields = nationalRows(split, language);
  const [field = '', meaning = '', amount = ''] = fields.head;
  const named: readonly Column[] = [
    { head: field },
    { head: meaning },
    { head: amount, align: 'right' },
  ];
  printTable(context, named, fields.rows);
  context.print('');
}
