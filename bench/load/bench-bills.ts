import { invariant } from '../../engine/domain/errors/result.ts';
import { addFen, formatFen, parseFen } from '../../engine/domain/money/fen.ts';
import { sandboxBills } from '../../engine/sandbox/data/bills.ts';
import type { CareType } from '../../rules/model/bill.ts';
import type { WireBill } from '../../terminal-adapter/client/wire.ts';

const LINES_MAX = 4;

/** Three lines at a pharmacy, or four at a health centre: real codes of the national catalogue. */
export function benchBill(careType: CareType, serviceDate: string): WireBill {
  const bill = sandboxBills.find((candidate) => candidate.careType === careType);
  invariant(bill !== undefined, 'the sandbox has a bill of each care type');
  const lines = bill.lines.slice(0, LINES_MAX).map(({ priceSource: _, ...line }) => line);
  const amounts = lines.map(({ amount }) => {
    const parsed = parseFen(amount);
    invariant(parsed !== undefined, 'amounts of sandbox bills are money');
    return parsed;
  });
  const totalAmount = formatFen(addFen(...amounts));
  return { careType, serviceDate, totalAmount, lines, diagnoses: bill.diagnoses };
}

/** One line without a code, which no fund pays: all of it is the patient's. */
export function ownPayBill(careType: CareType, serviceDate: string): WireBill {
  const amount = '26.90';
  const line = { lineNo: '1', code: null, name: '棉签', quantity: '1', unitPrice: amount, amount };
  return { careType, serviceDate, totalAmount: amount, lines: [line] };
}
