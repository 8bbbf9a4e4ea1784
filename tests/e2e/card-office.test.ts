/** Goal: what an officer does with a card over HTTP holds at every counter from the next transaction on. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CardOrderBody } from '../../engine/contract/cards.ts';
import type { TestOperator } from '../support/running-system/office.ts';
import { addTestOperator, ask, signInFirst } from '../support/running-system/office.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let officer: TestOperator;
let token: string;

beforeAll(async () => {
  system = await startSystem();
  officer = await addTestOperator(system, 'li.na', {
    roles: ['card-officer'],
    regions: ['441900'],
  });
  token = await signInFirst(system.url(), officer);
});
afterAll(() => system.close());

/** 441900: the officer's region. */
const buyer = () => system.sandboxPerson('dongguan-pharmacy-buyer');

async function order(body: CardOrderBody, change: { orderId?: string; personNo?: string } = {}) {
  const request = {
    orderId: `test-${randomBytes(10).toString('hex')}`,
    personNo: buyer().record.card.key.personNo,
    ...{ reason: 'at the window', evidence: { identity: 'ID card' }, order: body },
    ...change,
  };
  return ask(system.url(), '/v1/cards/orders', { token, body: request });
}

const statesNow = async () => {
  const [row] = await system.query('select status, medical, steps from card where card_id = $1', [
    buyer().record.card.cardId,
  ]);
  return row;
};

test('a loss report is in effect at once, is one step when it is sent twice, and is lifted', async () => {
  const { cardId } = buyer().record.card;
  const lose = { kind: 'report-loss', cardId, form: 'written' } as const;
  const orderId = 'the-same-order-0001';
  expect(await order(lose, { orderId })).toMatchObject({ status: 200 });
  expect(await order(lose, { orderId })).toMatchObject({ status: 200 });
  expect(await statesNow()).toEqual({ status: 'written-loss', medical: 'active', steps: 1 });
  const oral = await order({ kind: 'cancel-loss', cardId, form: 'oral' });
  expect(oral).toMatchObject({ status: 422, body: { code: 'CARD_STEP_INCOMPLETE' } });
  expect(await order({ kind: 'cancel-loss', cardId, form: 'written' })).toMatchObject({
    status: 200,
  });
  expect(await statesNow()).toMatchObject({ status: 'active', steps: 2 });
});

test('everything is read back, with who and why, and the reading leaves a row', async () => {
  const { personNo } = buyer().record.card.key;
  const said = await ask(system.url(), `/v1/cards/of/${personNo}`, { token });
  const body: object = said.body;
  const steps = [
    {
      ...{ kind: 'report-loss', by: { kind: 'operator', id: 'li.na' }, reason: 'at the window' },
      card: { from: 'active', to: 'written-loss' },
    },
    { kind: 'cancel-loss', card: { from: 'written-loss', to: 'active' } },
  ];
  expect(body).toMatchObject({ steps });
  const rows = await system.query(
    "select outcome from audit_row where action = 'card.read' and principal_id = 'li.na'",
  );
  expect(rows).toEqual([{ outcome: 'read' }]);
});

test('an officer of another region and another role get nowhere', async () => {
  const { cardId } = buyer().record.card;
  const suspend = { kind: 'suspend', cardId } as const;
  const stranger = await addTestOperator(system, 'sun.yu', {
    roles: ['card-officer'],
    regions: ['230000'],
  });
  const clerk = await addTestOperator(system, 'zhao.min', { roles: ['cashier'] });
  for (const [other, code] of [
    [stranger, 'ACTION_OUT_OF_SCOPE'],
    [clerk, 'ACTION_NOT_ALLOWED'],
  ] as const) {
    const body = {
      ...{ orderId: 'not-mine-00000001', personNo: buyer().record.card.key.personNo },
      ...{ reason: null, evidence: {}, order: suspend },
    };
    const own = await signInFirst(system.url(), other);
    const said = await ask(system.url(), '/v1/cards/orders', { token: own, body });
    expect(said.body.code).toBe(code);
  }
  expect(await statesNow()).toMatchObject({ medical: 'active' });
});

test('a card goes from application to the bank under the engine’s own role', async () => {
  const { cardId } = buyer().record.card;
  expect(await order({ kind: 'report-loss', cardId, form: 'written' })).toMatchObject({
    status: 200,
  });
  const form = { applicationNo: 'E2E-1', issuingBank: '102', delivery: 'window' } as const;
  expect(await order({ kind: 'replace', cardId, ...form })).toMatchObject({ status: 200 });
  const review = { kind: 'review', applicationNo: 'E2E-1', isAccepted: true } as const;
  expect(await order(review)).toMatchObject({ status: 200 });
  const made: Extract<CardOrderBody, { readonly kind: 'personalise' }> = {
    ...{ kind: 'personalise', applicationNo: 'E2E-1', cardId: `${cardId.slice(0, 31)}F` },
    ...{ cardNumber: 'A99999999', cardClass: '1', specVersion: '3.00', expiresOn: null },
  };
  expect(await order(made)).toMatchObject({ status: 200 });
  expect(await order({ kind: 'send-to-bank', cardId: made.cardId })).toMatchObject({ status: 200 });
  const [message] = await system.query<{ topic: string; card_id: string }>(
    'select topic, card_id from outbox where card_id = $1',
    [made.cardId],
  );
  expect(message).toEqual({ topic: 'card-at-bank', card_id: made.cardId });
  expect(await statesNow()).toMatchObject({ status: 'replaced', medical: 'suspended' });
});
