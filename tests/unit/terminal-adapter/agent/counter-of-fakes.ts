// A counter on fakes: an engine that can be told what to answer, a card, a PIN pad, and the real journal.

import { join } from 'node:path';
import { ok } from '../../../../engine/base/errors/result.ts';
import type { RequestItem } from '../../../../engine/contract/enquiry.ts';
import type { QuoteDocument } from '../../../../engine/contract/quote.ts';
import type { RefundDocument } from '../../../../engine/contract/refund.ts';
import type { SettlementDocument } from '../../../../engine/contract/settlement.ts';
import type { CounterCard } from '../../../../terminal-adapter/agent/counter-card.ts';
import type { PinPad } from '../../../../terminal-adapter/agent/pin-pad.ts';
import { type RefundOutcome, refund } from '../../../../terminal-adapter/agent/refund.ts';
import { type SettleOptions, settle } from '../../../../terminal-adapter/agent/settle.ts';
import type { Certificate } from '../../../../terminal-adapter/client/certificate.ts';
import type { EngineClient } from '../../../../terminal-adapter/client/engine-client.ts';
import type { EngineResult } from '../../../../terminal-adapter/client/engine-result.ts';
import { openRequestJournal } from '../../../../terminal-adapter/journal/request-journal.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { bill, card } from '../../engine/http/http-harness.ts';

export const certificate: Certificate = {
  status: 200,
  body: '{}',
  requestSignature: '',
  answerKeyId: 'A1',
  signature: '',
};

export function approved<Body>(body: Body): EngineResult<Body> {
  return { kind: 'approved', body, certificate, isReplay: false };
}

export function declined(code: string, retry: 'never' | 'same-key' = 'never'): EngineResult<never> {
  const refusal = { code, moneyEffect: 'none', retry } as const;
  return { kind: 'declined', code, refusal, certificate };
}

export const lost: EngineResult<never> = { kind: 'unknown', refusal: undefined };

const quote = (patientPay: string) =>
  ({
    outcome: 'quote',
    amounts: { patientPay },
    warnings: [] as QuoteDocument['warnings'],
  }) as QuoteDocument;

export function document(requestKey: string, bank: SettlementDocument['bank'] = null) {
  const amounts = { total: '13.55' };
  const settlementId = '0701JDFQ8000A1B2C3D4E5F6G7H8';
  return { outcome: 'approved', settlementId, requestKey, amounts, bank } as SettlementDocument;
}

export function refundDocument(requestKey: string): RefundDocument {
  const { settlementId } = document('');
  const nobody = { fundTotal: '0.00', otherTotal: '0.00', accountPay: '0.00', bankPay: '0.00' };
  const amounts = { ...nobody, total: '13.55', patientPay: '13.55', cashPay: '13.55' };
  const state = 'refunded';
  return {
    ...{ outcome: 'approved', settlementId, refundNo: 1, requestKey, state, lines: [], amounts },
    accountBalance: '0.00',
  };
}

export function item(requestKey: string, part: Partial<RequestItem>): RequestItem {
  return { requestKey, state: 'final', settlementId: null, status: 200, answer: null, ...part };
}

export const bank = {
  responseCode: '00',
  rrn: '112208050012',
  authCode: '1',
  stan: '000123',
  amount: '13.55',
};

/** `engine` answers; `calls` lists what was asked, in order, with the bytes of settlements. */
export function counterOfFakes(
  engine: Partial<EngineClient>,
  patientPay = '13.55',
  journal = openRequestJournal(join(temporaryFolder(), 'journal.db')),
) {
  const calls: string[] = [];
  const settled: string[] = [];
  const refunded: string[] = [];
  const clock = {
    at: Date.parse('2026-11-22T08:00:00+08:00'),
    now: () => clock.at,
    randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  };
  const challenge = {
    challenge: 'c',
    factor: '00'.repeat(8),
    source: '11'.repeat(8),
    expiresAt: '',
  };
  const client: EngineClient = {
    signIn: async () => lost,
    challenge: async () => approved(challenge),
    quote: async () => approved(quote(patientPay)),
    settle: async () => lost,
    refund: async () => lost,
    settlement: async () => lost,
    byRequestKey: async () => lost,
    queryInvalidLists: async () => lost,
    offlineList: async () => lost,
    offlinePart: async () => lost,
    answerKeys: () => [],
    ...engine,
  };
  const spied: EngineClient = {
    ...client,
    settle: (request) => {
      calls.push(`settle ${journal.find(request.requestKey)?.state}`);
      settled.push(JSON.stringify(request));
      return client.settle(request);
    },
    refund: (id, request) => {
      calls.push(`refund ${journal.find(request.requestKey)?.state}`);
      refunded.push(JSON.stringify(request));
      return client.refund(id, request);
    },
    byRequestKey: (key) => {
      calls.push('enquire');
      return client.byRequestKey(key);
    },
  };
  const counterCard: CounterCard = {
    read: async () => ok(card),
    prove: async () => ok('0011223344556677'),
    authorise: async () =>
      ok({
        ...{ pan: '6216261000000000018', panSequence: '01', expiry: '3012' },
        ...{ chipData: '9F26', entryMode: '051' },
      }),
    finish: async () => ok(true),
  };
  const pinPad: PinPad = {
    medicalPinBlock: async () => 'AB'.repeat(16),
    bankPinBlock: async () => 'CD'.repeat(8),
  };
  const defaults: SettleOptions = {
    client: spied,
    journal,
    clock,
    card: counterCard,
    pinPad,
    bill: { ...bill, careType: '41' },
    useAccount: true,
    tender: 'cash',
    patience: { enquiriesMax: 4, waitMs: 1, waitMaxMs: 4 },
    wait: async (ms) => {
      clock.at += ms;
    },
  };
  const run = (options: Partial<SettleOptions> = {}) => settle({ ...defaults, ...options });
  const giveBack = (lines?: readonly string[]): Promise<RefundOutcome> => {
    const { settlementId } = document('');
    return refund({ ...defaults, settlementId, ...(lines && { lines }) });
  };
  return {
    ...{ settle: run, refund: giveBack, client: spied, journal, clock, calls },
    ...{ settled, refunded, counterCard, pinPad, options: defaults },
  };
}
