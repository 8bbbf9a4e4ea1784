// Goal: the documents that the engine's core writes are the ones that the reference promises, member by
// member; a field that is added on one side only shows here.

import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import type {
  CardId,
  InstitutionCode,
  PersonNo,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../engine/base/ids/ids.ts';
import { fen, ZERO } from '../../engine/base/money/fen.ts';
import { UnknownDocument } from '../../engine/contract/problem.ts';
import { QuoteDocument } from '../../engine/contract/quote.ts';
import { RefundDocument } from '../../engine/contract/refund.ts';
import { SettlementDocument } from '../../engine/contract/settlement.ts';
import type { Claim, Correction } from '../../engine/domain/correction/correction.ts';
import type { BankLeg } from '../../engine/domain/leg/bank-leg.ts';
import type { Refund } from '../../engine/domain/refund/refund.ts';
import { refundedAnswer, unknownAnswer } from '../../engine/domain/request/answer.ts';
import type { Settlement } from '../../engine/domain/settlement/settlement.ts';
import { settlementAmounts } from '../../engine/domain/settlement/settlement.ts';
import type { SettlementView } from '../../engine/flows/flow-answer.ts';
import { approved } from '../../engine/flows/flow-answer.ts';
import { renderFlowAnswer } from '../../engine/http/render-flow-answer.ts';
import { refundAnswerDocument } from '../../engine/render/refund-json.ts';
import { quoteText, settlementDocument } from '../../engine/render/settlement-json.ts';
import type { PricedLine, SplitInput } from '../../rules/model/bill.ts';
import type { Pack } from '../../rules/model/pack.ts';
import type { Split } from '../../rules/model/split.ts';
import { policy } from '../support/domain/builders.ts';
import { bodyOf } from '../support/flows/rendered.ts';

const key = { shard: 7, personNo: '11000000000001' as PersonNo };
const id = '0701JDFQ8000A1B2C3D4E5F6G7H8' as SettlementId;
const requestKey = 'sale-0000000000000001' as RequestKey;
const terminalId = 'T0000001' as TerminalId;

const priced: PricedLine = {
  lineNo: '1',
  code: undefined,
  name: '阿莫西林胶囊',
  quantityE4: 10_000n,
  priceE6: 13_550_000n,
  amount: fen(1355n),
  selfPayE4: 0,
  priceLimitE6: undefined,
  itemClass: '01',
  chargeType: '09',
};

const parts = { fullOwnPay: ZERO, overLimit: ZERO, priorSelfPay: ZERO, inScope: fen(1355n) };

const split: Split = {
  packId: '110000/2018-01-01-employee-outpatient',
  total: fen(1355n),
  ...parts,
  deductible: ZERO,
  funds: [{ field: 'hifp_pay', fundType: '310100', amount: fen(948n), counted: true }],
  fundTotal: fen(948n),
  otherTotal: ZERO,
  accountPay: fen(400n),
  familyPay: ZERO,
  patientPay: fen(7n),
  imbalance: 0n,
  lines: [{ lineNo: '1', amount: fen(1355n), ...parts }],
  accumulatorChanges: new Map(),
  steps: [
    {
      stage: 'in-scope',
      lineNo: '1',
      payer: 'in-scope',
      base: fen(1355n),
      ratio: '100%',
      amount: fen(1355n),
      rule: 'in-scope',
      source: '',
      zh: '政策范围内',
      en: 'In scope',
    },
  ],
};

const [pack] = policy.packs as readonly [Pack];

const input: SplitInput = {
  careType: '41',
  serviceDate: '2026-11-22',
  lines: [priced],
  carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
  insured: { scheme: '310', personType: '11', ageYears: 40, traits: new Set() },
  accumulators: new Map(),
  accountAvailable: fen(400n),
};

const allowance = { rule: 'a', source: '', zh: '生育津贴', en: 'Allowance', amount: fen(450_000n) };

const amounts = settlementAmounts(split);

const settlement: Settlement = {
  key,
  id,
  state: 'posted',
  requestKey,
  terminalId,
  institution: 'P11010500001' as InstitutionCode,
  cardId: '991000D15600000500000000000000FF' as CardId,
  careType: '41',
  prescriptionNo: 'RX20261122-0001',
  careRegion: '110105',
  insuredRegion: '110000',
  acceptedAt: Date.parse('2026-11-22T08:00:00+08:00'),
  businessDate: '2026-11-22',
  postedAt: undefined,
  tender: 'bank-debit',
  packId: split.packId,
  listSet: undefined,
  accumulatorNo: 1,
  input,
  amounts,
  warnings: [{ check: 'place', lineNos: ['1'], zh: '限住院', en: 'Inpatients only', source: '' }],
  confirmation: { supervisor: '王主管', reason: '进口药' },
  refundedLines: [],
  balanceAfter: ZERO,
  deadline: undefined,
};

const leg: BankLeg = {
  key,
  settlementId: id,
  legNo: 0,
  kind: 'sale',
  state: 'approved',
  amount: amounts.patientPay,
  stan: 123,
  batch: 1,
  bankTerminalId: '12345678',
  bankMerchantId: '123456789012345',
  sealedReference: '',
  rrn: '112208050012',
  authCode: undefined,
  responseCode: '00',
  hostTime: '1122080500',
  reversalReason: undefined,
  attempts: 1,
  nextAttemptAt: undefined,
  openSince: undefined,
  fence: 0,
  lateRrn: undefined,
};

const refund: Refund = {
  key,
  settlementId: id,
  refundNo: 1,
  state: 'done',
  requestKey,
  terminalId,
  lines: ['1'],
  amounts,
  claimPay: ZERO,
  at: 0,
};

const correction: Correction = {
  ...{ key, settlementId: id, correctionNo: 1, causedBy: id, refundNo: 1, linesRefunded: 0 },
  ...{ accumulators: new Map(), accountAvailable: ZERO, before: amounts, amounts, at: 0 },
};

const claim: Claim = {
  ...{ key, settlementId: id, region: '110000', owed: fen(-5n), paid: ZERO, payments: 0 },
  ...{ changedAt: 0, paidBy: undefined, voucher: undefined },
};

/** A settlement as an enquiry answers it. */
function bodyRead(change: Partial<SettlementView>): unknown {
  const view: SettlementView = {
    ...{ ...approved, kind: 'settlement-view', settlement, explained: { pack, split } },
    ...{ legs: [leg], refunds: [], corrections: [], claim: undefined, reason: undefined },
    ...change,
  };
  return JSON.parse(renderFlowAnswer(view).body);
}

test.each([
  ['quote', QuoteDocument, JSON.parse(quoteText({ pack, split }, [priced], []))],
  [
    'settlement',
    SettlementDocument,
    settlementDocument(settlement, { pack, split }, [leg], [refund]),
  ],
  [
    'settlement without a bank',
    SettlementDocument,
    settlementDocument(settlement, { pack, split }, [], []),
  ],
  [
    'settlement while the bank is asked',
    SettlementDocument,
    settlementDocument(
      { ...settlement, state: 'reserved' },
      { pack, split },
      [{ ...leg, rrn: undefined, responseCode: undefined }],
      [],
    ),
  ],
  [
    'settlement with allowances',
    SettlementDocument,
    settlementDocument(settlement, { pack, split: { ...split, benefits: [allowance] } }, [], []),
  ],
  [
    'settlement of which a line was refunded',
    SettlementDocument,
    bodyRead({ settlement: { ...settlement, refundedLines: ['1'] }, refunds: [refund] }),
  ],
  [
    'settlement that was corrected',
    SettlementDocument,
    bodyRead({ corrections: [correction], claim }),
  ],
  ['refund', RefundDocument, refundAnswerDocument(refundedAnswer(settlement, refund, split, []))],
  [
    'unknown sale',
    UnknownDocument,
    bodyOf(
      unknownAnswer('BANK_OUTCOME_UNKNOWN', { settlementId: id, requestKey, state: 'reversing' }),
    ),
  ],
  [
    'unknown refund',
    UnknownDocument,
    bodyOf(
      unknownAnswer('REFUND_IN_PROGRESS', { settlementId: id, requestKey, state: 'refunding' }),
    ),
  ],
])('%s', (_name, schema, document) => {
  expect([...Value.Errors(schema, document)]).toEqual([]);
});
