import { afterEach, describe, expect, test } from 'vitest';
import { SHARD_COUNT } from '../../../../../engine/base/ids/ids.ts';
import { takeLeftWords } from '../../../../../engine/flows/shards/serve-own-shards.ts';
import type { BankWord } from '../../../../../engine/ports/shard-owners.ts';
import type { ShardEngine } from '../../../../support/shard-engines.ts';
import { LEASE_MS, openShardEngine } from '../../../../support/shard-engines.ts';
import { blockPerson } from '../blocked-person.ts';
import { answers, at, bill, keyOf, ledgerProblems, query, seed } from '../counter.ts';
import { setStage } from '../stage.ts';

const stage = setStage();
let time = at;
let open: ShardEngine[] = [];
afterEach(async () => {
  await Promise.all(open.map((engine) => engine.close()));
  open = [];
  time = at;
});

function engine(name: string, address?: string): ShardEngine {
  const now = () => time;
  const made = openShardEngine({
    ...{ url: stage.url, name, now, openStore: stage.start },
    ...(address !== undefined && { address }),
  });
  open.push(made);
  return made;
}

/** Looks in turn, as often as it takes for everybody to be content. */
async function look(...engines: readonly ShardEngine[]): Promise<void> {
  for (let turn = 0; turn < 3; turn++) for (const { held } of engines) await held.look();
}

function sizes(...engines: readonly ShardEngine[]): number[] {
  return engines.map(({ held }) => held.own().length);
}

const settlements = () => query(stage.url, 'select person_no from settlement order by person_no');

describe('the division of shards', () => {
  test('one engine has them all; each that comes gets its part, and nobody has another’s', async () => {
    const [a, b, c] = [engine('a'), engine('b'), engine('c')];
    await look(a);
    expect(sizes(a)).toEqual([16]);
    await look(a, b);
    expect(sizes(a, b)).toEqual([8, 8]);
    await look(a, b, c);
    expect(sizes(a, b, c)).toEqual([6, 5, 5]);
    const all = [a, b, c].flatMap(({ held }) => held.own()).sort((x, y) => x - y);
    expect(all).toEqual(Array.from({ length: SHARD_COUNT }, (_, shard) => shard));
  });

  test('moves no shard while the engines stay the same', async () => {
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    const epochs = await query(stage.url, 'select epoch from shard_owner order by shard');
    await look(b, a);
    expect(await query(stage.url, 'select epoch from shard_owner order by shard')).toEqual(epochs);
  });

  test('an engine names the owner of what it does not own', async () => {
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    const [ofB = -1] = b.held.own();
    expect(a.held.placeOf(ofB)).toEqual({ kind: 'elsewhere', address: 'http://engine-b:8443' });
    expect(b.held.placeOf(ofB)).toEqual({ kind: 'here' });
  });

  test('who asks for a shard on its way to another engine waits until that one has taken it', async () => {
    const [a, b] = [engine('a'), engine('b')];
    await look(a);
    await b.held.look();
    await a.held.look();
    const onTheWay = Array.from({ length: SHARD_COUNT }, (_, shard) => shard).filter(
      (shard) => a.held.placeOf(shard).kind === 'nobody',
    );
    expect(onTheWay).toHaveLength(8);
    const places = Promise.all(onTheWay.map(a.held.findPlace));
    await b.held.look();
    const ofB = { kind: 'elsewhere', address: 'http://engine-b:8443' };
    expect(await places).toEqual(onTheWay.map(() => ofB));
  });

  test('an engine that says nothing keeps its shards for its lease, and no longer', async () => {
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    time += LEASE_MS - 1;
    await look(b);
    expect(sizes(b)).toEqual([8]);
    time += 1;
    await look(b);
    expect(sizes(b)).toEqual([16]);
  });

  test('an engine that stops leaves its shards at once', async () => {
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    await a.held.leave();
    expect(a.held.placeOf(a.held.own()[0] ?? 0)).toEqual({ kind: 'nobody' });
    await look(b);
    expect(sizes(b)).toEqual([16]);
  });

  test('an engine that comes back at its address has its part at once', async () => {
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    const again = engine('c', 'http://engine-a:8443');
    await look(again);
    expect(sizes(again)).toEqual([8]);
    await look(b);
    expect(sizes(b)).toEqual([8]);
  });

  test('a lease of a clock that was a day ahead is over', async () => {
    const [a, b] = [engine('a'), engine('b')];
    time += 86_400_000;
    await look(a);
    time = at;
    await look(b);
    expect(sizes(b)).toEqual([16]);
  });

  test('epochs never fall', async () => {
    const [a, b] = [engine('a'), engine('b')];
    const epochs = async () =>
      (await query(stage.url, 'select epoch from shard_owner order by shard')).map((row) =>
        Number(row['epoch']),
      );
    let before = await epochs();
    for (const step of [() => look(a), () => look(a, b), () => a.held.leave(), () => look(b)]) {
      await step();
      const after = await epochs();
      expect(after.every((epoch, shard) => epoch >= (before[shard] ?? 0))).toBe(true);
      before = after;
    }
    expect(before.some((epoch) => epoch >= 3)).toBe(true);
  });
});

describe('the fence', () => {
  test('an engine that slept through its lease writes nothing, its commands may come again', async () => {
    await seed(stage.url, { A: 1_000n, B: 1_000n, C: 1_000n });
    const [a, b] = [engine('a'), engine('b')];
    await look(a);
    time += LEASE_MS;
    await look(b);
    // It believes that all is as it was.
    expect(sizes(a)).toEqual([16]);
    const bills = ['A', 'B', 'C'].map((no) => bill(no, 100n, { key: `key-of-person-${no}-0` }));
    expect(await answers(bills.map(a.store.execute))).toEqual(Array(3).fill('unavailable'));
    expect(await settlements()).toEqual([]);
    expect(await query(stage.url, 'select from request')).toEqual([]);
    expect(await answers(bills.map(b.store.execute))).toEqual(Array(3).fill('"balance 900"'));
    expect(await ledgerProblems(stage.url)).toEqual([]);
  });

  test('one shard that was lost fails the whole batch, and then the engine knows where it stands', async () => {
    await seed(stage.url, { A: 1_000n, B: 1_000n });
    const a = engine('a');
    await look(a);
    await query(
      stage.url,
      `update shard_owner set epoch = epoch + 1, engine = null
      where shard = ${keyOf('A').shard}`,
    );
    const first = [bill('A', 100n), bill('B', 100n)];
    expect(keyOf('A').shard).not.toBe(keyOf('B').shard);
    expect(await answers(first.map(a.store.execute))).toEqual(['unavailable', 'unavailable']);
    await look(a);
    expect(await answers(first.map(a.store.execute))).toEqual(['"balance 900"', '"balance 900"']);
  });

  test('nobody takes a shard from under a batch', async () => {
    await seed(stage.url, { A: 1_000n });
    const { shard } = keyOf('A');
    const [a, b] = [engine('a'), engine('b')];
    await look(a);
    const blocked = await blockPerson(stage.url, 'A', { countsWrongPin: true });
    const result = a.store.execute(bill('A', 100n));
    await blocked.waiter();
    time += LEASE_MS;
    await look(b);
    expect(sizes(b)).toEqual([15]);
    expect(b.held.placeOf(shard)).toEqual({ kind: 'nobody' });
    await blocked.release('rollback');
    expect(await answers([result])).toEqual(['"balance 900"']);
    await look(b);
    expect(sizes(b)).toEqual([16]);
  });

  test('who gives a shard up first finishes what it has begun with it', async () => {
    await seed(stage.url, { A: 1_000n });
    const { shard } = keyOf('A');
    const [a, b] = [engine('a'), engine('b')];
    await look(a);
    const blocked = await blockPerson(stage.url, 'A', { countsWrongPin: true });
    const result = a.store.execute(bill('A', 100n));
    await blocked.waiter();
    // Waits for the batch before it.
    const queued = a.store.execute(bill('A', 100n));
    const left = a.held.leave();
    expect(a.held.placeOf(shard)).toEqual({ kind: 'nobody' });
    await look(b);
    expect(sizes(b)).toEqual([0]);
    await blocked.release('rollback');
    expect(await answers([result, queued])).toEqual(['"balance 900"', '"balance 800"']);
    await left;
    await look(b);
    expect(sizes(b)).toEqual([16]);
  });
});

describe('a command for another engine’s person', () => {
  test('is refused before it is queued', async () => {
    await seed(stage.url, { A: 1_000n });
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    const [owner, other] = a.held.placeOf(keyOf('A').shard).kind === 'here' ? [a, b] : [b, a];
    expect(await answers([other.store.execute(bill('A', 100n))])).toEqual(['unavailable']);
    expect(await answers([owner.store.execute(bill('A', 100n))])).toEqual(['"balance 900"']);
  });

  test('is kept for the owner, and carried out once, if a bank has said it', async () => {
    await seed(stage.url, { A: 1_000n });
    const [a, b] = [engine('a'), engine('b')];
    await look(a, b);
    const [owner, other] = a.held.placeOf(keyOf('A').shard).kind === 'here' ? [a, b] : [b, a];
    const { settlementId } = bill('A', 100n);
    const word: BankWord = {
      type: 'confirm-debit',
      ...{ key: keyOf('A'), at, settlementId, fence: 0 },
      ...{ responseCode: '00', rrn: '260000000001', authCode: undefined, hostTime: '1122100000' },
    };
    const kept = await other.store.execute(word);
    expect(kept.ok && kept.value.answer.code).toBe('OUTCOME_NOT_KNOWN_YET');
    const taken: unknown[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const store = {
      execute: async (command: unknown) => {
        taken.push(command);
        return kept;
      },
    };
    await takeLeftWords(other, store, log);
    expect(taken).toEqual([]);
    await takeLeftWords(owner, store, log);
    await takeLeftWords(owner, store, log);
    expect(taken).toEqual([word]);
  });
});

test('due bank legs are those of an engine’s own shards', async () => {
  const [a, b] = [engine('a'), engine('b')];
  await look(a);
  expect(await b.store.dueBankLegs(time, 10)).toEqual([]);
  expect(await a.store.dueBankLegs(time, 10)).toEqual([]);
});
