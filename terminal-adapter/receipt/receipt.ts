/**
 * What the counter prints: lines of text for a printer of 32 or 48 columns. The numbers come from the
 * engine's document; this module computes none.
 */
import type { SettlementDocument } from '../../engine/contract/settlement.ts';
import type { LineShare } from '../../engine/contract/split.ts';
import type { SystemMode } from '../../engine/contract/values.ts';
import type { Refusal } from '../client/engine-result.ts';
import { centre, pair, wrap } from './columns.ts';
import { fundNames, type Language, labels } from './labels.ts';

export type Paper = {
  readonly columns: 32 | 48;
  readonly language: Language;
  /** Name of the pharmacy or hospital. */
  readonly institutionName: string;
  /** From the sign-in: paper of a sandbox says that it is worth nothing. */
  readonly mode: SystemMode;
};

const ZERO = '0.00';

/** "2026-11-22T08:05:00.000+08:00" → "2026-11-22 08:05:00" */
function timeOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

export function title(text: string, paper: Paper): string[] {
  const sandbox = paper.mode === 'sandbox' ? [labels[paper.language].sandbox] : [];
  return [paper.institutionName, ...sandbox, text].flatMap((line) => centre(line, paper.columns));
}

export function rule(paper: Paper): string {
  return '-'.repeat(paper.columns);
}

/** One line for each pair whose amount is not zero; `always` keeps zeros. */
export function amounts(
  paper: Paper,
  rows: readonly (readonly [string, string])[],
  always = false,
): string[] {
  return rows
    .filter(([, amount]) => always || amount !== ZERO)
    .flatMap(([label, amount]) => pair(label, amount, paper.columns));
}

function head(document: SettlementDocument, paper: Paper): string[] {
  const word = labels[paper.language];
  const fact = (label: string, value: string) => pair(label, value, paper.columns);
  return [
    ...title(word.title, paper),
    rule(paper),
    ...fact(word.number, document.settlementId),
    ...fact(word.time, timeOf(document.acceptedAt)),
    ...fact(word.terminal, document.terminalId),
    ...fact(word.institution, document.institution),
    ...fact(word.regions, `${document.insuredRegion}/${document.careRegion}`),
    rule(paper),
  ];
}

function itemLines(line: LineShare, paper: Paper): string[] {
  const word = labels[paper.language];
  const name = line.refunded === true ? `${line.name}${word.refunded}` : line.name;
  return [
    ...pair(name, line.amount, paper.columns),
    ...amounts(paper, [
      [`  ${word.ownPay}`, line.fullOwnPay],
      [`  ${word.overLimit}`, line.overLimit],
      [`  ${word.priorSelfPay}`, line.priorSelfPay],
    ]),
  ];
}

/** An amount of what went back, "12.34", with a minus. */
export function negative(amount: string): string {
  if (amount === ZERO) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

/** The sums of a bill, of what went back, or of what stands. */
type Sums = Pick<NonNullable<SettlementDocument['net']>, 'amounts' | 'funds'>;

/** What went back is negative. */
function sumLines(
  { amounts: sums, funds }: Sums,
  paper: Paper,
  { label, isBack }: { readonly label: string; readonly isBack: boolean },
): string[] {
  const word = labels[paper.language];
  const signed = (amount: string) => (isBack ? negative(amount) : amount);
  const row = (name: string, amount: string) => [name, signed(amount)] as const;
  const shares = (isCounted: boolean) =>
    funds
      .filter(({ counted }) => counted === isCounted)
      .map(({ field, fundType, amount }) =>
        row(`  ${fundNames[field]?.[paper.language] ?? fundType}`, amount),
      );
  return [
    ...pair(label, `${signed(sums.total)}${word.unit}`, paper.columns),
    ...amounts(paper, [row(`  ${word.inScope}`, sums.inScope)]),
    ...amounts(paper, [row(`  ${word.deductible}`, sums.deductible)]),
    ...amounts(paper, [row(word.fundTotal, sums.fundTotal)], true),
    ...amounts(paper, shares(true)),
    ...amounts(paper, [row(word.otherTotal, sums.otherTotal)]),
    ...amounts(paper, shares(false)),
    ...amounts(paper, [row(word.accountPay, sums.accountPay)], true),
    ...amounts(paper, [row(word.bankPay, sums.bankPay)]),
    ...amounts(paper, [row(word.cashPay, sums.cashPay)]),
    ...amounts(paper, [row(word.claimPay, sums.claimPay ?? ZERO)]),
  ];
}

/** Who pays the bill; after refunds also what went back to whom; after these or corrections what stands. */
function payers(document: SettlementDocument, paper: Paper): string[] {
  const word = labels[paper.language];
  const { refunded, net } = document;
  const balance = pair(word.balance, `${document.accountBalance}${word.unit}`, paper.columns);
  const bill = sumLines(document, paper, { label: word.total, isBack: false });
  const part = (sums: Sums | undefined, label: string, isBack: boolean) =>
    sums === undefined ? [] : [rule(paper), ...sumLines(sums, paper, { label, isBack })];
  return [
    ...bill,
    ...part(refunded, word.refundedTotal, true),
    ...part(net, word.netTotal, false),
    ...balance,
  ];
}

/** What became of the payers' parts since: an earlier bill of the year went back. */
function corrections(document: SettlementDocument, paper: Paper): string[] {
  const word = labels[paper.language];
  const { claim } = document;
  const owed = claim?.open.startsWith('-') ? word.owedToPerson : word.owedByPerson;
  const changes = (document.corrections ?? []).flatMap(({ at, causedBy, before, after }) => [
    rule(paper),
    ...pair(word.corrected, timeOf(at), paper.columns),
    ...pair(word.refundOf, causedBy, paper.columns),
    ...(['fundTotal', 'otherTotal', 'accountPay', 'patientPay'] as const)
      .filter((name) => before[name] !== after[name])
      .flatMap((name) => pair(word[name], `${before[name]} > ${after[name]}`, paper.columns)),
  ]);
  const open = claim === undefined ? [] : [[owed, claim.open.replace('-', '')] as const];
  return [...changes, ...amounts(paper, open)];
}

function bankLines(document: SettlementDocument, paper: Paper): string[] {
  const { bank } = document;
  if (bank === null) return [];
  const word = labels[paper.language];
  const facts = [
    [word.bankNumber, bank.rrn],
    [word.bankTrace, bank.stan],
    [word.authCode, bank.authCode],
  ] as const;
  const lines = facts.flatMap(([label, value]) =>
    value === null ? [] : pair(label, value, paper.columns),
  );
  return [rule(paper), ...lines, '', word.signature, ''];
}

/** The stages of the whole bill; what belongs to one line is printed with the line. */
function explanation(document: SettlementDocument, paper: Paper): string[] {
  const steps = document.explanation.filter((step) => step.lineNo === undefined);
  if (steps.length === 0) return [];
  const word = labels[paper.language];
  const texts = steps.flatMap((step, index) => {
    const text = `${index + 1}. ${step[paper.language]}`;
    if (step.ratio === undefined) return pair(text, step.amount, paper.columns);
    const reckoning = `   ${step.base} × ${step.ratio}`;
    return [...wrap(text, paper.columns), ...pair(reckoning, step.amount, paper.columns)];
  });
  return [rule(paper), word.explanation, ...texts];
}

function remarkOf(
  warning: SettlementDocument['warnings'][number],
  language: Paper['language'],
): string {
  const lines = warning.lineNos.join(', ');
  return lines === '' ? warning[language] : `${lines}: ${warning[language]}`;
}

/** What someone should know about these figures: the policy's doubts, and the findings of the checks. */
function remarks(document: SettlementDocument, paper: Paper): string[] {
  const { policy, warnings } = document;
  const { language, columns } = paper;
  const notice = policy.notice === null ? [] : wrap(policy.notice[language], columns);
  const found = warnings.flatMap((warning) => wrap(remarkOf(warning, language), columns));
  return [
    ...(notice.length === 0 ? [] : [rule(paper), ...notice]),
    ...(found.length === 0 ? [] : [rule(paper), labels[language].warnings, ...found]),
  ];
}

/** 结算单 of an approved settlement. */
export function settlementReceipt(document: SettlementDocument, paper: Paper): string[] {
  return [
    ...head(document, paper),
    ...document.lines.flatMap((line) => itemLines(line, paper)),
    rule(paper),
    ...payers(document, paper),
    ...corrections(document, paper),
    ...bankLines(document, paper),
    ...explanation(document, paper),
    ...remarks(document, paper),
  ];
}

export type SlipFacts = {
  readonly requestKey: string;
  /** "12.34": total of the bill. */
  readonly amount: string;
  /** ISO 8601. */
  readonly at: string;
  readonly refusal?: Refusal | undefined;
};

function slip(paper: Paper, facts: SlipFacts, name: string, advice: readonly string[]): string[] {
  const word = labels[paper.language];
  return [
    ...title(name, paper),
    rule(paper),
    ...pair(word.requestKey, facts.requestKey, paper.columns),
    ...pair(word.time, timeOf(facts.at), paper.columns),
    ...pair(word.amount, `${facts.amount}${word.unit}`, paper.columns),
    rule(paper),
    ...advice.flatMap((text) => wrap(text, paper.columns)),
  ];
}

/** For a settlement whose outcome is not known: it says first that nothing may be collected again. */
export function unknownSlip(facts: SlipFacts, paper: Paper): string[] {
  const word = labels[paper.language];
  return slip(paper, facts, word.unknownTitle, [word.unknownAdvice]);
}

/** For a decline: why, whether money moved (it did not), and what the cashier does next. */
export function declinedSlip(facts: SlipFacts, paper: Paper): string[] {
  const word = labels[paper.language];
  const { refusal } = facts;
  const language = paper.language;
  return slip(paper, facts, word.declinedTitle, [
    ...(refusal === undefined ? [] : [`${word.code} ${refusal.code}`]),
    ...(refusal?.message === undefined ? [] : [refusal.message[language]]),
    ...(refusal?.cashier === undefined ? [] : [refusal.cashier[language]]),
  ]);
}
