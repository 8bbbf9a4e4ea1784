import type { PricedLine } from '../../../rules/model/bill.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, fen, formatFen } from '../../base/money/fen.ts';
import type { BillWarning } from './settlement.ts';

/**
 * The most that a bill and one line of it may cost without a supervisor's confirmation, by the beginning of
 * the care type. A slipped decimal point is no matter of policy, so it stands in the settings, not in packs.
 */
export type Ceiling = { readonly careType: string; readonly bill: Fen; readonly line: Fen };

/** One entry of the setting: care type, yuan for the bill, yuan for a line. */
const ENTRY = '(\\d{2,6})=([1-9]\\d{0,8})/([1-9]\\d{0,8})';

/**
 * Far above what is usual and far below a slip of two digits: outpatient, pharmacy, chronic and special
 * disease (radiotherapy, dialysis and cancer drugs are dear), in yuan for the bill and for a line.
 */
const DEFAULTS = '11=20000/10000,41=10000/5000,14=100000/50000';

/**
 * The ceilings of the setting ("41=8000/4000,14=…"); care types that it does not name keep their default.
 * @param text undefined: the defaults
 */
export function parseCeilings(text: string | undefined): readonly Ceiling[] {
  const byCareType = new Map<string, Ceiling>();
  for (const entry of `${DEFAULTS},${text ?? ''}`.matchAll(new RegExp(ENTRY, 'g'))) {
    const [, careType = '', bill = '0', line = '0'] = entry;
    byCareType.set(careType, { careType, bill: yuan(bill), line: yuan(line) });
  }
  return [...byCareType.values()];
}

function yuan(whole: string): Fen {
  return fen(BigInt(whole) * 100n);
}

/** What of a bill is above its ceiling. */
export type AboveCeiling = {
  readonly ceiling: Ceiling;
  readonly total: Fen;
  /** Lines above the ceiling of a line; none: only the total is. */
  readonly lineNos: readonly string[];
};

/** Undefined: nothing is above, or the care type has no ceiling. The longest matching beginning counts. */
export function findAboveCeiling(
  bill: {
    readonly careType: string;
    readonly lines: readonly Pick<PricedLine, 'lineNo' | 'amount'>[];
  },
  ceilings: readonly Ceiling[],
): AboveCeiling | undefined {
  const [ceiling] = ceilings
    .filter(({ careType }) => bill.careType.startsWith(careType))
    .toSorted((a, b) => b.careType.length - a.careType.length);
  if (ceiling === undefined) return undefined;
  const total = addFen(...bill.lines.map(({ amount }) => amount));
  const lineNos = bill.lines
    .filter(({ amount }) => amount > ceiling.line)
    .map((line) => line.lineNo);
  return total > ceiling.bill || lineNos.length > 0 ? { ceiling, total, lineNos } : undefined;
}

/** The warning that quote, settlement and receipt carry. */
export function ceilingWarning({ ceiling, total, lineNos }: AboveCeiling): BillWarning {
  const [bill, line] = [formatFen(ceiling.bill), formatFen(ceiling.line)];
  const isTotal = total > ceiling.bill;
  return {
    check: 'ceiling',
    lineNos,
    zh: isTotal
      ? `单据金额 ${formatFen(total)} 元超过 ${bill} 元，须经主管确认`
      : `单项金额超过 ${line} 元，须经主管确认`,
    en: isTotal
      ? `The bill of ${formatFen(total)} is above ${bill}; a supervisor confirms it`
      : `A line is above ${line}; a supervisor confirms it`,
    source: '收费系统金额上限 / ceilings of the settings',
  };
}

/** For a refusal's detail. */
export function describeAbove({ ceiling, total, lineNos }: AboveCeiling): string {
  const lines =
    lineNos.length === 0 ? '' : `, lines ${lineNos.join(', ')} above ${formatFen(ceiling.line)}`;
  return `total ${formatFen(total)}, ceiling ${formatFen(ceiling.bill)}${lines}`;
}
