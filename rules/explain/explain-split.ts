/** Says in words who pays what and why, for the cashier's screen and the receipt's back side. */
import { type Fen, formatFen } from '../../engine/domain/money/fen.ts';
import type { Split, SplitStep } from '../model/split.ts';

export type Language = 'zh' | 'en';

/** "第2行 先行自付：78.00 × 10% = 7.80 元（规则 …；依据 …）". */
function explainStep(step: SplitStep, language: Language): string {
  const { lineNo, base, ratio, amount, rule, source } = step;
  const sum =
    ratio === undefined
      ? formatFen(amount)
      : `${formatFen(base)} × ${ratio} = ${formatFen(amount)}`;
  if (language === 'zh') {
    const line = lineNo === undefined ? '' : `第${lineNo}行 `;
    return `${line}${step.zh}：${sum} 元（规则 ${rule}；依据 ${source}）`;
  }
  const line = lineNo === undefined ? '' : `Line ${lineNo}: `;
  return `${line}${step.en}: ${sum} yuan (rule ${rule}; source: ${source})`;
}

function summary(split: Split, language: Language): string {
  const parts: readonly (readonly [string, string, Fen])[] = [
    ['基金支付', 'funds', split.fundTotal],
    ['个人账户支付', 'personal account', split.accountPay],
    ['个人支付', 'patient', split.patientPay],
  ];
  const words = parts.map(
    ([zh, en, amount]) => `${language === 'zh' ? zh : en} ${formatFen(amount)}`,
  );
  return language === 'zh'
    ? `总费用 ${formatFen(split.total)} 元 = ${words.join(' + ')}`
    : `Total ${formatFen(split.total)} yuan = ${words.join(' + ')}`;
}

/**
 * One readable line for the sum, then one for each step in the order of the rules. Amounts in yuan.
 */
export function explainSplit(split: Split, language: Language): string[] {
  return [summary(split, language), ...split.steps.map((step) => explainStep(step, language))];
}
