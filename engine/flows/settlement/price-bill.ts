import { selectCatalogue } from '../../../rules/catalogues/catalogue-registry.ts';
import { findItem, listedFields } from '../../../rules/catalogues/find-item.ts';
import { lineAmount } from '../../../rules/kernel/line-amount.ts';
import type { CarePlace } from '../../../rules/model/bill.ts';
import type { Catalogue, CatalogueItem, ListedLine } from '../../../rules/model/catalogue.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { parseFen } from '../../base/money/fen.ts';
import { daysBetween, isDay } from '../../base/time/calendar.ts';
import type { BillBody, BillLineBody } from '../../contract/bill.ts';
import type { Institution } from '../../ports/reference.ts';

/**
 * Checks the arithmetic of a bill and looks every item up. Payment class and limit come from the catalogue,
 * never from the terminal. An item without a code, or with an unknown one, is full own-pay.
 * @param dates `today`: business date; bills from the future or older than `daysMax` are refused
 */
export function priceBill(
  bill: BillBody,
  institution: Institution,
  catalogues: readonly Catalogue[],
  dates: { readonly today: string; readonly daysMax: number },
): Result<readonly ListedLine[], ErrorCode> {
  if (!isServiceDate(bill.serviceDate, dates.today, dates.daysMax))
    return fail('BILL_DATE_INVALID');
  const { region, carePlace } = institution;
  const { serviceDate } = bill;
  const catalogue = selectCatalogue(catalogues, { region, serviceDate });
  const lines: ListedLine[] = [];
  const lineNos = new Set<string>();
  let sum = 0n;
  for (const body of bill.lines) {
    const isListed = body.code !== null && catalogue !== undefined;
    const item = isListed ? findItem(catalogue, body.code, serviceDate) : undefined;
    const line = priceLine(body, carePlace, item);
    if (line === undefined) return fail('BILL_LINE_MISMATCH');
    if (lineNos.has(line.lineNo)) return fail('BILL_LINE_TWICE');
    lineNos.add(line.lineNo);
    lines.push(line);
    sum += line.amount;
  }
  if (parseFen(bill.totalAmount) !== sum) return fail('BILL_TOTAL_MISMATCH');
  return sum === 0n ? fail('BILL_EMPTY') : ok(lines);
}

/** The smallest product, in 10^-10 yuan, that rounds to more than the largest amount (10^14 fen). */
const PRODUCT_LIMIT = 10n ** 22n - 5n * 10n ** 7n;

function priceLine(
  body: BillLineBody,
  carePlace: CarePlace,
  item: CatalogueItem | undefined,
): ListedLine | undefined {
  const amount = parseFen(body.amount);
  const quantityE4 = scaledDecimal(body.quantity, 4);
  const priceE6 = scaledDecimal(body.unitPrice, 6);
  if (amount === undefined || quantityE4 === undefined || priceE6 === undefined) return undefined;
  if (quantityE4 === 0n || quantityE4 * priceE6 >= PRODUCT_LIMIT) return undefined;
  if (lineAmount(quantityE4, priceE6) !== amount) return undefined;
  const { lineNo } = body;
  if (item === undefined) {
    const code = undefined;
    return { lineNo, code, name: printable(body.name), quantityE4, priceE6, amount, ...notListed };
  }
  return { lineNo, code: item.code, quantityE4, priceE6, amount, ...listedFields(item, carePlace) };
}

/**
 * A name as it may be shown anywhere: what steers a screen, a printer or the direction of text becomes a
 * space. A refusal would send a patient away for it. Characters for private use stay: rare names need them.
 */
function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

/** Fields of an item that the catalogue does not have: full own-pay. */
const notListed = {
  selfPayE4: 10_000,
  priceLimitE6: undefined,
  itemClass: '03',
  chargeType: '14',
} as const;

/** "1.3975" with at most `decimals` decimals → integer scaled by 10^decimals. */
function scaledDecimal(text: string, decimals: number): bigint | undefined {
  const match = /^(0|[1-9]\d{0,9})(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return undefined;
  return BigInt((match[1] ?? '') + fraction.padEnd(decimals, '0'));
}

function isServiceDate(date: string, today: string, daysMax: number): boolean {
  // The usual case, checked without parsing.
  if (date === today) return true;
  return isDay(date) && date < today && daysBetween(date, today) <= daysMax;
}
