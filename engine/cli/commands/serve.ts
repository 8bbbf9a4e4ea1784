import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Engine } from '../../main.ts';
import type { Config } from '../../ops/config.ts';
import { readConfig } from '../../ops/config.ts';
import { describeStartupError } from '../../ops/startup-error.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { sandboxConfig } from './seed.ts';
import { settleForPerson } from './sell.ts';

/** `yikatong serve`: runs the engine until Ctrl-C or SIGTERM, then stops it cleanly with exit code 0. */
export function addServe(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  program
    .command('serve')
    .description('启动结算引擎 / run the engine')
    .option('--demo', '启动后演示一笔交易 / then settle one bill of the sandbox')
    .option(
      '--once',
      '就绪（及演示）后即停止 / stop when it is ready, and the demonstration is over',
    )
    .action(async (options: ServeOptions) => {
      const config = options.demo ? demonstrationConfig(context) : readConfig(context.env);
      const { startEngine } = await context.loadMain();
      let starting: Promise<Engine> | undefined;
      // Before the start, so that a signal during it does not leave a database server running.
      const signals = stopOnSignal(async (thrown) => {
        if (thrown !== undefined) printStartupError(thrown, context);
        await stopIfStarted(starting);
        context.print('引擎已停止 / the engine has stopped');
      });
      try {
        starting = startEngine(config, context.askSecret);
        const engine = await starting;
        if (signals.isStopping()) return;
        context.print(`引擎已就绪 / the engine is ready: ${engine.url}`);
        const isDemonstrated = !options.demo || (await runDemonstration(engine.url, context));
        if (!options.once) return printUsage(config.mode, context);
        if (!isDemonstrated) setExitCode(1);
        await engine.stop();
        signals.uninstall();
      } catch (error) {
        // A start that a signal interrupts fails, which is no error. A signal during the creation of the
        // database, which blocks the thread, arrives in the next turn.
        await nextTurn();
        if (signals.isStopping()) return;
        signals.uninstall();
        await stopIfStarted(starting);
        throw error;
      }
    });
}

type ServeOptions = { readonly demo?: true; readonly once?: true };

function printUsage(mode: Config['mode'], context: CliContext): void {
  if (mode === 'sandbox') {
    context.print(
      '试一笔 / try a settlement: npm run yikatong -- sell --person beijing-over-deductible',
    );
  }
  context.print('按 Ctrl-C 停止 / press Ctrl-C to stop');
}

/** A bill with three payers: fund, medical personal account, and bank account for the rest. */
const demonstration = {
  person: 'beijing-over-deductible',
  bill: 'outpatient',
  pay: 'bank',
} as const;

/**
 * A demonstration that is refused (a locked card, say) does not keep the engine from serving. @returns was
 * it approved?
 */
async function runDemonstration(url: string, context: CliContext): Promise<boolean> {
  context.print('');
  const outcome = await settleForPerson(context, { ...demonstration, url, account: true });
  if (outcome.kind === 'approved') return true;
  context.printError('演示交易未成功；测试人员的卡可用 yikatong seed --unlock 解锁，引擎照常服务');
  context.printError(
    'The demonstration settlement was not approved; yikatong seed --unlock unlocks the test cards. The engine serves all the same',
  );
  return false;
}

/** Demonstration: log level warn unless YIKATONG_LOG_LEVEL is set, so that the receipt is visible. */
function demonstrationConfig(context: CliContext): Config {
  const config = sandboxConfig(context);
  const isSet = (context.env['YIKATONG_LOG_LEVEL'] ?? '') !== '';
  return isSet ? config : { ...config, logLevel: 'warn' };
}

function printStartupError(thrown: unknown, context: CliContext): void {
  const { zh, en } = describeStartupError(thrown);
  context.printError(zh);
  context.printError(en);
}

async function stopIfStarted(starting: Promise<Engine> | undefined): Promise<void> {
  const engine = await starting?.catch(() => undefined);
  await engine?.stop();
}
