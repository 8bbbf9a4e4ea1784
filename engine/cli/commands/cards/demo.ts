import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { WHOLE_COUNTRY } from '../../../domain/principal/principal.ts';
import type { Engine } from '../../../main.ts';
import { type Config, readConfig } from '../../../ops/config.ts';
import { sandboxKeyFolder } from '../../../sandbox/keys/sandbox-keys.ts';
import { issueToPerson } from '../../../sandbox/seed/issue-to-person.ts';
import { loadIssuingKeys } from '../../../sandbox/seed/seed-sandbox.ts';
import type { CliContext, EngineModule, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { requirePerson } from '../sell.ts';
import { openDemoCounter, openWindow } from './demo-counter.ts';
import type { Officer, OfficerSecrets } from './demo-office.ts';
import { newPasswordOf, openOfficer } from './demo-office.ts';
import type { DemoSite, DemoStep } from './demo-scenario.ts';
import { playLife } from './demo-scenario.ts';

type DemoOptions = { readonly seed: string; readonly json?: true };

/** `yikatong cards demo`: a database, a bank, an engine and a counter of its own; nothing of them stays. */
export function addCardsDemo(group: Command, context: CliContext, setExitCode: SetExitCode): void {
  group
    .command('demo')
    .description(
      '演示一张卡从申领到销毁的全过程 / one card from application to destruction, with real sales in between',
    )
    .option('--seed <number>', '决定卡号 / decides the numbers of the cards', '1')
    .option('--json', '以数据形式输出 / as data')
    .action(async (options: DemoOptions) => {
      if (!/^\d{1,6}$/.test(options.seed)) {
        throw new CliError({ zh: '--seed 为 0 至 999999', en: '--seed is 0 to 999999' });
      }
      const dataDir = mkdtempSync(join(tmpdir(), 'yikatong-cards-demo-'));
      try {
        const isAsExpected = await runDemo(context, dataDir, options);
        if (!isAsExpected) setExitCode(1);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
}

/** @returns did everything come as expected, and do the books balance? */
async function runDemo(
  context: CliContext,
  dataDir: string,
  { seed, json }: DemoOptions,
): Promise<boolean> {
  const main = await context.loadMain();
  const configOf = (hours: number): Config =>
    readConfig({
      ...{ PATH: context.env['PATH'], YIKATONG_DATA: dataDir, YIKATONG_PORT: '0' },
      ...{ YIKATONG_LOG_LEVEL: 'fatal', YIKATONG_SANDBOX_CLOCK_HOURS: String(hours) },
    });
  const steps: DemoStep[] = [];
  const told = (step: DemoStep) => {
    steps.push(step);
    if (!json) printStep(context, step);
  };
  let engine: Engine | undefined = await main.startEngine(configOf(0));
  try {
    const people = await prepare(main, configOf(0), Number(seed));
    let site = await openSite(dataDir, engine.url, people, 0);
    const passDays = async (days: number) => {
      await engine?.stop();
      engine = await main.startEngine(configOf(days * 24));
      site = await openSite(dataDir, engine.url, laterPeople(people), days);
    };
    await playLife({ ...people, site: () => site, passDays, told });
    const { steps: recorded } = await site.cardOfficer.readLife();
    const laws = await main.checkBooks(configOf(0), undefined);
    const broken = laws.reduce((sum, law) => sum + law.broken, 0);
    const unexpected = steps.filter(({ expected, found }) => expected !== found).length;
    const result = { steps, recorded: recorded.length, unexpected, ledger: { broken } };
    if (json) context.print(JSON.stringify(result, undefined, 2));
    else printEnd(context, result);
    return unexpected === 0 && broken === 0;
  } finally {
    await engine?.stop();
  }
}

type People = Awaited<ReturnType<typeof prepare>>;

/** A person on record, two cards that an issuer could make for them, and two officers. */
async function prepare(main: EngineModule, config: Config, seed: number) {
  const keys = loadIssuingKeys(sandboxKeyFolder(config.dataDir));
  const like = requirePerson('dongguan-pharmacy-buyer');
  const serial = 100_000 + 2 * seed;
  const first = issueToPerson({ ...like, serial }, keys, Date.now());
  const second = issueToPerson({ ...like, serial: serial + 1 }, keys, Date.now());
  await main.withRegisters(config, (registers) => registers.insertPersons([first.person]));
  const scopes = { regions: [WHOLE_COUNTRY], institutions: [] };
  const enrol = async (name: string, role: 'card-officer' | 'bank-officer') => {
    const { password, secret } = await main.administerOperators(config, (office) =>
      office.add({ name, roles: [role], scopes, databaseLogin: undefined }),
    );
    return { name, password, secret };
  };
  return {
    ...{ first, second, personNo: first.person.key.personNo },
    cardOfficer: await enrol('demo.cards', 'card-officer'),
    bankOfficer: await enrol('demo.bank', 'bank-officer'),
  };
}

function laterPeople(people: People): People {
  const later = (secrets: OfficerSecrets) => ({ ...secrets, password: newPasswordOf(secrets) });
  const { cardOfficer, bankOfficer } = people;
  return { ...people, cardOfficer: later(cardOfficer), bankOfficer: later(bankOfficer) };
}

/** @param days how far the engine's clock is ahead */
async function openSite(
  dataDir: string,
  url: string,
  { cardOfficer, bankOfficer, personNo }: People,
  days: number,
): Promise<DemoSite> {
  const place = { url, now: () => Date.now() + days * 86_400_000 };
  const open = (secrets: OfficerSecrets): Promise<Officer> => openOfficer(place, secrets, personNo);
  return {
    cardOfficer: await open(cardOfficer),
    bankOfficer: await open(bankOfficer),
    window: await openWindow(dataDir, url),
    counter: openDemoCounter(dataDir, url),
  };
}

function printStep(
  { print }: CliContext,
  { zh, en, expected, found, detail, cards }: DemoStep,
): void {
  const mark = expected === found ? '✓' : '✗';
  print(`${mark} ${zh} / ${en}: ${found}${detail === '' ? '' : ` (${detail})`}`);
  if (expected !== found) print(`    应为 / expected: ${expected}`);
  for (const { cardId, status, medical, financial, isPinLocked } of cards) {
    const locked = isPinLocked ? '，密码锁定 / PIN locked' : '';
    print(
      `    …${cardId.slice(-4)} 卡 / card: ${status} · 医保 / medical: ${medical} · 金融 / financial: ${financial}${locked}`,
    );
  }
}

function printEnd(
  { print }: CliContext,
  result: {
    readonly recorded: number;
    readonly unexpected: number;
    readonly ledger: { readonly broken: number };
  },
): void {
  const { recorded, unexpected, ledger } = result;
  print(`记录环节 ${recorded} 个 / steps on record: ${recorded}`);
  print(
    ledger.broken === 0
      ? '账册无差异 / the books balance'
      : `账册差异 / differences: ${ledger.broken}`,
  );
  print(unexpected === 0 ? '全部如预期 / all as expected' : `不符 / unexpected: ${unexpected}`);
}
