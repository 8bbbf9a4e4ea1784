/** An explanation as rows of a table; the caller formats it. */
import { formatFen } from '../../engine/base/money/fen.ts';
import type { Pack } from '../model/pack.ts';
import type { FundField } from '../model/pack-file-payers.ts';
import type { Split } from '../model/split.ts';
import {
  benefitLabel,
  type Language,
  nationalFieldLabels,
  payerLabel,
  stageLabels,
} from './labels.ts';
import { nationalFields } from './national-fields.ts';

export type Table = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

const HEAD = {
  zh: ['环节', '行', '支付方', '基数', '比例', '金额', '规则', '依据'],
  en: ['stage', 'line', 'payer', 'base', 'ratio', 'amount', 'rule', 'source'],
} as const;

/** One row per step, then one per benefit; amounts in yuan, the rule with its text. */
export function explainRows(pack: Pack, split: Split, language: Language): Table {
  const fields = fieldsByFundType(pack);
  const rows = split.steps.map((step) => [
    stageLabels[step.stage][language],
    step.lineNo ?? '',
    payerLabel(step.payer, fields, language),
    formatFen(step.base),
    step.ratio ?? '',
    formatFen(step.amount),
    `${step[language]} (${step.rule})`,
    step.source,
  ]);
  const benefits = (split.benefits ?? []).map((benefit) => [
    ...[benefitLabel[language], '', payerLabel('patient', fields, language), '', ''],
    formatFen(benefit.amount),
    `${benefit[language]} (${benefit.rule})`,
    benefit.source,
  ]);
  return { head: HEAD[language], rows: [...rows, ...benefits] };
}

/** The amounts by the national field names of a settlement reply (2207, 2304); yuan. */
export function nationalRows(split: Split, language: Language): Table {
  const head = language === 'zh' ? ['接口字段', '含义', '金额'] : ['field', 'meaning', 'amount'];
  const rows = Object.entries(nationalFields(split)).map(([field, amount]) => [
    field,
    nationalFieldLabels[field]?.[language] ?? '',
    amount,
  ]);
  return { head, rows };
}

function fieldsByFundType(pack: Pack): ReadonlyMap<string, FundField> {
  return new Map(pack.file.payers.map(({ fundType, field }) => [fundType, field]));
}
