import closeWithGrace from 'close-with-grace';
import type { Command } from 'commander';
import type { Config } from '../../ops/config.ts';
import { readConfig } from '../../ops/config.ts';
import { describeStartupError } from '../../ops/startup-error.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import type { RunningEngine } from '../engine-main.ts';
import { sandboxConfig } from './seed.ts';
import { sellToPerson } from './sell.ts';

/**
 * How long (ms) a stop may take before the process ends anyway; a restart finishes what was open.
 */
const STOP_MS = 30_000;

/**
 * `yikatong serve`: runs the engine until Ctrl-C or SIGTERM, then stops it cleanly with exit code
 * 0.
 */
export function addServe(program: Command, context: CliContext): void {
  program
    .command('serve')
    .description('启动结算引擎 / run the engine')
    .option('--demo', '启动后演示一笔交易 / then play one sale of the sandbox')
    .option(
      '--once',
      '就绪（及演示）后即停止 / stop when it is ready, and the demonstration is over',
    )
    .action(async (options: ServeOptions) => {
      const config = options.demo ? demonstrationConfig(context) : readConfig(context.environment);
      const { startEngine } = await context.loadMain();
      let starting: Promise<RunningEngine> | undefined;
      // Before the start, so that a signal in its midst does not leave a database server behind.
      const signals = stopOnSignal(() => stopIfStarted(starting), context);
      try {
        starting = startEngine(config);
        const engine = await starting;
        context.print(`引擎已就绪 / the engine is ready: ${engine.url}`);
        if (options.demo) await playDemonstration(engine.url, context);
        if (!options.once) return tellHowToUse(config.mode, context);
        await engine.stop();
        signals.uninstall();
      } catch (error) {
        signals.uninstall();
        await stopIfStarted(starting);
        throw error;
      }
    });
}

type ServeOptions = { readonly demo?: true; readonly once?: true };

function tellHowToUse(mode: Config['mode'], context: CliContext): void {
  if (mode === 'sandbox') {
    context.print('试一笔 / try a sale: yikatong sell --person beijing-over-deductible');
  }
  context.print('按 Ctrl-C 停止 / press Ctrl-C to stop');
}

/** A bill that three pay: the fund, the medical personal account, and the bank account what neither may. */
const demonstration = {
  person: 'beijing-over-deductible',
  bill: 'outpatient',
  pay: 'bank',
} as const;

async function playDemonstration(url: string, context: CliContext): Promise<void> {
  context.print('');
  const outcome = await sellToPerson(context, { ...demonstration, url, account: true });
  if (outcome.kind === 'approved') return;
  throw new CliError({ zh: '演示交易未成功', en: 'The demonstration sale was not approved' });
}

/** Someone who watches the demonstration wants the receipt, not the log; a level that was asked for stays. */
function demonstrationConfig(context: CliContext): Config {
  const config = sandboxConfig(context);
  const isAskedFor = (context.environment['YIKATONG_LOG_LEVEL'] ?? '') !== '';
  return isAskedFor ? config : { ...config, logLevel: 'warn' };
}

/**
 * Stops the engine on a signal, also one that comes while it is starting. close-with-grace then
 * ends the process: with 0 after a signal, with 1 after an error that nobody caught.
 */
function stopOnSignal(stop: () => Promise<void>, context: CliContext) {
  return closeWithGrace({ delay: STOP_MS, logger: false }, async ({ err }) => {
    if (err !== undefined) {
      const { zh, en } = describeStartupError(err);
      context.printError(zh);
      context.printError(en);
    }
    await stop();
    context.print('引擎已停止 / the engine has stopped');
  });
}

async function stopIfStarted(starting: Promise<RunningEngine> | undefined): Promise<void> {
  const engine = await starting?.catch(() => undefined);
  await engine?.stop();
}
