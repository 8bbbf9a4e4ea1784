import { randomBytes } from 'node:crypto';
import type { CardId, PersonNo, RequestKey } from '../../engine/base/ids/ids.ts';
import { makeSettlementId, shardOf } from '../../engine/base/ids/ids.ts';
import { fen } from '../../engine/base/money/fen.ts';
import { businessDateOf } from '../../engine/base/time/calendar.ts';
import type { SettleBill } from '../../engine/domain/settlement/settle-bill.ts';
import { priceBill } from '../../engine/flows/settlement/price-bill.ts';
import { openSeedStore } from '../../engine/store/reference/seed-store.ts';
import {
  card,
  catalogues,
  dongguanPharmacy,
  person,
  settleBill,
} from '../../tests/support/domain/builders.ts';
import { testPersonalData } from '../../tests/support/flows/test-keys.ts';
import { benchBill } from '../load/bench-bills.ts';

/** Makes commands that settle bills: each for the next person, so that a batch holds nobody twice. */
export type CommandSource = { next(count: number): SettleBill[] };

const PEOPLE = 2_000;
/** No account runs dry: 100,000.00 yuan. */
const BALANCE = fen(10_000_000n);

/** Puts the people on record in a migrated, empty database. */
export async function seedPeople(databaseUrl: string): Promise<CommandSource> {
  const people = Array.from({ length: PEOPLE }, (_, i) => {
    const personNo = `441900${String(i).padStart(20, '0')}` as PersonNo;
    const key = { shard: shardOf(personNo), personNo };
    const cardId = `441900D156000005FC1B2A6C${String(i).padStart(8, '0')}` as CardId;
    return { person: person({ key, accountBalance: BALANCE }), card: card({ key, cardId }) };
  });
  const store = await openSeedStore(databaseUrl, testPersonalData);
  try {
    await store.insertPersons(people.map((one) => one.person));
    await store.insertCards(people.map((one) => one.card));
  } finally {
    await store.close();
  }
  const today = businessDateOf(Date.now());
  const lines = priceBill(benchBill('41', today), dongguanPharmacy, catalogues, {
    today,
    daysMax: 30,
  });
  if (!lines.ok) throw new Error(`the bill has no prices: ${lines.error}`);
  let turn = 0;
  const nextCommand = (): SettleBill => {
    const one = people[turn++ % PEOPLE];
    if (one === undefined) throw new Error('there are people');
    const { key, cardId } = one.card;
    const at = Date.now();
    const requestKey = randomBytes(18).toString('base64url') as RequestKey;
    const usual = settleBill({ at });
    return {
      ...usual,
      ...{ key, cardId, lines: lines.value, serviceDate: today, businessDate: today },
      presented: { ...usual.presented, cardId },
      settlementId: makeSettlementId(key.shard, at, randomBytes(10)),
      request: { ...usual.request, requestKey, fingerprint: randomBytes(32).toString('hex') },
    };
  };
  return { next: (count) => Array.from({ length: count }, nextCommand) };
}
