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

/** No engine, or none that this terminal may believe. */
export function unreachable(url: string): CliError {
  return new CliError({
    zh: `引擎没有应答：${url}；请先运行 npm start，或用 --url 指定地址`,
    en: `No engine answers at ${url}; run npm start first, or name another with --url`,
  });
}

/** The outcome is open: the one thing a cashier must not do is to sell again. */
export function formatUnknown(requestKey: string): Text {
  return {
    zh: `结果尚未确定，请勿重复收款，请稍后查询（请求号 ${requestKey}）`,
    en: `The outcome is not known yet; do not collect again, enquire later (key ${requestKey})`,
  };
}
