import { nationalFields } from '../../rules/explain/national-fields.ts';
import type { PricedLine } from '../../rules/model/bill.ts';
import type { Pack } from '../../rules/model/pack.ts';
import type { FundShare, LineSplit, Split, SplitStep } from '../../rules/model/split.ts';
import type { Fen } from '../base/money/fen.ts';
import { fen, formatFen } from '../base/money/fen.ts';
import { isoTime } from '../base/time/calendar.ts';
import type { Refund } from '../domain/refund/refund.ts';
import type { AnsweredLeg, Explained, Outcome } from '../domain/request/answer.ts';
import type {
  BillWarning,
  Settlement,
  SettlementState,
  TenderKind,
} from '../domain/settlement/settlement.ts';
import { payersDocument } from './amounts-json.ts';

/**
 * The JSON documents of settlements, quotes and refunds. Money is "12.34". The order of keys is fixed, since
 * stored answers are compared byte by byte.
 */

const stateOutcomes: { readonly [S in SettlementState]: Outcome } = {
  reserved: 'unknown',
  reversing: 'unknown',
  released: 'declined',
  posted: 'approved',
  refunding: 'approved',
  refunded: 'approved',
};

/**
 * The current settlement as JSON text. It is written piece by piece, because every settlement needs it and an
 * object of its 200 values takes three times as long.
 */
export function settlementText(
  settlement: Settlement,
  explained: Explained,
  legs: readonly AnsweredLeg[],
  refunds: readonly Refund[],
): string {
  const debit = legs.find((leg) => leg.legNo === 0);
  const { state, prescriptionNo } = settlement;
  const prescription =
    prescriptionNo === undefined ? '' : `"prescriptionNo":${quoted(prescriptionNo)},`;
  const head =
    `"outcome":"${stateOutcomes[state]}","settlementId":${quoted(settlement.id)},` +
    `"requestKey":${quoted(settlement.requestKey)},"state":"${state}",` +
    `"acceptedAt":"${isoTime(settlement.acceptedAt)}",` +
    `"businessDate":${quoted(settlement.businessDate)},` +
    `"institution":${quoted(settlement.institution)},` +
    `"terminalId":${quoted(settlement.terminalId)},"careType":${quoted(settlement.careType)},` +
    `${prescription}"careRegion":${quoted(settlement.careRegion)},` +
    `"insuredRegion":${quoted(settlement.insuredRegion)}`;
  const bank = debit === undefined ? 'null' : JSON.stringify(bankDocument(debit));
  const backs = refunds.length === 0 ? '[]' : JSON.stringify(refunds.map(refundSummary));
  const { confirmation } = settlement;
  const confirmed =
    confirmation === undefined ? '' : `"confirmation":${JSON.stringify(confirmation)},`;
  const rest = `${confirmed}"accountBalance":${yuan(settlement.balanceAfter)},"bank":${bank},"refunds":${backs}`;
  return `{${head},${splitText(explained, settlement)},${rest}}`;
}

/** `settlementText` as an object. */
export function settlementDocument(...given: Parameters<typeof settlementText>): object {
  return JSON.parse(settlementText(...given)) as object;
}

/** A quote as JSON text, with the same numbers as a settlement of the same facts. */
export function quoteText(
  explained: Explained,
  lines: readonly PricedLine[],
  warnings: readonly BillWarning[],
): string {
  const bill = { input: { lines }, warnings, tender: 'cash', refundedLines: [] } as const;
  return `{"outcome":"quote",${splitText(explained, bill)}}`;
}

/** The document of a refund. */
export function refundDocument(settlement: Settlement, refund: Refund, outcome: Outcome): object {
  return {
    outcome,
    settlementId: settlement.id,
    refundNo: refund.refundNo,
    requestKey: refund.requestKey,
    state: settlement.state,
    lines: refund.lines,
    amounts: refundParts(refund, settlement.tender),
    accountBalance: formatFen(settlement.balanceAfter),
  };
}

type DocumentedBill = Pick<Settlement, 'tender' | 'warnings' | 'refundedLines'> & {
  readonly input: Pick<Settlement['input'], 'lines'>;
};

function splitText({ pack, split }: Explained, bill: DocumentedBill): string {
  const texts = packTexts(pack);
  const parts =
    `"total":${yuan(split.total)},"fullOwnPay":${yuan(split.fullOwnPay)},` +
    `"overLimit":${yuan(split.overLimit)},"priorSelfPay":${yuan(split.priorSelfPay)},` +
    `"inScope":${yuan(split.inScope)},"deductible":${yuan(split.deductible)}`;
  const payers = decimalsText(payersDocument(split, bill.tender));
  const national = decimalsText(nationalFields(split));
  const funds = listText(split.funds, fundText);
  const lines = listText(split.lines, (line, index) => lineText(line, index, bill));
  const warnings = bill.warnings.length === 0 ? '[]' : JSON.stringify(bill.warnings);
  const steps = listText(split.steps, (step) => stepText(step, texts));
  return (
    `"policy":${texts.policy},"amounts":{${parts},${payers}},"national":{${national}},` +
    `"imbalance":${yuan(fen(split.imbalance))},"funds":[${funds}],"lines":[${lines}],` +
    `"warnings":${warnings},"explanation":[${steps}]${benefitsText(split)}`
  );
}

/** Joins items with commas. Not with `join`, whose result would be copied once more. */
function listText<Item>(items: readonly Item[], textOf: (item: Item, index: number) => string) {
  let text = '';
  for (const [index, item] of items.entries()) {
    text += index === 0 ? textOf(item, index) : `,${textOf(item, index)}`;
  }
  return text;
}

/** Members with decimal texts as values, without braces. */
function decimalsText(amounts: Readonly<Record<string, string>>): string {
  let text = '';
  for (const name in amounts) {
    text += text === '' ? `"${name}":"${amounts[name]}"` : `,"${name}":"${amounts[name]}"`;
  }
  return text;
}

/** Texts of these characters need no escapes in JSON. */
const PLAIN = /^[\w .:+/%-]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function yuan(amount: Fen): string {
  return `"${formatFen(amount)}"`;
}

/** Constant texts of a pack as JSON. */
type PackTexts = {
  readonly policy: string;
  readonly rules: Map<string, Pick<SplitStep, 'source' | 'zh' | 'en'> & { readonly json: string }>;
};

const packTextsCache = new WeakMap<Pack, PackTexts>();

function packTexts(pack: Pack): PackTexts {
  const known = packTextsCache.get(pack);
  if (known !== undefined) return known;
  const texts = { policy: JSON.stringify(policyDocument(pack)), rules: new Map() };
  packTextsCache.set(pack, texts);
  return texts;
}

/** The pack of a split, with a notice about unverified values. */
function policyDocument({ id, name, unverified }: Pack): object {
  const notice = unverified === 0 ? null : unverifiedNotice(unverified);
  return { packId: id, name: { zh: name.zh, en: name.en }, unverified, notice };
}

function unverifiedNotice(count: number): object {
  const isOne = count === 1;
  return {
    zh: `所用政策有 ${count} 项数值尚未与官方文件核对，金额仅供参考`,
    en: `${count} ${isOne ? 'value' : 'values'} of the policy used ${isOne ? 'has' : 'have'} not been checked against an official document`,
  };
}

function refundParts({ amounts, claimPay }: Refund, tender: TenderKind): object {
  const claim = claimPay === 0n ? {} : { claimPay: formatFen(claimPay) };
  return {
    total: formatFen(amounts.total),
    ...payersDocument(amounts, tender, claimPay),
    ...claim,
  };
}

function fundText({ field, fundType, amount, counted }: FundShare): string {
  return `{"field":"${field}","fundType":${quoted(fundType)},"amount":${yuan(amount)},"counted":${counted}}`;
}

function lineText(
  line: LineSplit,
  index: number,
  { input, refundedLines }: DocumentedBill,
): string {
  const { lineNo, amount, fullOwnPay, overLimit, priorSelfPay, inScope } = line;
  const same = input.lines[index];
  const item = same?.lineNo === lineNo ? same : input.lines.find((one) => one.lineNo === lineNo);
  const code = item?.code === undefined ? 'null' : quoted(item.code);
  return (
    `{"lineNo":${quoted(lineNo)},"code":${code},"name":${quoted(item?.name ?? '')},` +
    `"amount":${yuan(amount)},"fullOwnPay":${yuan(fullOwnPay)},"overLimit":${yuan(overLimit)},` +
    `"priorSelfPay":${yuan(priorSelfPay)},"inScope":${yuan(inScope)},` +
    `"refunded":${refundedLines.includes(lineNo)}}`
  );
}

function benefitsText({ benefits }: Split): string {
  if (benefits === undefined) return '';
  const documents = benefits.map(({ rule, amount, source, zh, en }) => ({
    ...{ rule, amount: formatFen(amount), source, zh, en },
  }));
  return `,"benefits":${JSON.stringify(documents)}`;
}

function stepText(step: SplitStep, texts: PackTexts): string {
  const { lineNo, ratio, printedSelfPay } = step;
  const line = lineNo === undefined ? '' : `,"lineNo":${quoted(lineNo)}`;
  const share = ratio === undefined ? '' : `,"ratio":${quoted(ratio)}`;
  const printed = printedSelfPay === undefined ? '' : `,"printedSelfPay":${yuan(printedSelfPay)}`;
  // The ratio of a line comes last.
  const [before, last] = lineNo === undefined ? [share, ''] : ['', share];
  return (
    `{"stage":"${step.stage}"${line},"payer":${quoted(step.payer)},"base":${yuan(step.base)}${before},` +
    `"amount":${yuan(step.amount)}${printed},${ruleText(step, texts)}${last}}`
  );
}

/** The rule of a step with its texts, cached: the longest part of an answer, and equal for all bills. */
function ruleText({ rule, source, zh, en }: SplitStep, { rules }: PackTexts): string {
  const known = rules.get(rule);
  if (known?.source === source && known.zh === zh && known.en === en) return known.json;
  const json = JSON.stringify({ rule, source, zh, en }).slice(1, -1);
  rules.set(rule, { source, zh, en, json });
  return json;
}

function bankDocument(leg: AnsweredLeg): object {
  return {
    responseCode: leg.responseCode ?? null,
    rrn: leg.rrn ?? null,
    authCode: leg.authCode ?? null,
    stan: String(leg.stan).padStart(6, '0'),
    amount: formatFen(leg.amount),
    ...(leg.issuerAuthData !== undefined && { issuerAuthData: leg.issuerAuthData }),
  };
}

function refundSummary(refund: Refund): object {
  return {
    refundNo: refund.refundNo,
    state: refund.state,
    lines: refund.lines,
    total: formatFen(refund.amounts.total as Fen),
  };
}
