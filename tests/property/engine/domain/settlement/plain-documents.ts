/**
 * The public documents as plain objects, member by member: what the texts that the engine writes are compared
 * with. Slow and easy to read.
 */

import type { Fen } from '../../../../../engine/base/money/fen.ts';
import { fen, formatFen, ZERO } from '../../../../../engine/base/money/fen.ts';
import { isoTime } from '../../../../../engine/base/time/calendar.ts';
import type { QuoteDocument } from '../../../../../engine/contract/quote.ts';
import type { SettlementDocument } from '../../../../../engine/contract/settlement.ts';
import type { LineShare } from '../../../../../engine/contract/split.ts';
import type { BankLeg } from '../../../../../engine/domain/leg/bank-leg.ts';
import type { Refund } from '../../../../../engine/domain/refund/refund.ts';
import type { Explained, Outcome } from '../../../../../engine/domain/request/answer.ts';
import type {
  BillWarning,
  Settlement,
  SettlementAmounts,
  SettlementState,
  TenderKind,
} from '../../../../../engine/domain/settlement/settlement.ts';
import { nationalFields } from '../../../../../rules/explain/national-fields.ts';
import type { PricedLine } from '../../../../../rules/model/bill.ts';
import type { Pack } from '../../../../../rules/model/pack.ts';
import type { LineSplit, SplitStep } from '../../../../../rules/model/split.ts';

const outcomeOf: { readonly [S in SettlementState]: Outcome } = {
  reserved: 'unknown',
  reversing: 'unknown',
  released: 'declined',
  posted: 'approved',
  refunding: 'approved',
  refunded: 'approved',
};

type AnsweredLeg = BankLeg & { readonly issuerAuthData?: string | undefined };

/** The settlement as the public sees it, now: outcome, parts, policy, lines, steps, bank, refunds. */
export function plainSettlement(
  settlement: Settlement,
  explained: Explained,
  legs: readonly AnsweredLeg[],
  refunds: readonly Refund[],
): SettlementDocument {
  const sale = legs.find((leg) => leg.legNo === 0);
  return {
    outcome: outcomeOf[settlement.state],
    settlementId: settlement.id,
    requestKey: settlement.requestKey,
    state: settlement.state,
    acceptedAt: isoTime(settlement.acceptedAt),
    businessDate: settlement.businessDate,
    institution: settlement.institution,
    terminalId: settlement.terminalId,
    careType: settlement.careType,
    careRegion: settlement.careRegion,
    insuredRegion: settlement.insuredRegion,
    ...splitDocument(explained, settlement),
    accountBalance: formatFen(settlement.balanceAfter),
    bank: sale === undefined ? null : bankDocument(sale),
    refunds: refunds.map(refundSummary),
  };
}

/** Answer of a quote: the same numbers that a settlement of the same facts gives; nothing has moved. */
export function plainQuote(
  explained: Explained,
  lines: readonly PricedLine[],
  warnings: readonly BillWarning[],
): QuoteDocument {
  const bill = { input: { lines }, warnings, tender: 'cash', refundedLines: [] } as const;
  return { outcome: 'quote', ...splitDocument(explained, bill) };
}

type DocumentedBill = Pick<Settlement, 'tender' | 'warnings' | 'refundedLines'> & {
  readonly input: Pick<Settlement['input'], 'lines'>;
};

function splitDocument({ pack, split }: Explained, bill: DocumentedBill) {
  const priced = new Map(bill.input.lines.map((line) => [line.lineNo, line]));
  return {
    policy: policyDocument(pack),
    amounts: {
      total: formatFen(split.total),
      fullOwnPay: formatFen(split.fullOwnPay),
      overLimit: formatFen(split.overLimit),
      priorSelfPay: formatFen(split.priorSelfPay),
      inScope: formatFen(split.inScope),
      deductible: formatFen(split.deductible),
      ...payersDocument(split, bill.tender),
    },
    national: nationalFields(split),
    imbalance: formatFen(fen(split.imbalance)),
    funds: split.funds.map((share) => ({ ...share, amount: formatFen(share.amount) })),
    lines: split.lines.map((line) => lineDocument(line, priced, bill.refundedLines)),
    warnings: bill.warnings,
    explanation: split.steps.map(stepDocument),
    ...(split.benefits && {
      benefits: split.benefits.map(({ rule, amount, source, zh, en }) => {
        return { rule, amount: formatFen(amount), source, zh, en };
      }),
    }),
  };
}

/** Which pack ruled, and how far its values may be believed. */
function policyDocument({ id, name, unverified }: Pack) {
  const notice = unverified === 0 ? null : unverifiedNotice(unverified);
  return { packId: id, name: { zh: name.zh, en: name.en }, unverified, notice };
}

function unverifiedNotice(count: number) {
  const isOne = count === 1;
  return {
    zh: `所用政策有 ${count} 项数值尚未与官方文件核对，金额仅供参考`,
    en: `${count} ${isOne ? 'value' : 'values'} of the policy used ${isOne ? 'has' : 'have'} not been checked against an official document`,
  };
}

function payersDocument(amounts: Omit<SettlementAmounts, 'total'>, tender: TenderKind) {
  const { fundTotal, otherTotal, accountPay, patientPay } = amounts;
  return {
    fundTotal: formatFen(fundTotal),
    otherTotal: formatFen(otherTotal),
    accountPay: formatFen(accountPay),
    patientPay: formatFen(patientPay),
    bankPay: formatFen(tender === 'bank-debit' ? patientPay : ZERO),
    cashPay: formatFen(tender === 'bank-debit' ? ZERO : patientPay),
  };
}

function lineDocument(
  line: LineSplit,
  priced: ReadonlyMap<string, PricedLine>,
  refundedLines: readonly string[],
): LineShare {
  const item = priced.get(line.lineNo);
  return {
    lineNo: line.lineNo,
    code: item?.code ?? null,
    name: item?.name ?? '',
    amount: formatFen(line.amount),
    fullOwnPay: formatFen(line.fullOwnPay),
    overLimit: formatFen(line.overLimit),
    priorSelfPay: formatFen(line.priorSelfPay),
    inScope: formatFen(line.inScope),
    refunded: refundedLines.includes(line.lineNo),
  };
}

function stepDocument(step: SplitStep) {
  const { printedSelfPay } = step;
  // Spread, so that the members keep their places; amounts become text where they stand.
  const words: Omit<SplitStep, 'base' | 'amount' | 'printedSelfPay'> = step;
  return {
    ...words,
    base: formatFen(step.base),
    amount: formatFen(step.amount),
    ...(printedSelfPay !== undefined && { printedSelfPay: formatFen(printedSelfPay) }),
  };
}

function bankDocument(leg: AnsweredLeg) {
  return {
    responseCode: leg.responseCode ?? null,
    rrn: leg.rrn ?? null,
    authCode: leg.authCode ?? null,
    stan: String(leg.stan).padStart(6, '0'),
    amount: formatFen(leg.amount),
    ...(leg.issuerAuthData !== undefined && { issuerAuthData: leg.issuerAuthData }),
  };
}

function refundSummary(refund: Refund) {
  return {
    refundNo: refund.refundNo,
    state: refund.state,
    lines: refund.lines,
    total: formatFen(refund.amounts.total as Fen),
  };
}
