/** An explanation as rows of a table; who prints it decides about frames and widths. */
import { type Fen, formatFen } from '../../engine/domain/money/fen.ts';
import type { Pack } from '../model/pack.ts';
import type { FundField } from '../model/pack-file.ts';
import type { Split } from '../model/split.ts';
import { type Language, nationalFieldLabels, payerLabel, stageLabels } from './labels.ts';
import { nationalFields } from './national-fields.ts';

export type Table = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

const HEAD = {
  zh: ['环节', '行', '支付方', '基数', '比例', '金额', '规则', '依据'],
  en: ['stage', 'line', 'payer', 'base', 'ratio', 'amount', 'rule', 'source'],
} as const;

/** One row for each step; amounts in yuan, the rule with its words. */
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
  return { head: HEAD[language], rows };
}

/** The amounts by their national names, as a settlement reply (2207, 2304) carries them; yuan. */
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

/** The whole explanation as data for JSON: amounts in yuan as text. */
export function explainData(pack: Pack, split: Split): Readonly<Record<string, unknown>> {
  const { steps, lines, funds, accumulatorChanges } = split;
  return {
    pack: { id: pack.id, name: pack.name, unverified: pack.unverified },
    nationalFields: nationalFields(split),
    funds: funds.map((fund) => ({ ...fund, amount: formatFen(fund.amount) })),
    imbalanceFen: Number(split.imbalance),
    lines: lines.map(yuanTexts),
    steps: steps.map(yuanTexts),
    accumulatorChanges: Object.fromEntries(
      [...accumulatorChanges].map(([name, change]) => [name, changeText(pack, name, change)]),
    ),
  };
}

/** Bigints, which are fen here, as yuan. */
function yuanTexts(record: object): Readonly<Record<string, unknown>> {
  const entries = Object.entries(record).map(([key, value]): [string, unknown] => [
    key,
    typeof value === 'bigint' ? formatFen(value as Fen) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Admissions are counted, the rest is money. */
function changeText(pack: Pack, name: string, change: Fen): string | number {
  return name === pack.file.accumulators.admissions ? Number(change) : formatFen(change);
}
