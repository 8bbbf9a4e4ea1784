import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import type { SettlementId } from '../../../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../../../engine/base/money/fen.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import type { Decision, Facts } from '../../../../../engine/domain/decision.ts';
import { blockPerson } from '../blocked-person.ts';
import { storeForEachTest } from '../store-for-each-test.ts';
import { answers, bill, decideBill, ledgerProblems, query, seed } from '../toy-store.ts';

const fixture = storeForEachTest();
const { start } = fixture;

/** The one rule of the counter, but wrong for bills of a medicine called "wrong". */
function decideWrongly(wrong: (decision: Decision, command: Command) => Decision) {
  return (command: Command, facts: Facts) => {
    const decision = decideBill(command, facts);
    const isWrong = command.type === 'settle-bill' && command.lines[0]?.name === 'wrong';
    return isWrong && decision.writes ? wrong(decision, command) : decision;
  };
}

async function balances(): Promise<{ [personNo: string]: unknown }> {
  const rows = await query(fixture.url, 'select person_no, account_balance from person');
  return Object.fromEntries(rows.map((row) => [row['person_no'], Number(row['account_balance'])]));
}

describe('a batch', () => {
  test('lets a later bill of a person see what an earlier one took, and writes the person once', async () => {
    await seed(fixture.url, { A: 1_000n });
    const store = start();
    const results = [400n, 400n, 400n, 200n].map((amount) => store.execute(bill('A', amount)));
    expect(await answers(results)).toEqual([
      '"balance 600"',
      '"balance 200"',
      '"balance 200"',
      '"balance 0"',
    ]);
    expect(await query(fixture.url, 'select version, account_balance from person')).toEqual([
      { version: 1, account_balance: '0' },
    ]);
    expect(await query(fixture.url, 'select amounts from accumulator')).toEqual([
      { amounts: { paid: '1000' } },
    ]);
    expect(await ledgerProblems(fixture.url)).toEqual([]);
  });

  test('keeps shared accounts equal to their entries over many batches', async () => {
    const people = Array.from({ length: 40 }, (_, i) => `P${i}`);
    await seed(fixture.url, Object.fromEntries(people.map((no) => [no, 10_000n])));
    const store = start({ limits: { batchMax: 7, secondBatchAbove: 5 } });
    const results = Array.from({ length: 200 }, (_, i) =>
      store.execute(bill(people[i % 40] ?? '', BigInt(i + 1))),
    );
    expect((await answers(results)).filter((text) => !text.startsWith('"balance'))).toEqual([]);
    expect(await ledgerProblems(fixture.url)).toEqual([]);
    const [sum] = await query(fixture.url, 'select sum(balance) as sum from shared_account');
    expect(sum).toEqual({ sum: '20100' });
  });

  test('gives the stored answer to a repeated key, in the same batch and later', async () => {
    await seed(fixture.url, { A: 1_000n });
    const store = start();
    const first = store.execute(bill('A', 100n, { key: 'key-of-this-sale-1' }));
    const second = store.execute(bill('A', 100n, { key: 'key-of-this-sale-1' }));
    expect(await answers([first, second])).toEqual(['"balance 900"', '"balance 900"']);
    const third = await store.execute(bill('A', 100n, { key: 'key-of-this-sale-1' }));
    expect(third).toMatchObject({ ok: true, value: { writes: undefined } });
    expect(await balances()).toEqual({ A: 900 });
  });

  test('remembers a refusal without moving money', async () => {
    await seed(fixture.url, { A: 10n });
    const refused = await start().execute(bill('A', 11n, { key: 'a-refused-sale-01' }));
    expect(refused).toMatchObject({ ok: true, value: { answer: { outcome: 'declined' } } });
    expect(await query(fixture.url, 'select state, settlement_id from request')).toEqual([
      { state: 'final', settlement_id: null },
    ]);
    expect(await query(fixture.url, 'select from entry')).toEqual([]);
  });
});

describe('a command that cannot be carried out fails alone', () => {
  const cases: [string, (decision: Decision) => Decision][] = [
    [
      'its decision breaks an invariant',
      () => {
        throw new InvariantViolation('impossible');
      },
    ],
    [
      'its entries do not balance',
      (decision) => ({
        ...decision,
        writes: {
          ...decision.writes,
          posting: {
            settlementId: 'wrong' as SettlementId,
            postingNo: 0,
            entries: [
              { account: 'person', amount: -100n as Fen },
              { account: 'institution:P44190000001', amount: 99n as Fen },
            ],
          },
        },
      }),
    ],
    [
      'the account would fall below zero',
      ({ writes, ...decision }) => ({
        ...decision,
        writes: {
          ...writes,
          ...(writes?.person && { person: { ...writes.person, accountBalance: -1n as Fen } }),
          posting: {
            settlementId: 'wrong' as SettlementId,
            postingNo: 0,
            entries: [
              { account: 'person', amount: -1_001n as Fen },
              { account: 'institution:P44190000001', amount: 1_001n as Fen },
            ],
          },
        },
      }),
    ],
    [
      'the balance moves without entries',
      ({ writes, ...decision }) => ({
        ...decision,
        writes: {
          ...(writes?.request && { request: writes.request }),
          ...(writes?.person && { person: { ...writes.person, accountBalance: 999_999n as Fen } }),
        },
      }),
    ],
    [
      'more is held than there is',
      ({ writes, ...decision }) => ({
        ...decision,
        writes: {
          ...writes,
          ...(writes?.person && { person: { ...writes.person, accountHeld: 1_000_000n as Fen } }),
        },
      }),
    ],
    [
      'the parts of the settlement are not its total',
      ({ writes, ...decision }) => {
        const settlement = writes?.settlement;
        const to = settlement && {
          ...settlement.to,
          amounts: { ...settlement.to.amounts, fundTotal: 1n as Fen },
        };
        return {
          ...decision,
          writes: { ...writes, ...(to && { settlement: { from: undefined, to } }) },
        };
      },
    ],
    [
      'a text cannot be stored',
      ({ writes, ...decision }) => ({
        ...decision,
        writes: {
          ...writes,
          ...(writes?.request && { request: { ...writes.request, fingerprint: 'a\0b' } }),
        },
      }),
    ],
  ];
  test.each(cases)('when %s', async (_, wrong) => {
    await seed(fixture.url, { A: 1_000n, B: 1_000n, C: 1_000n });
    const store = start({ decide: decideWrongly(wrong) });
    const results = [
      store.execute(bill('A', 100n)),
      store.execute(bill('B', 100n, { item: 'wrong' })),
      store.execute(bill('B', 200n)),
      store.execute(bill('C', 300n)),
    ];
    expect(await answers(results)).toEqual([
      '"balance 900"',
      'unavailable',
      '"balance 800"',
      '"balance 700"',
    ]);
    expect(await balances()).toEqual({ A: 900, B: 800, C: 700 });
    expect(await ledgerProblems(fixture.url)).toEqual([]);
  });

  test('and tells the log the SQLSTATE, but nothing of the person', async () => {
    await seed(fixture.url, { A: 1_000n });
    const lines: string[] = [];
    const store = start({
      decide: decideWrongly(({ writes, ...decision }) => ({
        ...decision,
        writes: {
          ...writes,
          posting: {
            settlementId: 'wrong' as SettlementId,
            postingNo: 0,
            entries: [{ account: 'person', amount: 1n as Fen }],
          },
        },
      })),
      log: (event, facts) => lines.push(JSON.stringify({ event, ...facts })),
    });
    await store.execute(bill('A', 100n, { item: 'wrong' }));
    expect(lines.join()).toContain('YK');
    expect(lines.join()).not.toMatch(/"A"|balance|institution:/);
  });
});

describe('with another process on the same database', () => {
  test('a bill that was decided on an old balance is decided again', async () => {
    await seed(fixture.url, { A: 1_000n });
    const other = await blockPerson(fixture.url, 'A');
    const result = start().execute(bill('A', 300n));
    await other.waiter();
    await other.release('commit');
    expect(await answers([result])).toEqual(['"balance 600"']);
    expect(await ledgerProblems(fixture.url)).toEqual([]);
  });

  test('a wrong PIN that the other process counted meanwhile is not forgotten', async () => {
    await seed(fixture.url, { A: 1_000n });
    const other = await blockPerson(fixture.url, 'A', { countsWrongPin: true });
    const store = start({
      decide: (command, facts) => {
        const { card, ...decision } = { ...decideBill(command, facts), card: facts.card };
        const pinWrongTries = (card?.pinWrongTries ?? 0) + 1;
        return { ...decision, writes: card && { card: { ...card, pinWrongTries } } };
      },
    });
    const result = store.execute(bill('A', 1n));
    await other.waiter();
    await other.release('commit');
    await result;
    expect(await query(fixture.url, 'select pin_wrong_tries from card')).toEqual([
      { pin_wrong_tries: 2 },
    ]);
  });

  test('a card that was reported lost meanwhile stays lost', async () => {
    await seed(fixture.url, { A: 1_000n });
    const other = await blockPerson(fixture.url, 'A');
    const store = start({
      decide: (command, facts) => {
        const { writes, ...decision } = decideBill(command, facts);
        const card = facts.card && { ...facts.card, lastAtc: 7 };
        return { ...decision, writes: { ...writes, ...(card && { card }) } };
      },
    });
    const result = store.execute(bill('A', 1n));
    await other.waiter();
    await query(fixture.url, "update card set status = 'written-loss'");
    await other.release('rollback');
    await result;
    expect(await query(fixture.url, 'select status, last_atc from card')).toEqual([
      { status: 'written-loss', last_atc: 7 },
    ]);
  });

  test('one key that two engines carry out at once has one effect and one answer', async () => {
    await seed(fixture.url, { A: 1_000n });
    const engines = [start(), start()];
    for (let round = 1; round <= 10; round++) {
      const key = `key-of-both-engines-${round}`;
      const pair = await Promise.all(
        engines.map((engine) => engine.execute(bill('A', 10n, { key }))),
      );
      const replays = pair.map((result) => result.ok && result.value.writes === undefined);
      expect(new Set(replays)).toEqual(new Set([false, true]));
      expect(new Set(await answers(pair.map((result) => Promise.resolve(result)))).size).toBe(1);
    }
    expect(await balances()).toEqual({ A: 900 });
    expect(await ledgerProblems(fixture.url)).toEqual([]);
  });

  test('many bills of a few people from two engines all count', async () => {
    await seed(fixture.url, { A: 10_000n, B: 10_000n, C: 10_000n });
    const engines = [start(), start()];
    const results = Array.from({ length: 90 }, (_, i) =>
      (engines[i % 2] ?? start()).execute(bill('ABC'.charAt(i % 3), 10n)),
    );
    const refused = (await answers(results)).filter((text) => !text.startsWith('"balance'));
    expect(await ledgerProblems(fixture.url)).toEqual([]);
    const taken =
      30_000 - Object.values(await balances()).reduce<number>((a, b) => a + Number(b), 0);
    expect(taken).toBe(10 * (90 - refused.length));
  });
});
