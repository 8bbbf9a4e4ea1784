import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import type { SettlementRequest } from '../../engine/contract/settlement.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { bookProblems, stateOf } from '../support/running-system/books.ts';
import type { Counter, SaleWish } from '../support/running-system/counter.ts';
import {
  approvedBody,
  billOf,
  codeOf,
  openCounter,
  plainBill,
} from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let pharmacy: Counter;
let hospital: Counter;

beforeAll(async () => {
  system = await startSystem();
  pharmacy = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  hospital = await openCounter(system, sandboxTerminals.beijingHospital);
});
afterAll(() => system.close());
afterEach(async () => expect(await bookProblems(system)).toEqual([]));

/** Settles with good proofs but for what `spoil` changes; says the code and that no money moved. */
async function settle(
  counter: Counter,
  customer: Customer,
  spoil: (request: SettlementRequest) => SettlementRequest | Promise<SettlementRequest> = (same) =>
    same,
  wish: SaleWish = {},
): Promise<string> {
  const before = await stateOf(system, customer);
  const request = await spoil(await counter.requestFor(customer, wish));
  const code = codeOf(await counter.client.settle(request));
  if (code === 'approved') return code;
  const { pinWrongTries: _tries, ...after } = await stateOf(system, customer);
  expect(before).toMatchObject(after);
  return code;
}

describe('a card that may not pay', () => {
  test.each([
    ['card-expired', 'CARD_EXPIRED'],
    ['listed-city', 'CARD_LISTED_CITY'],
    ['listed-provincial', 'CARD_LISTED_PROVINCIAL'],
    ['listed-national', 'CARD_LISTED_NATIONAL'],
    ['initial-pin', 'PIN_INITIAL'],
    ['oral-loss', 'CARD_LOST_ORAL'],
    ['account-frozen', 'ACCOUNT_NOT_ACTIVE'],
  ])('%s: %s, at the quote and at the settlement', async (id, code) => {
    const customer = system.sandboxPerson(id);
    const counter = customer.person.region === '110000' ? hospital : pharmacy;
    expect(codeOf(await counter.sell(customer))).toBe(code);
    expect(await settle(counter, customer)).toBe(code);
  });

  test('a frozen account does not keep the fund from paying', async () => {
    const customer = system.sandboxPerson('account-frozen');
    expect(await settle(hospital, customer, undefined, { useAccount: false })).toBe('approved');
  });

  test('what the terminal says of the card is not believed', async () => {
    const customer = system.sandboxPerson('card-expired');
    const renewed = (request: SettlementRequest) => ({
      ...request,
      card: { ...request.card, expiresOn: '2036-01-01' },
    });
    expect(await settle(pharmacy, customer, renewed)).toBe('CARD_MALFORMED');
  });
});

describe('the PIN', () => {
  test('three wrong ones lock the card, also for the right one', async () => {
    const customer = await system.enrol();
    const wrong = { medicalPin: '000001' };
    expect(await settle(pharmacy, customer, undefined, wrong)).toBe('PIN_WRONG');
    expect(await settle(pharmacy, customer, undefined, wrong)).toBe('PIN_WRONG');
    expect(await settle(pharmacy, customer, undefined, wrong)).toBe('PIN_LOCKED');
    expect(await settle(pharmacy, customer)).toBe('PIN_LOCKED');
    expect((await stateOf(system, customer)).pinWrongTries).toBe(3);
  });

  test('a right one after two wrong ones starts the count anew', async () => {
    const customer = await system.enrol();
    const wrong = { medicalPin: '000001' };
    expect(await settle(pharmacy, customer, undefined, wrong)).toBe('PIN_WRONG');
    expect(await settle(pharmacy, customer, undefined, wrong)).toBe('PIN_WRONG');
    expect(await settle(pharmacy, customer)).toBe('approved');
    expect((await stateOf(system, customer)).pinWrongTries).toBe(0);
  });

  test('the same wrong request again is one try', async () => {
    const customer = await system.enrol();
    const request = await pharmacy.requestFor(customer, { medicalPin: '000001' });
    for (let repeat = 0; repeat < 5; repeat++) {
      expect(codeOf(await pharmacy.client.settle(request))).toBe('PIN_WRONG');
    }
    expect((await stateOf(system, customer)).pinWrongTries).toBe(1);
  });

  test('the block of another card is not a try', async () => {
    const [customer, other] = [await system.enrol(), await system.enrol()];
    const { pin } = await pharmacy.requestFor(other);
    const code = await settle(pharmacy, customer, (request) => ({ ...request, pin }));
    expect(code).toBe('PIN_BLOCK_INVALID');
    expect((await stateOf(system, customer)).pinWrongTries).toBe(0);
  });
});

describe('the chip', () => {
  test('a challenge is good for one request', async () => {
    const customer = await system.enrol();
    const { chip } = await pharmacy.requestFor(customer);
    expect(await settle(pharmacy, customer, (request) => ({ ...request, chip }))).toBe('approved');
    expect(await settle(pharmacy, customer, (request) => ({ ...request, chip }))).toBe(
      'CHALLENGE_USED',
    );
  });

  test('a challenge is good for its amount and its terminal', async () => {
    const customer = await system.enrol();
    const bill = plainBill('0.01', pharmacy.signedIn.businessDate);
    const { chip } = await pharmacy.requestFor(customer, { bill });
    expect(await settle(pharmacy, customer, (request) => ({ ...request, chip }))).toBe(
      'CHALLENGE_INVALID',
    );
    const elsewhere = await openCounter(system, sandboxTerminals.beijingPharmacy);
    const asked = await elsewhere.requestFor(customer);
    const stolen = (request: SettlementRequest) => ({ ...request, chip: asked.chip });
    expect(await settle(pharmacy, customer, stolen)).toBe('CHALLENGE_INVALID');
  });

  test('an answer that another chip gave, or that was altered, is not genuine', async () => {
    const customer = await system.enrol();
    const altered = (request: SettlementRequest) => {
      const { challenge, cryptogram } = request.chip;
      const last = cryptogram.endsWith('0') ? '1' : '0';
      return { ...request, chip: { challenge, cryptogram: cryptogram.slice(0, -1) + last } };
    };
    expect(await settle(pharmacy, customer, altered)).toBe('CHIP_NOT_GENUINE');
  });

  test('a bank application whose counter does not rise is a copy', async () => {
    const customer = await system.enrol({ accountBalance: fen(0n) });
    const bill = plainBill('1.00', pharmacy.signedIn.businessDate);
    const wish = { tender: 'bank-debit', bill } as const;
    const first = await pharmacy.requestFor(customer, wish);
    approvedBody(await pharmacy.client.settle(first));
    const copied = (request: SettlementRequest) => ({ ...request, tender: first.tender });
    expect(await settle(pharmacy, customer, copied, wish)).toBe('CHIP_COUNTER_NOT_RISING');
  });
});

describe('the bill', () => {
  test('above its ceiling: quoted with a warning, refused, and settled with a confirmation', async () => {
    const customer = await system.enrol();
    const wish = { bill: plainBill('12000.00', pharmacy.signedIn.businessDate) };
    const { card, bill } = await pharmacy.requestFor(customer, wish);
    const quote = approvedBody(await pharmacy.client.quote({ card, bill, useAccount: false }));
    expect(quote.warnings).toMatchObject([{ check: 'ceiling', lineNos: ['1'] }]);
    expect(await settle(pharmacy, customer, undefined, wish)).toBe('BILL_ABOVE_CEILING');
    expect(codeOf(await pharmacy.sell(customer, wish))).toBe('BILL_ABOVE_CEILING');
    const confirmation = { supervisor: '王主管 0017', reason: '已核对' };
    const request = { ...(await pharmacy.requestFor(customer, wish)), confirmation };
    const { settlementId } = approvedBody(await pharmacy.client.settle(request));
    const read = approvedBody(await pharmacy.client.settlement(settlementId));
    expect(read).toMatchObject({ state: 'posted', confirmation });
  });

  test('of a prescription that was settled before: refused until that is refunded', async () => {
    const customer = await system.enrol();
    const bill = billOf(pharmacy.terminal, pharmacy.signedIn);
    const wish = { bill: { ...bill, prescriptionNo: 'RX-E2E-0001' } };
    const first = approvedBody(
      await pharmacy.client.settle(await pharmacy.requestFor(customer, wish)),
    );
    expect(first.prescriptionNo).toBe('RX-E2E-0001');
    expect(await settle(pharmacy, customer, undefined, wish)).toBe('DUPLICATE_PRESCRIPTION');
    expect(codeOf(await pharmacy.sell(customer, wish))).toBe('DUPLICATE_PRESCRIPTION');
    const requestKey = 'refund-of-a-prescription';
    approvedBody(await pharmacy.client.refund(first.settlementId, { requestKey }));
    expect(await settle(pharmacy, customer, undefined, wish)).toBe('approved');
  });
});

describe('the terminal', () => {
  test('sells only what its place may sell', async () => {
    const customer = await system.enrol();
    const bill = billOf(hospital.terminal, hospital.signedIn);
    expect(await settle(pharmacy, customer, undefined, { bill })).toBe('TERMINAL_NOT_ALLOWED');
    const { card } = await pharmacy.requestFor(customer);
    const quote = await pharmacy.client.quote({ card, bill, useAccount: true });
    expect(codeOf(quote)).toBe('TERMINAL_NOT_ALLOWED');
  });

  test('a sign-in ends the session before it', async () => {
    const place = sandboxTerminals.dongguanCommunity;
    const before = await openCounter(system, place);
    await openCounter(system, place);
    expect(codeOf(await before.client.byRequestKey('a'.repeat(24)))).toBe(
      'TERMINAL_SIGNATURE_INVALID',
    );
  });

  test('the same signed request twice is a replay, and nobody takes it for a decline', async () => {
    const sent: Parameters<typeof fetch>[] = [];
    const recording: typeof fetch = (...request) => {
      sent.push(request);
      return fetch(...request);
    };
    const counter = await openCounter(system, sandboxTerminals.beijingPharmacy, {
      fetch: recording,
    });
    const customer = await system.enrol({ like: 'beijing-fresh' });
    const outcome = await counter.sell(customer);
    expect(outcome.kind).toBe('approved');
    const after = await stateOf(system, customer);
    const last = sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    const replayed = await fetch(...last);
    expect(replayed.status).toBe(401);
    expect(await replayed.json()).toMatchObject({ code: 'REQUEST_REPLAYED' });
    expect(await stateOf(system, customer)).toEqual(after);
  });

  test('whose clock is wrong is told the time, and sells', async () => {
    let offset = 0;
    const statuses: number[] = [];
    const counter = await openCounter(system, sandboxTerminals.beijingCommunity, {
      now: () => Date.now() + offset,
      fetch: async (...request) => {
        const answer = await fetch(...request);
        statuses.push(answer.status);
        return answer;
      },
    });
    const customer = await system.enrol({ like: 'beijing-retired' });
    const request = await counter.requestFor(customer);
    for (const jump of [-200_000, 3_600_000]) {
      offset += jump;
      statuses.length = 0;
      expect(codeOf(await counter.client.settle(request))).toBe('approved');
      expect(statuses).toEqual([401, 200]);
    }
  });

  test('without a sign-in nothing is sold', async () => {
    const place = sandboxTerminals.dongguanHospital;
    const headers = {
      'content-type': 'application/json',
      'content-digest': 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
      'signature-input': `y=("@method" "@path" "@query" "content-digest");created=${Math.ceil(Date.now() / 1000)};nonce="0123456789abcdef0123";keyid="${place.id}";alg="hmac-sm3"`,
      signature: `y=:${Buffer.alloc(32).toString('base64')}:`,
    };
    const url = `${system.url()}/v1/settlements`;
    const answer = await fetch(url, { method: 'POST', headers, body: '{}' });
    expect(await answer.json()).toMatchObject({
      code: 'TERMINAL_NOT_SIGNED_IN',
      moneyEffect: 'none',
    });
  });
});

describe('the bank declines', () => {
  const wish = { tender: 'bank-debit' } as const;

  test('too little in the account', async () => {
    const customer = await system.enrol({ accountBalance: fen(0n), bankBalance: fen(13_199n) });
    const before = await stateOf(system, customer);
    expect(codeOf(await pharmacy.sell(customer, wish))).toBe('BANK_FUNDS_SHORT');
    expect(await stateOf(system, customer)).toEqual(before);
  });

  test('a wrong bank PIN, three times', async () => {
    const customer = await system.enrol({ accountBalance: fen(1_000n) });
    const before = await stateOf(system, customer);
    const codes = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      codes.push(codeOf(await pharmacy.sell(customer, { ...wish, bankPin: '000001' })));
    }
    codes.push(codeOf(await pharmacy.sell(customer, wish)));
    expect(codes).toEqual([
      'BANK_PIN_WRONG',
      'BANK_PIN_WRONG',
      'BANK_PIN_LOCKED',
      'BANK_PIN_LOCKED',
    ]);
    expect(await stateOf(system, customer)).toEqual(before);
  });

  test('a card that was reported lost at the bank', async () => {
    const customer = await system.enrol({ accountBalance: fen(0n) });
    const before = await stateOf(system, customer);
    system.host.setStatus(customer.record.bankCard.pan, 'lost');
    expect(codeOf(await pharmacy.sell(customer, wish))).toBe('BANK_CARD_REFUSED');
    expect(await stateOf(system, customer)).toEqual(before);
  });
});
