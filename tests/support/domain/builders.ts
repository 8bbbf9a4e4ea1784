/**
 * People, cards, places, bills and commands for tests: every part has a default that is an employee of
 * Dongguan who buys at a pharmacy (code and prices of the shipped catalogue), and can be changed by name.
 */

import type { InstitutionCode, RequestKey, TerminalId } from '../../../engine/base/ids/ids.ts';
import { makeSettlementId } from '../../../engine/base/ids/ids.ts';
import { type Fen, formatFen, parseFen } from '../../../engine/base/money/fen.ts';
import type { BillBody } from '../../../engine/contract/bill.ts';
import type { BankReplyFacts } from '../../../engine/domain/leg/bank-leg.ts';
import type { PersonRecord } from '../../../engine/domain/person/person.ts';
import type { FinishRefund } from '../../../engine/domain/refund/finish-refund.ts';
import type { RefundSettlement } from '../../../engine/domain/refund/refund-settlement.ts';
import type { ConfirmDebit } from '../../../engine/domain/settlement/confirm-debit.ts';
import type { Policy } from '../../../engine/domain/settlement/policy.ts';
import type { SettleBill, Tender } from '../../../engine/domain/settlement/settle-bill.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import { priceBill } from '../../../engine/flows/settlement/price-bill.ts';
import type { Institution, Terminal } from '../../../engine/ports/reference.ts';
import { loadCatalogues } from '../../../rules/catalogues/catalogue-registry.ts';
import { lineAmount } from '../../../rules/kernel/line-amount.ts';
import type { PricedLine } from '../../../rules/model/bill.ts';
import { loadPacks } from '../../../rules/packs/load-packs.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import { card, personKey, presentedCard, RIGHT_PIN } from './cards.ts';

export {
  card,
  cardBody,
  personKey,
  presentedCard,
  RIGHT_PIN,
  type TestCard,
} from './cards.ts';

export const policy: Policy = createPackRegistry(loadPacks());
export const catalogues = loadCatalogues();

/** 2026-11-22 10:00 in China. */
export const MORNING = Date.parse('2026-11-22T10:00:00+08:00');
export const TODAY = '2026-11-22';

export function yuan(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined) throw new Error(`not an amount: ${text}`);
  return amount;
}

export function person(change: Partial<PersonRecord> = {}): PersonRecord {
  return {
    key: personKey,
    name: '张三',
    region: '441900',
    scheme: '310',
    personType: '1101',
    insured: true,
    birthDate: '1985-06-15',
    traits: [],
    accountStatus: 'active',
    accountBalance: yuan('500.00'),
    accountHeld: yuan('0.00'),
    version: 1,
    ...change,
  };
}

export const cardRules = {
  issuingProvinces: new Set(['44', '11']),
  classes: new Set(['1', '3']),
  specVersions: new Set(['2.00', '3.00']),
  areListsCurrent: true,
};

export const dongguanPharmacy: Institution = {
  code: 'P44190000123' as InstitutionCode,
  name: '东莞测试药店',
  region: '441900',
  carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
};

export const dongguanHospital: Institution = {
  code: 'H44190000045' as InstitutionCode,
  name: '东莞测试医院',
  region: '441900',
  carePlace: { kind: 'hospital', level: 3, isCommunity: false },
};

export function terminal(change: Partial<Terminal> = {}): Terminal {
  return {
    id: 'T4419000001' as TerminalId,
    institution: dongguanPharmacy.code,
    isEnabled: true,
    careTypes: ['11', '41'],
    publicKey: '',
    sealedMasterKey: '',
    session: { signNo: 'S1', sealedPinKey: 'p', sealedMacKey: 'm', signedInAt: MORNING },
    bankTerminalId: '00000001',
    bankMerchantId: '103441980110001',
    bankKeys: undefined,
    ...change,
  };
}

/** 盐酸贝尼地平片 (class B, 10 % self-pay), 阿司匹林肠溶片 (class A), and something without a code. */
export const BENIDIPINE = { code: 'XC08CAB037A001020180517', price: '27.13' };
export const ASPIRIN = { code: 'XB01ACA056A012020279489', price: '13.55' };
export const TOOTHPASTE = { code: null, price: '19.90' };

export type Item = {
  readonly code: string | null;
  readonly price: string;
  readonly quantity?: string;
};

/** A bill whose arithmetic is right. */
export function billOf(items: readonly Item[], change: Partial<BillBody> = {}): BillBody {
  let total = 0n;
  const lines = items.map(({ code, price, quantity = '1' }, index) => {
    const amount = lineAmount(scaled(quantity, 4), scaled(price, 6));
    total += amount;
    const name = code === null ? '牙膏' : '药品';
    return {
      lineNo: String(index + 1),
      code,
      name,
      quantity,
      unitPrice: price,
      amount: formatFen(amount),
    };
  });
  return {
    careType: '41',
    serviceDate: TODAY,
    totalAmount: formatFen(total as Fen),
    lines,
    ...change,
  };
}

function scaled(text: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

export function pricedLines(
  items: readonly Item[],
  institution = dongguanPharmacy,
): readonly PricedLine[] {
  const dates = { today: TODAY, daysMax: 30 };
  const priced = priceBill(billOf(items), institution, catalogues, dates);
  if (!priced.ok) throw new Error(priced.error);
  return priced.value;
}

/** A request key from a short name. */
export function keyOf(name: string): RequestKey {
  return name.padEnd(16, '-') as RequestKey;
}

export function settleBill(
  change: Partial<SettleBill> & { readonly name?: string } = {},
): SettleBill {
  const { name = 'sale-1', ...rest } = change;
  const at = rest.at ?? MORNING;
  const serial = name.split('').reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 65_536, 7);
  const random = new Uint8Array(10).fill(serial % 256).fill(serial >> 8, 0, 5);
  return {
    type: 'settle-bill',
    key: personKey,
    at,
    request: { terminalId: terminal().id, requestKey: keyOf(name), fingerprint: `body of ${name}` },
    settlementId: makeSettlementId(personKey.shard, at, random),
    cardId: card().cardId,
    presented: presentedCard(),
    objection: undefined,
    chip: { challenge: at * 1000, challengeExpired: false, isGenuine: true },
    pin: { kind: 'verifier', verifier: RIGHT_PIN },
    institution: dongguanPharmacy.code,
    careRegion: dongguanPharmacy.region,
    carePlace: dongguanPharmacy.carePlace,
    careType: '41',
    serviceDate: TODAY,
    visit: undefined,
    prescriptionNo: undefined,
    confirmation: undefined,
    businessDate: TODAY,
    lines: pricedLines([ASPIRIN, BENIDIPINE]),
    useAccount: true,
    tender: { kind: 'cash', expected: undefined },
    reservationMs: 90_000,
    ...rest,
  };
}

export function bankDebit(
  expected: string,
  change: Partial<Extract<Tender, { kind: 'bank-debit' }>> = {},
): Tender {
  return {
    kind: 'bank-debit',
    expected: yuan(expected),
    atc: 17,
    stan: 101,
    batch: 1,
    bankTerminalId: terminal().bankTerminalId,
    bankMerchantId: terminal().bankMerchantId,
    sealedReference: 'sealed',
    ...change,
  };
}

export const APPROVED: BankReplyFacts = {
  responseCode: '00',
  rrn: '112210000101',
  authCode: '654321',
  hostTime: '1122100001',
};

export function confirmDebit(of: Settlement, change: Partial<ConfirmDebit> = {}): ConfirmDebit {
  return {
    type: 'confirm-debit',
    key: of.key,
    at: MORNING + 800,
    settlementId: of.id,
    fence: 0,
    ...APPROVED,
    ...change,
  };
}

export function refundSettlement(
  of: Settlement,
  change: Partial<RefundSettlement> & { readonly name?: string } = {},
): RefundSettlement {
  const { name = 'refund-1', ...rest } = change;
  return {
    type: 'refund-settlement',
    key: of.key,
    at: MORNING + 60_000,
    settlementId: of.id,
    request: { terminalId: terminal().id, requestKey: keyOf(name), fingerprint: `body of ${name}` },
    institution: of.institution,
    lines: undefined,
    stan: 202,
    batch: 1,
    businessDate: TODAY,
    reservationMs: 90_000,
    ...rest,
  };
}

export function finishRefund(of: Settlement, change: Partial<FinishRefund> = {}): FinishRefund {
  return {
    type: 'finish-refund',
    key: of.key,
    at: MORNING + 61_000,
    settlementId: of.id,
    fence: 0,
    refundNo: 1,
    outcome: 'approved',
    ...APPROVED,
    ...change,
  };
}
