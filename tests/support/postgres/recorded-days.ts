/**
 * Past days on record: insured people of Dongguan who bought at the pharmacy and saw a doctor at their
 * main point, through the real rules and the real store, with refunds by line and sales that the bank
 * refused or has not answered yet.
 */

import type { CardId, PersonKey, PersonNo } from '../../../engine/base/ids/ids.ts';
import { makeSettlementId, shardOf } from '../../../engine/base/ids/ids.ts';
import { businessDateOf } from '../../../engine/base/time/calendar.ts';
import type { Command } from '../../../engine/domain/commands.ts';
import { createDecide } from '../../../engine/domain/decide.ts';
import type { Person } from '../../../engine/domain/person/person.ts';
import type { Policy } from '../../../engine/domain/settlement/policy.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import type { Executed } from '../../../engine/ports/store.ts';
import { createStore } from '../../../engine/store/create-store.ts';
import { openSeedStore } from '../../../engine/store/reference/seed-store.ts';
import * as build from '../domain/builders.ts';
import { testPersonalData } from '../flows/test-keys.ts';

const HOUR = 3_600_000;
/** 2026-11-02 09:00 in China. */
export const FIRST_MORNING = Date.parse('2026-11-02T09:00:00+08:00');

export type Patient = { readonly key: PersonKey; readonly cardId: CardId };

export type Clinic = {
  /** `index` from 0 to `people` - 1. */
  patient(index: number): Patient;
  /** A bill on a day and hour after the first morning; at the doctor's unless told otherwise. */
  sell(patient: Patient, wish: Sale): Promise<Settlement>;
  execute(command: Command): Promise<Executed>;
  close(): Promise<void>;
};

export type Sale = {
  readonly day: number;
  readonly hour?: number;
  readonly items?: readonly build.Item[];
  readonly change?: Parameters<typeof build.settleBill>[0];
};

/** Enrols people, numbered so that they spread over the shards, and opens the counter. */
export async function openClinic(
  url: string,
  options: {
    readonly people: number;
    readonly policy?: Policy;
    readonly person?: Partial<Person>;
  },
): Promise<Clinic> {
  const { people, policy = build.policy } = options;
  const patients = Array.from({ length: people }, (_, index): Patient => {
    const personNo = `4419000000000000000000${String(index).padStart(4, '0')}` as PersonNo;
    const cardId = `441900D156000005${String(index).padStart(16, '0')}` as CardId;
    return { key: { shard: shardOf(personNo), personNo }, cardId };
  });
  const seeds = await openSeedStore(url, testPersonalData);
  const traits = ['main-point'];
  await seeds.insertPersons(
    patients.map(({ key }) => build.person({ traits, ...options.person, key })),
  );
  await seeds.insertCards(patients.map(({ key, cardId }) => build.card({ key, cardId })));
  await seeds.close();
  const store = createStore({
    url,
    decide: createDecide(() => policy),
    now: () => performance.now(),
    log: () => undefined,
  });
  const execute = async (command: Command): Promise<Executed> => {
    const executed = await store.execute(command);
    if (!executed.ok) throw new Error(executed.error.kind);
    return executed.value;
  };
  let sold = 0;
  return {
    patient: (index) => patients[index] as Patient,
    execute,
    async sell(patient, wish) {
      sold += 1;
      const { rendered, writes } = await execute(saleOf(patient, wish, sold));
      if (writes?.settlement === undefined) throw new Error(rendered.body);
      return writes.settlement.to;
    },
    close: () => store.close(),
  };
}

function saleOf({ key, cardId }: Patient, wish: Sale, serial: number): Command {
  const at = FIRST_MORNING + wish.day * 24 * HOUR + (wish.hour ?? 0) * HOUR;
  const items = wish.items ?? [build.ASPIRIN, build.BENIDIPINE];
  const hospital = build.dongguanHospital;
  const random = new Uint8Array(10).fill(serial % 256, 5).fill(serial >> 8, 0, 5);
  return {
    ...build.settleBill({
      name: `sale-${serial}`,
      at,
      careType: '11',
      institution: hospital.code,
      carePlace: hospital.carePlace,
      lines: build.pricedLines(items, hospital),
      ...wish.change,
    }),
    key,
    settlementId: makeSettlementId(key.shard, at, random),
    cardId,
    presented: build.presentedCard(build.card({ cardId })),
    serviceDate: businessDateOf(at),
    businessDate: businessDateOf(at),
  };
}
