import type { Advice } from '../../terminal-adapter/agent/advice.ts';
import type { Refusal } from '../../terminal-adapter/client/engine-result.ts';
import { CliError } from './cli-context.ts';

type Text = { readonly zh: string; readonly en: string };

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
