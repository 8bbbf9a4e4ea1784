import type { Command } from 'commander';
import { faultKinds } from '../../sandbox/bank-host/fault-plan.ts';
import { askControl } from '../../sandbox/control/ask-control.ts';
import type { BankBalance, ControlAnswer } from '../../sandbox/control/control-protocol.ts';
import { bankOperations, isControlRequest } from '../../sandbox/control/control-protocol.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import { sandboxConfig } from './seed.ts';

type FaultOptions = {
  readonly on: string;
  readonly kind: string;
  readonly times: string;
  readonly delay: string;
  readonly code: string;
};

/** `yikatong bank …`: injects faults into the bank of a running sandbox, or reads its books. */
export function addBank(program: Command, context: CliContext): void {
  const bank = program
    .command('bank')
    .description('指挥沙盒银行（须先运行 npm start）/ command the bank of a running sandbox');
  bank
    .command('misbehave')
    .description(
      '让银行出错，演示未知结果与冲正 / let the bank fail, to see unknown outcomes and reversals',
    )
    .requiredOption('--on <request>', `请求 / which requests: ${bankOperations.join(', ')}`)
    .requiredOption('--kind <kind>', `故障 / what goes wrong: ${faultKinds.join(', ')}`)
    .option('--times <count>', '次数 / how many requests', '1')
    .option('--delay <ms>', 'slow、late 的延迟毫秒数 / ms, for slow and late', '0')
    .option(
      '--code <code>',
      'decline、approve-with 的应答码（域39）/ response code, for declines and approve-with',
      '05',
    )
    .action(async (options: FaultOptions) => {
      await ask(context, readFaultOrder(options));
      const { on, kind, times } = options;
      context.print(`银行将出错 / the bank will misbehave: ${on}, ${kind}, ×${times}`);
    });
  bank
    .command('calm')
    .description('让银行恢复正常 / let the bank behave again')
    .action(async () => {
      await ask(context, { do: 'calm' });
      context.print('银行已恢复正常 / the bank behaves');
    });
  bank
    .command('balance')
    .description("查询测试人员的金融账户 / look at a person's bank account")
    .requiredOption('--person <id>', '人员 / who')
    .action(async ({ person }: { readonly person: string }) => {
      const { balance } = await ask(context, { do: 'balance', person });
      if (balance !== undefined) printBalance(context, balance);
    });
}

function readFaultOrder({ on, kind, times, delay, code }: FaultOptions): unknown {
  return {
    do: 'inject-fault',
    on,
    kind,
    times: wholeNumber(times),
    delayMs: wholeNumber(delay),
    code,
  };
}

/** A text that is no whole number stays text, which the schema refuses. */
function wholeNumber(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

type Done = Extract<ControlAnswer, { outcome: 'done' }>;

async function ask(context: CliContext, request: unknown): Promise<Done> {
  const { dataDir } = sandboxConfig(context);
  if (!isControlRequest(request)) {
    throw new CliError({
      zh: '参数不正确；可用的值见 yikatong bank misbehave --help（次数 1 至 1000000，延迟 0 至 600000 毫秒，应答码两位）',
      en: 'An option has a value that is not allowed; see yikatong bank misbehave --help (times 1 to 1000000, delay 0 to 600000 ms, a code of two characters)',
    });
  }
  const answer = await askControl(dataDir, request);
  if (answer?.outcome === 'done') return answer;
  throw answer === undefined ? notRunning(dataDir) : new CliError(reasons[answer.reason]);
}

const reasons: Readonly<
  Record<Extract<ControlAnswer, { outcome: 'refused' }>['reason'], { zh: string; en: string }>
> = {
  malformed: {
    zh: '沙盒不理解该命令；请确认命令与运行中的引擎版本一致',
    en: 'The sandbox does not understand this command; is the running engine of the same version?',
  },
  'not-allowed': {
    zh: '沙盒已重新启动；请再试一次',
    en: 'The sandbox was started anew meanwhile; try again',
  },
  'unknown-person': {
    zh: '没有该测试人员；可用的人员见 npm run yikatong -- sell --help',
    en: 'There is no such person; npm run yikatong -- sell --help names them',
  },
};

function notRunning(dataDir: string): CliError {
  return new CliError({
    zh: `目录 ${dataDir} 上没有运行中的沙盒；请先运行 npm start（不设 YIKATONG_BANK_HOST）`,
    en: `No sandbox runs on the folder ${dataDir}; run npm start first (without YIKATONG_BANK_HOST)`,
  });
}

function printBalance(context: CliContext, { balance, status, pinTriesLeft }: BankBalance): void {
  context.print(`${balance}  金融账户余额 / balance of the bank account`);
  context.print(`${status}  卡状态 / card`);
  context.print(`${pinTriesLeft}  剩余密码次数 / PIN tries left`);
}
