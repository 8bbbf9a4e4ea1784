/**
 * Packs and catalogues under bad conditions: two engines on one database, rows that nobody checked, a
 * busy counter.
 */

import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SettlementDocument } from '../../engine/contract/settlement.ts';
import { storeCatalogue } from '../../engine/flows/policy/store-catalogue.ts';
import { openReferenceData } from '../../engine/store/reference/reference-data.ts';
import type { Catalogue, CatalogueItem } from '../../rules/model/catalogue.ts';
import { packWithoutAccount } from '../support/packs/pack-files.ts';
import { bookProblems } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { approvedBody, openCounter, plainBill } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import { activateByTwo } from '../support/running-system/policy-office.ts';
import type { RunningEngine } from '../support/running-system/run-engine.ts';
import { runEngineHere } from '../support/running-system/run-engine.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

const OLD = '441900/2022-12-01-employee-pharmacy';
const ASPIRIN = 'XB01ACA056A012020279489';

let system: RunningSystem;
let other: RunningEngine;
/** At the first engine, and at another one on the same database. */
let counters: readonly [Counter, Counter];
let today: string;

beforeAll(async () => {
  const environment = { YIKATONG_POLICY_POLL_MS: '50' };
  system = await startSystem({ pharmacyTerminals: 2, environment });
  other = await runEngineHere({
    YIKATONG_DATA: system.dataDir,
    DATABASE_URL: system.databaseUrl,
    YIKATONG_BANK_HOST: '127.0.0.1',
    YIKATONG_BANK_PORT: String(system.host.port),
    YIKATONG_LOG_LEVEL: 'silent',
    YIKATONG_PORT: '0',
    ...environment,
  });
  const [one, two] = system.terminals as readonly [Terminal, Terminal];
  counters = [
    await openCounter(system, one),
    await openCounter({ dataDir: system.dataDir, url: other.url }, two),
  ];
  today = counters[0].signedIn.businessDate;
});
type Terminal = RunningSystem['terminals'][number];
afterAll(async () => {
  await other.stop();
  await system.close();
});
afterEach(async () => expect(await bookProblems(system)).toEqual([]));

async function restartOther(): Promise<void> {
  await other.stop();
  await other.start();
  const [, two] = system.terminals as readonly [Terminal, Terminal];
  counters = [counters[0], await openCounter({ dataDir: system.dataDir, url: other.url }, two)];
}

async function settle(
  counter: Counter,
  customer: Customer,
  serviceDate = today,
): Promise<SettlementDocument> {
  const [line] = plainBill('13.55', today).lines;
  if (line === undefined) throw new Error('a bill has a line');
  const lines = [{ ...line, code: ASPIRIN }];
  const bill = { careType: '41', serviceDate, totalAmount: '13.55', lines };
  return approvedBody(await counter.client.settle(await counter.requestFor(customer, { bill })));
}

function activate(...texts: readonly string[]) {
  const files = texts.map((text, index) => ({ path: `pack-${index}.json`, text }));
  return activateByTwo(system, files);
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const packAt = (counter: Counter, customer: Customer, day = today) =>
  settle(counter, customer, day).then(({ policy }) => policy.packId);

test('two engines take a pack in while 200 sales are under way: each sale is by one pack, wholly', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => system.enrol()));
  const sales = people.flatMap((customer, index) => {
    const counter = counters[index % 2] as Counter;
    return [sellOften(counter, customer, 10)];
  });
  await nextTurn();
  expect((await activate(packWithoutAccount(today)))[0]).toMatchObject({ verdict: 'activated' });
  const documents = (await Promise.all(sales)).flat();
  expect(documents).toHaveLength(200);
  const NEW = `441900/${today}-employee-pharmacy`;
  for (const { policy, amounts } of documents) {
    expect([OLD, NEW]).toContain(policy.packId);
    expect(amounts.accountPay).toBe(policy.packId === NEW ? '0.00' : '13.55');
  }
  const [customer] = people as [Customer];
  for (const counter of counters) {
    await expect.poll(() => packAt(counter, customer), { timeout: 10_000 }).toBe(NEW);
  }
});

async function sellOften(counter: Counter, customer: Customer, times: number) {
  const documents: SettlementDocument[] = [];
  for (let time = 0; time < times; time++) documents.push(await settle(counter, customer));
  return documents;
}

test('a row that is no pack, put into the table by hand, stops neither engine nor the packs beside it', async () => {
  const customer = await system.enrol();
  const broken = [
    ['441900/2030-01-01-broken', '{"format": 2}'],
    ['441900/2030-01-02-no-json', '{'],
    // Under the id of a pack that ships, so that old bills would get other rules.
    [OLD, packWithoutAccount('2022-12-01', { id: OLD })],
  ] as const;
  for (const [id, content] of broken) {
    const digest = createHash('sha256').update(content).digest('hex');
    await system.query('insert into policy_pack values ($1, $2, $3, 1)', [id, content, digest]);
  }
  await system.query(`update reference_revision set revision = revision + 1 where name = 'policy'`);
  const yesterday = dayAfter(today, -1);
  const [verdict] = await activate(packWithoutAccount(yesterday));
  expect(verdict).toMatchObject({ verdict: 'activated' });
  for (const counter of counters) {
    await expect
      .poll(() => packAt(counter, customer, yesterday), { timeout: 10_000 })
      .toBe(`441900/${yesterday}-employee-pharmacy`);
    expect(await packAt(counter, customer, dayAfter(today, -2))).toBe(OLD);
  }
  await restartOther();
  expect(await packAt(counters[1], customer, yesterday)).toBe(
    `441900/${yesterday}-employee-pharmacy`,
  );
  expect(await packAt(counters[1], customer, dayAfter(today, -2))).toBe(OLD);
});

test('an activation that is rolled back, and one whose id has other content, is never seen', async () => {
  const customer = await system.enrol();
  const day = dayAfter(today, -4);
  const before = await packAt(counters[0], customer, day);
  const text = packWithoutAccount(day);
  await system.query(`do $$ begin
    update reference_revision set revision = revision + 1 where name = 'policy';
    insert into policy_pack values ('441900/${day}-employee-pharmacy', '${text}', 'd', 1);
    raise exception using errcode = 'P0001';
    exception when raise_exception then null;
  end $$`);
  const yesterday = dayAfter(today, -1);
  const name = { zh: '改', en: 'changed' };
  const [verdict] = await activate(packWithoutAccount(yesterday, { name }));
  expect(verdict).toMatchObject({ verdict: 'refused' });
  // Once the second of these is seen, whatever was there before it has been looked at.
  const [ofTomorrow, ofThen] = [dayAfter(today, 1), dayAfter(today, -3)];
  const verdicts = await activate(packWithoutAccount(ofTomorrow), packWithoutAccount(ofThen));
  expect(verdicts.map((judged) => judged.verdict)).toEqual(['activated', 'activated']);
  for (const counter of counters) {
    await expect
      .poll(() => packAt(counter, customer, ofThen), { timeout: 10_000 })
      .toBe(`441900/${ofThen}-employee-pharmacy`);
    expect(await packAt(counter, customer, day)).toBe(before);
    expect(await packAt(counter, customer)).toBe(`441900/${today}-employee-pharmacy`);
  }
});

test('catalogues imported while both engines sell: no bill sees half of one, and a restart finds the last', async () => {
  const customer = await system.enrol();
  const data = openReferenceData(system.databaseUrl);
  const install = (selfPayE4: number) =>
    storeCatalogue(
      {
        region: '441900',
        catalogue: catalogueOf(selfPayE4),
        digest: 'd',
        onProgress: () => undefined,
      },
      { store: data.catalogues, now: Date.now },
    );
  try {
    for (const [selfPayE4, priorSelfPay] of [
      [1_000, '1.36'],
      [1_000, '1.36'],
      [2_000, '2.71'],
    ] as const) {
      const isOver = new AbortController();
      const streams = counters.map(async (counter) => {
        const own = await system.enrol();
        const seen: string[] = [];
        while (!isOver.signal.aborted) seen.push((await settle(counter, own)).amounts.priorSelfPay);
        return seen;
      });
      await install(selfPayE4);
      for (const counter of counters) {
        await expect
          .poll(async () => (await settle(counter, customer)).amounts.priorSelfPay, {
            timeout: 10_000,
          })
          .toBe(priorSelfPay);
      }
      isOver.abort();
      for (const seen of await Promise.all(streams)) {
        const first = seen.indexOf(priorSelfPay);
        expect(new Set(seen.slice(Math.max(first, 0)))).toEqual(
          first === -1 ? new Set(seen) : new Set([priorSelfPay]),
        );
        expect(new Set(seen).size).toBeLessThanOrEqual(2);
      }
    }
  } finally {
    await data.close();
  }
  await restartOther();
  expect((await settle(counters[1], customer)).amounts.priorSelfPay).toBe('2.71');
});

/** 阿司匹林肠溶片 among some thousand services. */
function catalogueOf(selfPayE4: number): Catalogue {
  const plain = {
    ...({ itemClass: '02', chargeType: '09', nameEn: undefined, selfPayFor: undefined } as const),
    ...({ validFrom: undefined, validTo: undefined, limitText: undefined } as const),
    ...({
      examplePriceE6: undefined,
      source: 'test',
      priceLimitE6: new Map<never, bigint>(),
    } as const),
  };
  const services = Array.from({ length: 4_000 }, (_, index): CatalogueItem => {
    const code = `00${String(index).padStart(13, '0')}`;
    return { ...plain, code, name: '检查', selfPayE4: 0 };
  });
  const aspirin: CatalogueItem = { ...plain, code: ASPIRIN, name: '阿司匹林肠溶片', selfPayE4 };
  return {
    id: '441900/2026-01-01',
    regions: ['441900'],
    effectiveFrom: '2026-01-01',
    effectiveTo: undefined,
    items: new Map([...services, aspirin].map((item) => [item.code, [item]])),
  };
}
