import { expect, test } from 'vitest';
import { holdShards } from '../../../../../engine/flows/shards/hold-shards.ts';
import type { ShardOwners, ShardView } from '../../../../../engine/ports/shard-owners.ts';

const me = 'a'.repeat(16);

/** What is seen at one look after another, the last one for ever after; undefined: the database is away. */
function hold(views: readonly (ShardView | undefined)[]) {
  let looks = 0;
  const owners: ShardOwners = {
    succeed: async () => undefined,
    async renew() {
      const view = views[Math.min(looks, views.length - 1)];
      looks += 1;
      if (view === undefined) throw new Error('the database is away');
      return view;
    },
    take: async () => undefined,
    giveUp: async () => undefined,
    leave: async () => undefined,
    leaveWord: async () => undefined,
    readWords: async () => [],
    removeWord: async () => undefined,
  };
  const clock = { now: () => 0, sleep: async () => undefined };
  const address = () => 'http://engine-a:8443';
  const held = holdShards({ owners, clock, engine: me, address, leaseMs: 5_000 });
  return { held, looks: () => looks };
}

function viewOf(owner: string | undefined): ShardView {
  const other = { engine: 'b'.repeat(16), address: 'http://engine-b:8443' };
  return { engines: [other], shards: [{ shard: 3, engine: owner, epoch: 7 }] };
}

test('who asks for a shard that nobody owns yet is told its owner as soon as there is one', async () => {
  const { held, looks } = hold([viewOf(undefined), viewOf(undefined), viewOf('b'.repeat(16))]);
  expect(await held.findPlace(3)).toEqual({ kind: 'elsewhere', address: 'http://engine-b:8443' });
  expect(looks()).toBe(3);
});

test('nobody waits for ever for an owner', async () => {
  const { held, looks } = hold([viewOf(undefined)]);
  expect(await held.findPlace(3)).toEqual({ kind: 'nobody' });
  expect(looks()).toBe(30);
});

test('while the database is away nobody is kept waiting', async () => {
  const { held, looks } = hold([undefined]);
  expect(await held.findPlace(3)).toEqual({ kind: 'nobody' });
  expect(looks()).toBe(1);
});
