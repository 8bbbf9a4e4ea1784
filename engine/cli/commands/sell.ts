import type { Command } from 'commander';
import type { SettleOutcome } from '../../../terminal-adapter/agent/settle.ts';
import type { ConfirmationBody } from '../../contract/settlement.ts';
import type { SandboxBill } from '../../sandbox/data/bills.ts';
import { sandboxBills, sandboxSettlements, toWireBill } from '../../sandbox/data/bills.ts';
import type { InstitutionName } from '../../sandbox/seed/sandbox-institutions.ts';
import { sandboxInstitutions, sandboxTerminals } from '../../sandbox/seed/sandbox-institutions.ts';
import type { SandboxPerson } from '../../sandbox/seed/sandbox-people.ts';
import { findSandboxPerson, sandboxPeople } from '../../sandbox/seed/sandbox-people.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import { formatRefusal, formatUnknown, printErrorText } from '../format-refusal.ts';
import { printSettlement } from '../print-settlement.ts';
import { openSandboxCounter } from '../sandbox-counter.ts';
import { sandboxConfig } from './seed.ts';

export type SellRequest = {
  /** Id of a sandbox person. */
  readonly person: string;
  /** Id of a sandbox bill; undefined: the bill that shows the person's situation. */
  readonly bill: string | undefined;
  readonly url: string;
  readonly pay: 'cash' | 'bank';
  /** May the medical personal account pay? */
  readonly account: boolean;
  /** Of a supervisor, for a bill above its ceiling. */
  readonly confirmation?: ConfirmationBody | undefined;
};

/** `yikatong sell`: settles a bill at a running engine with a sandbox person's virtual card. */
export function addSell(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  program
    .command('sell')
    .description("用测试人员的虚拟卡结算一笔 / settle a bill with a sandbox person's virtual card")
    .requiredOption('--person <id>', `人员 / who: ${sandboxPeople.map(({ id }) => id).join(', ')}`)
    .option('--bill <id>', `账单 / what: ${sandboxBills.map(({ id }) => id).join(', ')}`)
    .option('--pay <how>', '自付部分的支付方式 / how the rest is paid: cash, bank', 'cash')
    .option('--no-account', '不使用个人账户 / do not use the personal account')
    .option(
      '--confirmed-by <name>',
      '超过金额上限时确认的主管 / supervisor who confirms a bill above its ceiling',
    )
    .option('--reason <text>', '确认的理由 / why it is right')
    .option('--url <url>', '引擎地址 / address of the engine', localUrl(context))
    .action(async (options: SellOptions) => {
      const confirmation = readConfirmation(options);
      const request = { ...options, pay: checkPay(options.pay), confirmation };
      const outcome = await settleForPerson(context, request);
      if (outcome.kind === 'unknown') setExitCode(2);
      else if (outcome.kind !== 'approved') setExitCode(1);
    });
}

type SellOptions = Omit<SellRequest, 'pay' | 'confirmation'> & {
  readonly pay: string;
  readonly confirmedBy?: string;
  readonly reason?: string;
};

function readConfirmation({ confirmedBy, reason }: SellOptions): ConfirmationBody | undefined {
  if (confirmedBy === undefined && reason === undefined) return undefined;
  if (confirmedBy !== undefined && reason !== undefined) return { supervisor: confirmedBy, reason };
  throw new CliError({
    zh: '--confirmed-by 与 --reason 须同时给出',
    en: '--confirmed-by and --reason go together',
  });
}

/**
 * Settles a bill, and prints the receipt or the refusal in both languages.
 * @throws CliError when the person or bill is not known, or no engine answers
 */
export async function settleForPerson(
  context: CliContext,
  request: SellRequest,
): Promise<SettleOutcome> {
  const { dataDir } = sandboxConfig(context);
  const person = requirePerson(request.person);
  const { bill, institution } = findSettlement(person, request.bill);
  context.print(`${person.name}（${person.situation.zh}）/ ${person.situation.en}`);
  context.print(`${sandboxInstitutions[institution].name}：${bill.title.zh} / ${bill.title.en}`);
  const counter = await openSandboxCounter({
    dataDir,
    institution,
    url: request.url,
    person,
  });
  try {
    const outcome = await counter.settle({
      bill: toWireBill(bill, counter.businessDate),
      useAccount: request.account,
      tender: request.pay === 'bank' ? 'bank-debit' : 'cash',
      confirmAbove: async () => request.confirmation,
    });
    printOutcome(context, outcome, institution);
    return outcome;
  } finally {
    await counter.close();
  }
}

function printOutcome(
  context: CliContext,
  outcome: SettleOutcome,
  institution: InstitutionName,
): void {
  if (outcome.kind === 'approved') {
    printSettlement(context, outcome.document);
    const { settlementId } = outcome.document;
    context.print(`退费 / refund: npm run yikatong -- refund ${settlementId} --at ${institution}`);
    return;
  }
  const text =
    outcome.kind === 'declined'
      ? formatRefusal(outcome.refusal)
      : outcome.kind === 'unknown'
        ? formatUnknown(outcome)
        : {
            zh: `交易已停止（${outcome.code}），未收款`,
            en: `Stopped (${outcome.code}); nothing was charged`,
          };
  printErrorText(context, text);
}

/**
 * A person of the sandbox.
 * @throws CliError when there is none of this id
 */
export function requirePerson(id: string): SandboxPerson {
  const person = findSandboxPerson(id);
  if (person !== undefined) return person;
  const known = sandboxPeople.map((other) => other.id).join(', ');
  throw new CliError({
    zh: `没有测试人员 ${id}；可用：${known}`,
    en: `There is no person ${id}; known are ${known}`,
  });
}

/**
 * The bill of this id, at the person's usual institution, or at another of the region that accepts its care
 * type.
 */
function findSettlement(
  person: SandboxPerson,
  billId: string | undefined,
): { bill: SandboxBill; institution: InstitutionName } {
  const usual = sandboxSettlements.find((one) => one.person === person.id);
  const id = billId ?? usual?.bill;
  const bill = sandboxBills.find((other) => other.id === id);
  if (bill === undefined) {
    const known = sandboxBills.map((other) => other.id).join(', ');
    throw new CliError({
      zh: `没有账单 ${id}；可用：${known}`,
      en: `There is no bill ${id}; known are ${known}`,
    });
  }
  if (usual !== undefined && acceptsCareType(usual.institution, bill))
    return { bill, institution: usual.institution };
  const institution = institutionNames.find(
    (name) => sandboxInstitutions[name].region === person.region && acceptsCareType(name, bill),
  );
  if (institution !== undefined) return { bill, institution };
  throw new CliError({
    zh: '该地区没有可受理的机构',
    en: 'No institution of that region accepts this bill',
  });
}

function acceptsCareType(institution: InstitutionName, bill: SandboxBill): boolean {
  return sandboxTerminals[institution].careTypes.includes(bill.careType);
}

/** Where an engine with the same settings listens on this machine. */
export function localUrl({ env }: CliContext): string {
  const port = env['YIKATONG_PORT'] ?? '';
  // 0 takes any free port, which only the engine knows.
  return `http://127.0.0.1:${/^[1-9]\d*$/.test(port) ? port : '8080'}`;
}

/** The names of the sandbox's institutions. */
export const institutionNames = Object.keys(sandboxInstitutions) as InstitutionName[];

function checkPay(text: string): SellRequest['pay'] {
  if (text === 'cash' || text === 'bank') return text;
  throw new CliError({ zh: '--pay 只能是 cash 或 bank', en: '--pay is cash or bank' });
}
