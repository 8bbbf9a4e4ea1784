import { formatFen } from '../../engine/base/money/fen.ts';
import { findItem, NO_LIMIT_E6, priceLimitAt, selfPayAt } from '../catalogues/find-item.ts';
import { lineAmount } from '../kernel/line-amount.ts';
import { type Problem, shortJson } from '../kernel/problem.ts';
import type { CarePlace, Insured, PricedLine } from '../model/bill.ts';
import type { Catalogue, CatalogueItem } from '../model/catalogue.ts';
import type { BillLineFile } from './bill-file.ts';
import { parseYuan, scaled } from './decimal-text.ts';

/** An assumption made where the bill lacks a value, or a name that nothing uses. */
export type Notice = { readonly path: string; readonly zh: string; readonly en: string };

export type LinesToRead = {
  readonly lines: readonly BillLineFile[];
  readonly carePlace: CarePlace;
  readonly insured: Insured;
  /** Selects the row of the catalogue. */
  readonly serviceDate: string;
  readonly catalogue: Catalogue | undefined;
  /** Problems found are added here. */
  readonly problems: Problem[];
};

const ALL = 10_000;
/** The first product, in 10^-10 yuan, that rounds up to more than an amount can be (10^14 fen). */
const PRODUCT_LIMIT = 10n ** 22n - 5n * 10n ** 7n;

/** Prices the lines of a bill file, with a notice for each line whose own-pay share is unknown. */
export function readLines(bill: LinesToRead): {
  readonly lines: readonly PricedLine[];
  readonly notices: readonly Notice[];
} {
  const { lines, catalogue, problems } = bill;
  const lineNos = new Set<string>();
  const notices: Notice[] = [];
  const priced = lines.map((file, index) => {
    const path = `lines[${index}]`;
    const lineNo = file.lineNo ?? String(index + 1);
    if (lineNos.has(lineNo))
      problems.push({
        path: `${path}.lineNo`,
        value: shortJson(lineNo),
        rule: 'stands twice',
        zh: '出现两次',
      });
    lineNos.add(lineNo);
    const item =
      file.code === undefined || catalogue === undefined
        ? undefined
        : findItem(catalogue, file.code, bill.serviceDate);
    const notice = findNotice(file, item, path);
    if (notice !== undefined) notices.push(notice);
    problems.push(...lineProblems(file, path));
    return priceLine({ ...file, lineNo }, item, bill);
  });
  return { lines: priced, notices };
}

function lineProblems(file: BillLineFile, path: string): readonly Problem[] {
  const { quantity, unitPrice, amount, code, ownPayShare } = file;
  const problems: Problem[] = [];
  const [quantityE4, priceE6] = [scaled(quantity, 4), scaled(unitPrice, 6)];
  if (quantityE4 === 0n)
    problems.push({
      path: `${path}.quantity`,
      value: shortJson(quantity),
      rule: 'must not be zero',
      zh: '不得为零',
    });
  if (quantityE4 * priceE6 >= PRODUCT_LIMIT) {
    const words = {
      rule: `${quantity} × ${unitPrice} is more than an amount can be`,
      zh: `${quantity} × ${unitPrice} 超过金额上限`,
    };
    problems.push({ path: `${path}.unitPrice`, value: shortJson(unitPrice), ...words });
  } else if (lineAmount(quantityE4, priceE6) !== parseYuan(amount)) {
    const due = formatFen(lineAmount(quantityE4, priceE6));
    const words = {
      rule: `must be ${quantity} × ${unitPrice} = ${due}, half a fen up`,
      zh: `须为 ${quantity} × ${unitPrice} = ${due}（半分进位）`,
    };
    problems.push({ path: `${path}.amount`, value: shortJson(amount), ...words });
  }
  if (code === undefined && ownPayShare !== undefined && scaled(ownPayShare, 4) !== BigInt(ALL)) {
    const words = {
      rule: 'an item without a national code is all own-pay: give its code, or leave this out',
      zh: '没有国家医保编码的项目全部自费：请填写编码，或去掉此项',
    };
    problems.push({ path: `${path}.ownPayShare`, value: shortJson(ownPayShare), ...words });
  }
  return problems;
}

function priceLine(
  file: BillLineFile & { readonly lineNo: string },
  item: CatalogueItem | undefined,
  { carePlace, insured }: LinesToRead,
): PricedLine {
  const isKnown = file.ownPayShare !== undefined || item !== undefined;
  const listed = item === undefined ? ALL : selfPayAt(item, insured, carePlace);
  const selfPayE4 = file.ownPayShare === undefined ? listed : Number(scaled(file.ownPayShare, 4));
  return {
    lineNo: file.lineNo,
    code: isKnown ? file.code : undefined,
    name: file.name,
    quantityE4: scaled(file.quantity, 4),
    priceE6: scaled(file.unitPrice, 6),
    amount: parseYuan(file.amount),
    selfPayE4,
    priceLimitE6: readPriceLimit(file, item, carePlace),
    itemClass: file.class ?? item?.itemClass ?? classByShare(selfPayE4),
    chargeType: file.chargeType ?? item?.chargeType ?? '14',
  };
}

function readPriceLimit(
  { priceLimit }: BillLineFile,
  item: CatalogueItem | undefined,
  carePlace: CarePlace,
): bigint | undefined {
  if (priceLimit === undefined)
    return item === undefined ? undefined : priceLimitAt(item, carePlace);
  const limit = scaled(priceLimit, 6);
  return limit < NO_LIMIT_E6 ? limit : undefined;
}

function classByShare(selfPayE4: number): PricedLine['itemClass'] {
  if (selfPayE4 === 0) return '01';
  return selfPayE4 === ALL ? '03' : '02';
}

function findNotice(
  { code, name, ownPayShare }: BillLineFile,
  item: CatalogueItem | undefined,
  path: string,
): Notice | undefined {
  if (ownPayShare !== undefined || item !== undefined) return undefined;
  if (code === undefined) {
    return {
      path,
      zh: `「${name}」没有国家医保编码，按全自费计算`,
      en: `"${name}" has no national code and counts as all own-pay`,
    };
  }
  return {
    path: `${path}.code`,
    zh: `编码 ${code}（${name}）不在目录中，账单也未给出自付比例，按全自费计算`,
    en: `${code} (${name}) is not in the catalogue, and the line gives no own-pay share: all own-pay`,
  };
}
