import { invariant } from '../../engine/base/errors/result.ts';
import { addFen, formatFen, parseFen } from '../../engine/base/money/fen.ts';
import type { BillBody } from '../../engine/contract/bill.ts';
import { sandboxBills } from '../../engine/sandbox/data/bills.ts';
import type { CareType } from '../../rules/model/bill.ts';

const LINES = 4;

/**
 * Three lines at a pharmacy, or four at a health centre, or as many as asked for: real codes of the national
 * catalogue, which come again when a long bill has more lines than the sandbox's.
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

/** One line without a code, which no fund pays: all of it is the patient's. */
export function ownPayBill(careType: CareType, serviceDate: string): BillBody {
  const amount = '26.90';
  const line = { lineNo: '1', code: null, name: '棉签', quantity: '1', unitPrice: amount, amount };
  return { careType, serviceDate, totalAmount: amount, lines: [line] };
}
