import type { Advice } from '../../terminal-adapter/agent/advice.ts';
import type { Refusal } from '../../terminal-adapter/client/engine-result.ts';
import type { Readiness } from '../contract/health.ts';
import type { CliContext } from './cli-context.ts';
import { CliError } from './cli-context.ts';

type Text = { readonly zh: string; readonly en: string };

/** Prints a text on stderr, a line in each language. */
export function printErrorText({ printError }: CliContext, { zh, en }: Text): void {
  printError(zh);
  printError(en);
}

/** A refusal with its code and the advice for the cashier, one line per language. */
export function formatRefusal({ code, message, cashier }: Refusal): Text {
  return {
    zh: [`${message?.zh ?? '未受理'}（${code}）`, cashier?.zh].filter(Boolean).join('；'),
    en: [`${message?.en ?? 'Refused'} (${code})`, cashier?.en].filter(Boolean).join('; '),
  };
}

/** The error when no engine answers, or none with a valid signature. */
export function unreachable(url: string): CliError {
  return new CliError({
    zh: `引擎没有应答：${url}；请先运行 npm start，或用 --url 指定地址`,
    en: `No engine answers at ${url}; run npm start first, or name another with --url`,
  });
}

/** The error when an engine runs there, but gives no answer to believe: it says why, if it can. */
export async function notReady(url: string): Promise<CliError> {
  const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
  const health = (await ready?.json().catch(() => undefined)) as Partial<Readiness> | undefined;
  if (health?.ready !== false) {
    return new CliError({
      zh: `引擎没有给出可信的应答：${url}；请稍后重试，或检查地址与密钥`,
      en: `The engine at ${url} gave no answer that can be believed; try again, or check address and keys`,
    });
  }
  return new CliError({
    zh: `引擎在运行，但数据库不可用：${url}；未扣款，请恢复数据库后重试`,
    en: `The engine at ${url} runs, but its database is away: nothing was charged; try again when it is back`,
  });
}

/** The text for an open outcome: what the cashier does, and by which key or settlement it is found. */
export function formatUnknown(outcome: Advice & OpenOperation): Text {
  const { requestKey, settlementId } = outcome;
  const { zh, en } = formatRefusal(outcome);
  const [known, named] =
    settlementId === undefined
      ? [`请求号 ${requestKey}`, `key ${requestKey}`]
      : [
          `结算单号 ${settlementId}，请求号 ${requestKey}`,
          `settlement ${settlementId}, key ${requestKey}`,
        ];
  return { zh: `${zh}（${known}）`, en: `${en} (${named})` };
}

type OpenOperation = { readonly requestKey: string; readonly settlementId?: string };
