import { invariant } from '../../engine/base/errors/result.ts';
import { addFen, formatFen, parseFen } from '../../engine/base/money/fen.ts';
import type { BillBody } from '../../engine/contract/bill.ts';
import { sandboxBills } from '../../engine/sandbox/data/bills.ts';
import type { CareType } from '../../rules/model/bill.ts';

const LINES = 4;

/**
 * A bill of three lines at a pharmacy or four at a health centre, or of `count` lines, with codes of the
 * national catalogue. A longer bill repeats the lines of the sandbox's bill.
 */
export function benchBill(careType: CareType, serviceDate: string, count?: number): BillBody {
  const bill = sandboxBills.find((candidate) => candidate.careType === careType);
  invariant(bill !== undefined, 'the sandbox has a bill of each care type');
  const wanted = count ?? Math.min(LINES, bill.lines.length);
  const lines = Array.from({ length: wanted }, (_, i) => {
    const line = bill.lines[i % bill.lines.length];
    invariant(line !== undefined, 'a sandbox bill has lines');
    const { priceSource: _source, ...rest } = line;
    return { ...rest, lineNo: String(i + 1) };
  });
  const amounts = lines.map(({ amount }) => {
    const parsed = parseFen(amount);
    invariant(parsed !== undefined, 'amounts of sandbox bills are money');
    return parsed;
  });
  const totalAmount = formatFen(addFen(...amounts));
  return { careType, serviceDate, totalAmount, lines, diagnoses: bill.diagnoses };
}

/** A bill of one line without a code: no fund pays it, so the patient pays all of it. */
export function ownPayBill(careType: CareType, serviceDate: string): BillBody {
  const amount = '26.90';
  const line = { lineNo: '1', code: null, name: '棉签', quantity: '1', unitPrice: amount, amount };
  return { careType, serviceDate, totalAmount: amount, lines: [line] };
}
