import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { PricedLine } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { FundShare, Split } from '../../../rules/model/split.ts';
import type { Fen } from '../money/fen.ts';
import { addFen, fen, ZERO } from '../money/fen.ts';
import type { Settlement } from './settlement.ts';

/** What goes back, each amount ≥ 0. */
export type AmountsBack = {
  readonly funds: readonly FundShare[];
  readonly total: Fen;
  readonly fundTotal: Fen;
  readonly accountPay: Fen;
  readonly patientPay: Fen;
  readonly accumulatorChanges: ReadonlyMap<string, Fen>;
};

/** The lines that neither went back before nor are in `without`. */
export function remainingLines(
  settlement: Settlement,
  without: readonly string[],
): readonly PricedLine[] {
  const gone = new Set([...settlement.refundedLines, ...without]);
  return settlement.input.lines.filter((line) => !gone.has(line.lineNo));
}

/** The split of the lines that stand now, less the split of those that stay. Undefined if anybody would have to pay more. */
export function amountsBack(
  settlement: Settlement,
  pack: Pack,
  lines: readonly string[],
): AmountsBack | undefined {
  const { input } = settlement;
  const now = splitBill(pack, { ...input, lines: remainingLines(settlement, []) });
  const staying = remainingLines(settlement, lines);
  const then = staying.length === 0 ? undefined : splitBill(pack, { ...input, lines: staying });
  const less = (name: 'total' | 'fundTotal' | 'accountPay' | 'patientPay'): Fen =>
    fen(now[name] - (then?.[name] ?? ZERO));
  const funds = now.funds.map((share) => ({
    ...share,
    amount: fen(share.amount - fundAmount(then, share)),
  }));
  const back: AmountsBack = {
    funds,
    total: less('total'),
    fundTotal: less('fundTotal'),
    accountPay: less('accountPay'),
    patientPay: less('patientPay'),
    accumulatorChanges: new Map(
      [...now.accumulatorChanges].map(([name, amount]) => [
        name,
        fen(amount - (then?.accumulatorChanges.get(name) ?? ZERO)),
      ]),
    ),
  };
  const fundSum = addFen(...funds.map((share) => share.amount));
  if (fundSum !== back.fundTotal) return undefined;
  const amounts = [
    back.total,
    back.accountPay,
    back.patientPay,
    ...funds.map((share) => share.amount),
  ];
  return amounts.every((amount) => amount >= 0n) ? back : undefined;
}

function fundAmount(split: Split | undefined, share: FundShare): Fen {
  const same = split?.funds.find(
    (known) => known.fundType === share.fundType && known.field === share.field,
  );
  return same?.amount ?? ZERO;
}
