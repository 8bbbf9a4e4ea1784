import type { ErrorCode } from '../domain/errors/error-registry.ts';
import type { Result } from '../domain/errors/result.ts';
import { fail, ok } from '../domain/errors/result.ts';
import type { Fen } from '../domain/money/fen.ts';
import { addFen, parseFen, ZERO } from '../domain/money/fen.ts';
import type { Institution } from '../ports/reference.ts';
import type { PricedLine } from '../../rules/model/bill.ts';
import type { BillBody, BillLineBody } from './requests.ts';

/** What the catalogue of the care place says of an item on a day. */
export type CatalogueItem = {
  readonly name: string;
  readonly selfPayE4: number;
  readonly priceLimitE6: bigint | undefined;
  readonly itemClass: '01' | '02' | '03';
  readonly chargeType: string;
};

export type ItemCatalogue = {
  findItem(query: {
    readonly code: string;
    readonly institution: Institution;
    readonly date: string;
  }): CatalogueItem | undefined;
};

/**
 * Checks the arithmetic of a bill and looks every item up: what the item's payment class and limit are is
 * never taken from the terminal. An item without a code, or with one that the catalogue does not know, is
 * wholly own-pay.
 * @param today business date; bills from the future, or older than `daysMax`, are refused
 */
export function priceBill(
  bill: BillBody,
  institution: Institution,
  catalogue: ItemCatalogue,
  dates: { readonly today: string; readonly daysMax: number },
): Result<readonly PricedLine[], ErrorCode> {
  if (!isServiceDate(bill.serviceDate, dates.today, dates.daysMax)) return fail('BILL_DATE_INVALID');
  const lines: PricedLine[] = [];
  const lineNos = new Set<string>();
  let sum: Fen = ZERO;
  for (const body of bill.lines) {
    const line = priceLine(body, institution, catalogue, bill.serviceDate);
    if (line === undefined || lineNos.has(line.lineNo)) return fail('BILL_LINE_MISMATCH');
    lineNos.add(line.lineNo);
    lines.push(line);
    sum = addFen(sum, line.amount);
  }
  if (parseFen(bill.totalAmount) !== sum) return fail('BILL_TOTAL_MISMATCH');
  return sum === 0n ? fail('BILL_EMPTY') : ok(lines);
}

function priceLine(
  body: BillLineBody,
  institution: Institution,
  catalogue: ItemCatalogue,
  date: string,
): PricedLine | undefined {
  const amount = parseFen(body.amount);
  const quantityE4 = scaledDecimal(body.quantity, 4);
  const priceE6 = scaledDecimal(body.unitPrice, 6);
  if (amount === undefined || quantityE4 === undefined || priceE6 === undefined) return undefined;
  if (quantityE4 === 0n || productInFen(quantityE4, priceE6) !== amount) return undefined;
  const item =
    body.code === null ? undefined : catalogue.findItem({ code: body.code, institution, date });
  return {
    lineNo: body.lineNo,
    code: item === undefined ? undefined : (body.code ?? undefined),
    name: item?.name ?? body.name,
    quantityE4,
    priceE6,
    amount,
    selfPayE4: item?.selfPayE4 ?? 10_000,
    priceLimitE6: item?.priceLimitE6,
    itemClass: item?.itemClass ?? '03',
    chargeType: item?.chargeType ?? '14',
  };
}

/** cnt × pric, half up to the fen: 6 × 1.3975 = 8.385 → 8.39, as recorded outpatient bills have it. */
function productInFen(quantityE4: bigint, priceE6: bigint): bigint {
  const product = quantityE4 * priceE6; // yuan × 10^10, so fen × 10^8
  return (product + 50_000_000n) / 100_000_000n;
}

/** "1.3975" with at most `decimals` decimals → integer scaled by 10^decimals. */
function scaledDecimal(text: string, decimals: number): bigint | undefined {
  const match = /^(0|[1-9]\d{0,9})(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return undefined;
  return BigInt((match[1] ?? '') + fraction.padEnd(decimals, '0'));
}

function isServiceDate(date: string, today: string, daysMax: number): boolean {
  const day = Date.parse(`${date}T00:00:00Z`);
  const now = Date.parse(`${today}T00:00:00Z`);
  // Date.parse takes "2026-02-30" for some engines; the round trip shows whether the day exists.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return false;
  return day <= now && now - day <= daysMax * 86_400_000;
}
