/** One example for each body of the API description; a test holds them against their schemas. */
import { problemBody } from '../base/errors/problem.ts';
import type { ChallengeDocument, ChallengeRequest } from '../contract/challenge.ts';
import type { EnquiryDocument } from '../contract/enquiry.ts';
import type { UnknownDocument } from '../contract/problem.ts';
import type { QuoteDocument, QuoteRequest } from '../contract/quote.ts';
import type { RefundDocument, RefundRequest } from '../contract/refund.ts';
import type { SettlementDocument, SettlementRequest } from '../contract/settlement.ts';
import type { SignInDocument, SignInRequest } from '../contract/terminal.ts';

const requestKey = 'AAECAwQFBgcICQoLDA0ODxAR';
const settlementId = '0201M8PM8CKY23AYRWKCKTY6B99B';
const terminalId = 'DG-PHARMACY-01';

const card: QuoteRequest['card'] = {
  ...{ cardId: '991000D15600000500000000000A1B2C', cardNumber: 'A12345678', cardClass: '1' },
  ...{ specVersion: '3.00', issuedOn: '2026-01-01', expiresOn: '2036-01-01' },
};

const line = { lineNo: '1', code: null, name: '棉签', amount: '6.50' };
const bill: QuoteRequest['bill'] = {
  ...{ careType: '41', serviceDate: '2026-11-22', totalAmount: '6.50' },
  lines: [{ ...line, quantity: '1', unitPrice: '6.50' }],
};

const nothing = '0.00';
const amounts: SettlementDocument['amounts'] = {
  ...{ total: '6.50', fullOwnPay: '6.50', overLimit: nothing, priorSelfPay: nothing },
  ...{ inScope: nothing, deductible: nothing, fundTotal: nothing, otherTotal: nothing },
  ...{ accountPay: nothing, patientPay: '6.50', bankPay: '6.50', cashPay: nothing },
};

const noFunds = {
  ...{ hifp_pay: nothing, cvlserv_pay: nothing, hifes_pay: nothing, hifmi_pay: nothing },
  ...{ hifob_pay: nothing, hifdm_pay: nothing, maf_pay: nothing, oth_pay: nothing },
  ...{ hosp_part_amt: nothing, ownpay_hosp_part: nothing, fund_pay_sumamt: nothing },
};

const split: Omit<QuoteDocument, 'outcome'> = {
  policy: {
    packId: '441900/2025-01-01-outpatient',
    name: { zh: '东莞门诊', en: 'Dongguan outpatient' },
    unverified: 0,
    notice: null,
  },
  amounts,
  national: {
    ...{ medfee_sumamt: '6.50', fulamt_ownpay_amt: '6.50', overlmt_selfpay: nothing },
    ...{ preselfpay_amt: nothing, inscp_scp_amt: nothing, act_pay_dedc: nothing, ...noFunds },
    ...{ acct_pay: nothing, acct_mulaid_pay: nothing, psn_cash_pay: '6.50', psn_part_amt: '6.50' },
  },
  imbalance: nothing,
  funds: [],
  lines: [
    {
      ...line,
      ...{ fullOwnPay: '6.50', overLimit: nothing, priorSelfPay: nothing, inScope: nothing },
    },
  ],
  ...{ warnings: [], explanation: [] },
};

const settlement: SettlementDocument = {
  ...{ outcome: 'approved', settlementId, requestKey, state: 'posted' },
  ...{ acceptedAt: '2026-11-22T12:00:00.000+08:00', businessDate: '2026-11-22' },
  ...{ institution: 'P44190099001', terminalId, careType: '41' },
  ...{ careRegion: '441900', insuredRegion: '441900' },
  ...split,
  accountBalance: '320.00',
  bank: {
    ...{ responseCode: '00', rrn: '113000000014', authCode: '123456', stan: '000302' },
    ...{ amount: '6.50', issuerAuthData: '0480071158F4E1B03030' },
  },
  refunds: [],
};

const refund: RefundDocument = {
  ...{ outcome: 'approved', settlementId, refundNo: 1, requestKey, state: 'refunded' },
  lines: ['1'],
  amounts: {
    ...{ total: '6.50', fundTotal: nothing, otherTotal: nothing, accountPay: nothing },
    ...{ patientPay: '6.50', bankPay: '6.50', cashPay: nothing },
  },
  accountBalance: '320.00',
};

const settlementRequest: SettlementRequest = {
  ...{ requestKey, card, bill, useAccount: true },
  chip: { challenge: 'opaque-text-of-the-challenge', cryptogram: 'FB1D8B38A1A1F8E4' },
  pin: { block: '00112233445566778899AABBCCDDEEFF' },
  tender: { kind: 'cash', expected: '6.50' },
};

const wrapped = '55C18D3D21C9A2E6F30A8A1B6C0F8BCB2C4E9D0A';
const signIn: SignInDocument = {
  ...{ signNo: '53407F4D1D5CD29E0170', serverTime: '2026-11-22T12:00:00.000+08:00' },
  ...{
    mode: 'sandbox',
    businessDate: '2026-11-22',
    pinKey: wrapped,
    macKey: wrapped,
    bankPinKey: wrapped,
  },
  ...{ bankTerminalId: '99010005', bankMerchantId: '999000000000005' },
  answerKey: {
    ...{ keyId: 'a1', algorithm: 'ed25519' },
    publicKey: 'MCowBQYDK2VwAyEAoJqlcIwqbl4XHtO6l3KyC7X0k1gqX9ne3EyFgiLV23c=',
  },
};

const challenge: ChallengeDocument = {
  challenge: 'opaque-text-of-the-challenge',
  ...{ factor: '0011223344556677', source: '8899AABBCCDDEEFF' },
  expiresAt: '2026-11-22T12:01:00.000+08:00',
};

const enquiry: EnquiryDocument = {
  serverTime: '2026-11-22T12:00:05.000+08:00',
  items: [{ requestKey, state: 'final', settlementId, status: 200, answer: settlement }],
};

const open = problemBody('BANK_OUTCOME_UNKNOWN');
const unknown: UnknownDocument = {
  ...{ outcome: 'unknown', settlementId, requestKey, state: 'reversing', code: open.code },
  ...{ message: open.message, cashier: open.cashier, retryAfterSeconds: 5 },
  enquiry: `/v1/settlements?requestKey=${requestKey}`,
};

type Example = { readonly request?: object; readonly responses: Readonly<Record<string, object>> };

const refused = problemBody('PIN_WRONG', { requestKey });
const challengeRequest: ChallengeRequest = { cardId: card.cardId, totalAmount: '6.50' };
const signInRequest: SignInRequest = { terminalId };
const quoteRequest: QuoteRequest = { card, bill, useAccount: true };
const refundRequest: RefundRequest = { requestKey };

/** By operation; `default` is a refusal. */
export const examples: Readonly<Record<string, Example>> = {
  signIn: {
    request: signInRequest,
    responses: { 200: signIn, default: problemBody('TERMINAL_UNKNOWN') },
  },
  issueChallenge: {
    request: challengeRequest,
    responses: { 201: challenge, default: problemBody('TERMINAL_NOT_SIGNED_IN') },
  },
  quote: {
    request: quoteRequest,
    responses: { 200: { outcome: 'quote', ...split }, default: problemBody('BILL_LINE_MISMATCH') },
  },
  settle: {
    request: settlementRequest,
    responses: { 200: settlement, 202: unknown, default: refused },
  },
  findByRequestKey: { responses: { 200: enquiry, default: problemBody('REQUEST_INVALID') } },
  readSettlement: {
    responses: { 200: settlement, default: problemBody('SETTLEMENT_NOT_FOUND', { settlementId }) },
  },
  refund: {
    request: refundRequest,
    responses: {
      ...{ 200: refund, 202: unknown },
      default: problemBody('SETTLEMENT_NOT_FOUND', { settlementId }),
    },
  },
  answerKeys: { responses: { 200: { keys: [signIn.answerKey] } } },
};
