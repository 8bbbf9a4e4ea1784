/**
 * Explains in words who pays what and why, for the cashier's screen and the back of the receipt.
 */
import { type Fen, formatFen } from '../../engine/base/money/fen.ts';
import type { Pack } from '../model/pack.ts';
import type { Benefit, Split, SplitStep } from '../model/split.ts';
import type { Language } from './labels.ts';

/**
 * The pack's id and name, and how many of its values are not verified. Every form of an explanation
 * begins with it.
 */
export function explainPack(pack: Pack, language: Language): readonly string[] {
  const { id, name, unverified } = pack;
  if (language === 'zh') {
    const doubt = `注意：该规则包有 ${unverified} 项数值未经核实，逐步标注于依据中`;
    return [`规则包 ${id} ${name.zh}`, ...(unverified === 0 ? [] : [doubt])];
  }
  const values =
    unverified === 1 ? '1 value of this pack is' : `${unverified} values of this pack are`;
  const doubt = `Note: ${values} not verified; marked in the sources of the steps`;
  return [`Pack ${id} ${name.en}`, ...(unverified === 0 ? [] : [doubt])];
}

/** "第2行 先行自付：78.00 × 10% = 7.80 元（规则 …；依据 …）". */
function explainStep(step: SplitStep, language: Language): string {
  const { lineNo, printedSelfPay, rule, source } = step;
  const sum = moneyText(step, language);
  const printed = printedSelfPay === undefined ? '' : formatFen(printedSelfPay);
  if (language === 'zh') {
    const line = lineNo === undefined ? '' : `第${lineNo}行 `;
    const self = printed === '' ? '' : `，单列自付 ${printed}`;
    return `${line}${step.zh}${sum === '' ? '' : `：${sum}`}${self}（规则 ${rule}；依据 ${source}）`;
  }
  const line = lineNo === undefined ? '' : `Line ${lineNo}: `;
  const self = printed === '' ? '' : `, self-pay printed as ${printed}`;
  return `${line}${step.en}${sum === '' ? '' : `: ${sum}`}${self} (rule ${rule}; source: ${source})`;
}

/**
 * The money of a step: "78.00 × 10% = 7.80 元"; of a modifier the ratio, of a cap the unpaid rest.
 */
function moneyText({ stage, base, ratio, amount }: SplitStep, language: Language): string {
  const unit = language === 'zh' ? ' 元' : ' yuan';
  if (stage === 'waiver' || stage === 'no-choice') return '';
  if (stage === 'modifier') return changeText(ratio ?? '', language);
  if (stage === 'cap') {
    const beyond = `${formatFen(amount)}${unit}`;
    return language === 'zh' ? `未支付 ${beyond}` : `${beyond} left unpaid`;
  }
  if (ratio === undefined) return `${formatFen(amount)}${unit}`;
  return `${formatFen(base)} × ${ratio} = ${formatFen(amount)}${unit}`;
}

/** What a modifier does to the ratio in words: "+5%" adds points, which is not five percent more. */
function changeText(change: string, language: Language): string {
  const isZh = language === 'zh';
  const ownShare = /^1−\(1−r\)×(.*)$/.exec(change)?.[1];
  if (ownShare !== undefined) return `${isZh ? '自付比例' : 'own share'} × ${ownShare}`;
  if (change.startsWith('×')) return `${isZh ? '支付比例' : 'ratio'} × ${change.slice(1)}`;
  const [, sign, points] = /^([+−])(.*)%$/.exec(change) ?? [];
  if (points === undefined) return change;
  if (!isZh) return `${sign}${points} percentage points`;
  return `${sign === '+' ? '提高' : '降低'} ${points} 个百分点`;
}

/** "总费用 100.00 元 = 基金支付 70.00 + …". Rare payers are listed only when they pay. */
function summary(split: Split, language: Language): string {
  const always: readonly (readonly [string, string, Fen])[] = [
    ['基金支付', 'funds', split.fundTotal],
    ['个人账户支付', 'personal account', split.accountPay],
    ['个人支付', 'patient', split.patientPay],
  ];
  const rare: readonly (readonly [string, string, Fen])[] = [
    ['医院等其他支付', 'hospital and others', split.otherTotal],
    ['共济账户支付', 'family account', split.familyPay],
  ];
  const parts = [...always, ...rare.filter(([, , amount]) => amount !== 0n)];
  const words = parts.map(
    ([zh, en, amount]) => `${language === 'zh' ? zh : en} ${formatFen(amount)}`,
  );
  return language === 'zh'
    ? `总费用 ${formatFen(split.total)} 元 = ${words.join(' + ')}`
    : `Total ${formatFen(split.total)} yuan = ${words.join(' + ')}`;
}

/**
 * The pack, one line for the sum, one line per step in the order of the rules, then the benefits. Amounts in
 * yuan.
 */
export function explainSplit(pack: Pack, split: Split, language: Language): readonly string[] {
  return [
    ...explainPack(pack, language),
    summary(split, language),
    ...split.steps.map((step) => explainStep(step, language)),
    ...imbalance(split, language),
    ...(split.benefits ?? []).map((benefit) => explainBenefit(benefit, language)),
  ];
}

/** "另行发给个人：生育津贴 12000.00 元（规则 …；依据 …）": no part of the bill. */
function explainBenefit(benefit: Benefit, language: Language): string {
  const { rule, source } = benefit;
  const amount = formatFen(benefit.amount);
  return language === 'zh'
    ? `另行发给个人：${benefit.zh} ${amount} 元（规则 ${rule}；依据 ${source}）`
    : `Paid to the person beside the bill: ${benefit.en} ${amount} yuan (rule ${rule}; source: ${source})`;
}

function imbalance({ imbalance: fen }: Split, language: Language): readonly string[] {
  if (fen === 0n) return [];
  return language === 'zh'
    ? [`各方单独取整，单列金额之和与总额相差 ${fen} 分；以上支付金额之和等于总额`]
    : [`Every party is rounded by itself: the printed figures differ from the sum by ${fen} fen`];
}
