/** What both stores are held to: a stage gives a store with one insured person and her card on record. */
import { expect, test } from 'vitest';
import type { CardId, RequestKey, SettlementId } from '../../engine/base/ids/ids.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import { LONGEST_WAIT_MS } from '../../engine/domain/leg/leg.ts';
import type { Settlement } from '../../engine/domain/settlement/settlement.ts';
import type { Store } from '../../engine/ports/store.ts';
import {
  bankDebit,
  card,
  confirmDebit,
  keyOf,
  MORNING,
  personKey,
  refundSettlement,
  settleBill,
  terminal,
  yuan,
} from '../support/domain/builders.ts';

/** A store with the rules of `change(decide)`, where `decide` are the real ones. */
export type OpenStage = (change?: (decide: Decide) => Decide) => Promise<Store>;

const cardId = card().cardId;
const balanceOf = async (store: Store) =>
  (await store.readFacts({ key: personKey, cardId })).person?.accountBalance;

/** A sale whose patient part is small, so that the personal account pays all of it. */
const sale = (name: string, challenge: number) =>
  settleBill({ name, chip: { challenge, challengeExpired: false, isGenuine: true } });
const bankSale = () =>
  settleBill({ name: 'bank-sale', useAccount: false, tender: bankDebit('40.68') });

async function settled(store: Store, command: ReturnType<typeof settleBill>): Promise<Settlement> {
  const result = await store.execute(command);
  expect(result).toMatchObject({ ok: true });
  const facts = await store.readSettlement(command.settlementId);
  if (facts?.settlement === undefined) throw new Error('the settlement is stored');
  return facts.settlement;
}

export function holdToContract(open: OpenStage): void {
  test('an approved sale is there when its answer is, and the account has paid it', async () => {
    const store = await open();
    const { amounts, state } = await settled(store, sale('sale-1', 1));
    expect(state).toBe('posted');
    expect(await balanceOf(store)).toBe(yuan('500.00') - amounts.accountPay);
  });

  test('the same command again, as after an unknown outcome, gives the same bytes and moves nothing', async () => {
    const store = await open();
    const [first, again] = [
      await store.execute(sale('sale-1', 1)),
      await store.execute(sale('sale-1', 1)),
    ];
    if (!first.ok || !again.ok) throw new Error('both are answered');
    expect(again.value.rendered).toEqual(first.value.rendered);
    expect([first.value.answer.kind, again.value.answer.kind]).toEqual(['settled', 'stored']);
    expect(await store.findRequests(terminal().id, keyOf('sale-1'))).toHaveLength(1);
  });

  test('the same key for other bytes is refused and moves nothing', async () => {
    const store = await open();
    await store.execute(sale('sale-1', 1));
    const before = await balanceOf(store);
    const other = sale('sale-1', 2);
    const result = await store.execute({
      ...other,
      request: { ...other.request, fingerprint: 'other bytes' },
    });
    expect(result).toMatchObject({ ok: true, value: { answer: { code: 'KEY_REUSED' } } });
    expect(await balanceOf(store)).toBe(before);
  });

  test('a prescription that is sold many times at once is approved once, and again after its refund', async () => {
    const store = await open();
    const prescribed = (name: string, challenge: number) => ({
      ...sale(name, challenge),
      prescriptionNo: 'RX20261122-0001',
    });
    const rush = Array.from({ length: 8 }, (_, i) => prescribed(`rush-${i}`, i + 1));
    const told = await Promise.all(rush.map((command) => store.execute(command)));
    const codes = told.map((result) => (result.ok ? result.value.answer.code : result.error.kind));
    // A sale that comes after one with a later challenge may be refused for that instead.
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes).toContain('DUPLICATE_PRESCRIPTION');
    const first = told.find((result) => result.ok && result.value.answer.outcome === 'approved');
    const approved = first?.ok ? first.value.writes?.settlement?.to : undefined;
    if (approved === undefined) throw new Error('one is approved');
    const later = await store.execute(prescribed('later-1', 20));
    expect(later).toMatchObject({
      value: {
        answer: { code: 'DUPLICATE_PRESCRIPTION', extra: { settlementId: approved.id } },
      },
    });
    await store.execute(refundSettlement(approved));
    expect((await settled(store, prescribed('later-2', 21))).state).toBe('posted');
  });

  test('sales that arrive together each see what the one before has left', async () => {
    const store = await open();
    const names = Array.from({ length: 20 }, (_, index) => `rush-${index + 1}`);
    const results = await Promise.all(
      names.map((name, index) => store.execute(sale(name, index + 1))),
    );
    const paid = await Promise.all(
      results.map(async (result, index): Promise<bigint> => {
        if (!result.ok || result.value.answer.outcome !== 'approved') return 0n;
        const facts = await store.readSettlement(sale(names[index] ?? '', 1).settlementId);
        return facts?.settlement?.amounts.accountPay ?? 0n;
      }),
    );
    const left = yuan('500.00') - paid.reduce((sum, part) => sum + part);
    expect(await balanceOf(store)).toBe(left);
    expect(left).toBeGreaterThanOrEqual(0n);
    expect(new Set(paid).size).toBeGreaterThan(1);
  });

  test('a decision that does not add up is not carried out, and the next one is', async () => {
    let isWrong = true;
    const store = await open((decide) => (command, facts) => {
      const decision = decide(command, facts);
      const { person } = decision.writes ?? {};
      if (!isWrong || person === undefined) return decision;
      const accountBalance = (person.accountBalance + 1n) as typeof person.accountBalance;
      return { ...decision, writes: { ...decision.writes, person: { ...person, accountBalance } } };
    });
    expect(await store.execute(sale('sale-1', 1))).toMatchObject({ ok: false });
    expect(await balanceOf(store)).toBe(yuan('500.00'));
    isWrong = false;
    expect(await store.execute(sale('sale-1', 1))).toMatchObject({ ok: true });
  });

  test('a bank leg is due from its moment on, and not once the bank has answered', async () => {
    const store = await open();
    const reserved = await settled(store, bankSale());
    const due = reserved.deadline ?? 0;
    expect(due).toBeGreaterThan(MORNING);
    expect(await store.dueBankLegs(due - 1, 10)).toEqual([]);
    const legs = await store.dueBankLegs(due, 10);
    expect(legs.map(({ settlementId, state }) => [settlementId, state])).toEqual([
      [reserved.id, 'sending'],
    ]);
    expect(await store.dueBankLegs(due, 0)).toEqual([]);
    // By then the clock must have been ahead when the leg was put off.
    expect(await store.dueBankLegs(due - LONGEST_WAIT_MS, 10)).toEqual([]);
    expect(await store.dueBankLegs(due - LONGEST_WAIT_MS - 1, 10)).toEqual(legs);
    await store.execute(confirmDebit(reserved));
    expect(await store.dueBankLegs(due, 10)).toEqual([]);
    expect((await store.readSettlement(reserved.id))?.settlement?.state).toBe('posted');
  });

  test('trace numbers do not repeat', async () => {
    const store = await open();
    const taken = await Promise.all(Array.from({ length: 60 }, () => store.nextTrace()));
    expect(new Set(taken.map(({ batch, stan }) => `${batch}/${stan}`)).size).toBe(60);
  });

  test('a card leads to its person; what nobody knows is nothing', async () => {
    const store = await open();
    expect(await store.findCardOwner(cardId)).toEqual(personKey);
    expect(await store.findCardOwner('F'.repeat(32) as CardId)).toBeUndefined();
    expect(await store.readSettlement(`00${'0'.repeat(26)}` as SettlementId)).toBeUndefined();
    expect(await store.findRequests(terminal().id, 'never-used-before' as RequestKey)).toEqual([]);
  });
}
