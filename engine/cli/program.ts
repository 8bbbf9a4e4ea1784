import { Command, CommanderError, Help, type Option } from 'commander';
import { describeStartupError } from '../ops/startup-error.ts';
import { version } from '../ops/version.ts';
import type { CliContext, SetExitCode } from './cli-context.ts';
import { CliError } from './cli-context.ts';
import { addApplications } from './commands/applications/applications.ts';
import { addAudit } from './commands/audit.ts';
import { addBank } from './commands/bank.ts';
import { addCard } from './commands/card.ts';
import { addCards } from './commands/cards/cards.ts';
import { addCertificates } from './commands/certificates.ts';
import { addCounter } from './commands/counter.ts';
import { addCredits } from './commands/credits/credits.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEnquire } from './commands/enquire.ts';
import { addInsurance } from './commands/insurance/insurance.ts';
import { addKeystore } from './commands/keystore.ts';
import { addLedger } from './commands/ledger.ts';
import { addList } from './commands/list/list.ts';
import { addLogin } from './commands/login.ts';
import { addMigrate } from './commands/migrate.ts';
import { addMonths } from './commands/months.ts';
import { addOperators } from './commands/operator.ts';
import { addPersonalData } from './commands/personal-data.ts';
import { addRefund } from './commands/refund.ts';
import { addInstitution } from './commands/registry/institution.ts';
import { addPerson } from './commands/registry/person.ts';
import { addTerminal } from './commands/registry/terminal.ts';
import { addRestored } from './commands/restored.ts';
import { addReversal } from './commands/reversal.ts';
import { addRoles } from './commands/roles.ts';
import { addRules } from './commands/rules.ts';
import { addSeed } from './commands/seed.ts';
import { addSell } from './commands/sell.ts';
import { addServe } from './commands/serve.ts';
import { addSettlement } from './commands/settlement.ts';

/**
 * Runs one command line.
 * @param args without node and script
 * @returns the exit code: 0 done, 1 refused or failed, 2 the outcome is not known yet; every failure is
 *   printed on stderr, the Chinese line first
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  let exitCode = 0;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const { zh, en } = error instanceof CliError ? error : describeStartupError(error);
    context.printError(zh);
    context.printError(en);
    return 1;
  }
}

function createProgram(context: CliContext, setExitCode: SetExitCode): Command {
  const program = new Command('yikatong')
    .description('一卡通结算引擎\nSettlement engine for the social-security card')
    .version(version, '--version', '版本号 / print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      writeErr: (text) => context.printError(text.trimEnd()),
    })
    .configureHelp({ optionDescription: describeOption });
  addServe(program, context, setExitCode);
  addMigrate(program, context);
  addSeed(program, context);
  addCertificates(program, context);
  addSell(program, context, setExitCode);
  addSettlement(program, context, setExitCode);
  addRefund(program, context, setExitCode);
  addEnquire(program, context, setExitCode);
  addCounter(program, context);
  addCard(program, context, setExitCode);
  addCards(program, context, setExitCode);
  addInstitution(program, context);
  addTerminal(program, context);
  addPerson(program, context, setExitCode);
  addPersonalData(program, context);
  addInsurance(program, context, setExitCode);
  addApplications(program, context, setExitCode);
  addCredits(program, context, setExitCode);
  addBank(program, context);
  addReversal(program, context, setExitCode);
  addDoctor(program, context, setExitCode);
  addKeystore(program, context);
  addLedger(program, context, setExitCode);
  addList(program, context);
  addLogin(program, context);
  addMonths(program, context);
  addOperators(program, context);
  addAudit(program, context);
  addRoles(program, context);
  addRestored(program, context);
  addRules(program, context, setExitCode);
  nameOwnHelp(program, 'yikatong');
  return program;
}

/** Whoever mistypes a command is sent to the help of that command. */
function nameOwnHelp(command: Command, path: string): void {
  command.configureOutput({
    outputError: (text, write) => write(`命令不正确；用法见 ${path} --help\n${text}`),
  });
  for (const inner of command.commands) nameOwnHelp(inner, `${path} ${inner.name()}`);
}

const plainHelp = new Help();

function describeOption(option: Option): string {
  const description = plainHelp.optionDescription(option);
  return option.mandatory ? `${description}（必填 / required）` : description;
}
