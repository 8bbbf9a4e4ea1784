/** Random sequences of commands on one person, late and double ones among them. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fen } from '../../../../engine/base/money/fen.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../engine/domain/decide.ts';
import type { Person } from '../../../../engine/domain/person/person.ts';
import { packById } from '../../../../engine/domain/settlement/policy.ts';
import { mayBecome, type Settlement } from '../../../../engine/domain/settlement/settlement.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  bankDebit,
  card,
  confirmDebit,
  dongguanHospital,
  dongguanPharmacy,
  finishRefund,
  MORNING,
  person,
  policy,
  pricedLines,
  refundSettlement,
  settleBill,
  TOOTHPASTE,
  yuan,
} from '../../../support/domain/builders.ts';
import { legReversed, legUnanswered } from '../../../support/domain/leg-commands.ts';
import { createMemoryStore, type MemoryStore } from '../../../support/memory/memory-store.ts';

const items = [
  BENIDIPINE,
  ASPIRIN,
  TOOTHPASTE,
  { ...ASPIRIN, quantity: '0.5' },
  { code: null, price: '0.00' },
];

type Step =
  | {
      readonly do: 'sell';
      readonly items: number[];
      readonly byBank: boolean;
      readonly atHospital: boolean;
      readonly useAccount: boolean;
    }
  | {
      readonly do: 'refund';
      readonly of: number;
      readonly lines: string[] | undefined;
      readonly nextDay: boolean;
    }
  | {
      readonly do: 'bank';
      readonly of: number;
      readonly refundNo: number;
      readonly says: (typeof answers)[number];
    }
  | { readonly do: 'again'; readonly of: number };

const answers = ['approved', 'declined', 'not-sent', 'silent', 'reversed'] as const;
const which = fc.nat({ max: 5 });
const stepOf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('sell' as const),
    items: fc
      .array(fc.nat({ max: items.length - 1 }), { minLength: 1, maxLength: 4 })
      .filter((list) => list.some((index) => index < 4)),
    byBank: fc.boolean(),
    atHospital: fc.boolean(),
    useAccount: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('refund' as const),
    of: which,
    lines: fc.option(
      fc.uniqueArray(fc.constantFrom('1', '2', '3', '4'), { minLength: 1, maxLength: 3 }),
      { nil: undefined },
    ),
    nextDay: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('bank' as const),
    of: which,
    refundNo: fc.nat({ max: 2 }),
    says: fc.constantFrom(...answers),
  }),
  fc.record({ do: fc.constant('again' as const), of: fc.nat({ max: 20 }) }),
);

function openStore(): MemoryStore {
  const store = createMemoryStore(createDecide(() => policy));
  store.add(person({ accountBalance: yuan('100.00') }), card());
  return store;
}

/** The command of a step, or undefined when there is nothing that it could be about. */
function commandOf(store: MemoryStore, step: Step, past: readonly Command[]): Command | undefined {
  const serial = past.length;
  if (step.do === 'again') return past[step.of];
  if (step.do === 'sell') {
    const place = step.atHospital ? dongguanHospital : dongguanPharmacy;
    const sale = settleBill({
      name: `sale-${serial}`,
      at: MORNING + serial,
      institution: place.code,
      carePlace: place.carePlace,
      careType: step.atHospital ? '11' : '41',
      lines: pricedLines(
        step.items.map((index) => items[index] ?? ASPIRIN),
        place,
      ),
      useAccount: step.useAccount,
    });
    if (!step.byBank) return sale;
    // What a quote would say now.
    const preview = createDecide(() => policy)(sale, store.factsOf(sale)).writes?.settlement?.to
      .amounts.patientPay;
    if (preview === undefined) return sale;
    const expected = `${preview / 100n}.${String(preview % 100n).padStart(2, '0')}`;
    return { ...sale, tender: bankDebit(expected, { atc: serial + 1, stan: serial + 1 }) };
  }
  const settlement = [...store.settlements.values()][step.of];
  if (settlement === undefined) return undefined;
  if (step.do === 'refund') {
    const { lines } = step;
    const businessDate = step.nextDay ? '2026-11-23' : settlement.businessDate;
    return refundSettlement(settlement, {
      name: `back-${serial}`,
      lines,
      businessDate,
      at: MORNING + serial,
      stan: serial + 1,
    });
  }
  return answerOfBank(store, settlement, step);
}

function answerOfBank(
  store: MemoryStore,
  settlement: Settlement,
  { refundNo, says }: Extract<Step, { do: 'bank' }>,
): Command | undefined {
  const { key, id: settlementId } = settlement;
  const at = MORNING + 1_000;
  if (!store.bankLegs.has(`${settlementId} ${refundNo}`)) return undefined;
  switch (says) {
    case 'silent':
      return legUnanswered({ fence: 0, key, at, settlementId, legNo: refundNo });
    case 'reversed':
      return legReversed({ fence: 0, key, at, settlementId, legNo: refundNo });
    case 'approved':
      return refundNo === 0 ? confirmDebit(settlement) : finishRefund(settlement, { refundNo });
    case 'declined':
    case 'not-sent': {
      const responseCode = says === 'declined' ? '51' : undefined;
      return refundNo === 0
        ? { type: 'release-reservation', fence: 0, key, at, settlementId, responseCode }
        : finishRefund(settlement, { refundNo, outcome: says });
    }
  }
}

/** The accumulators as the settlements that stand (or are held) would have made them. */
function expectedTotals(store: MemoryStore): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const { state, input, packId, refundedLines } of store.settlements.values()) {
    if (state === 'released' || state === 'refunded') continue;
    const lines = input.lines.filter(({ lineNo }) => !refundedLines.includes(lineNo));
    for (const [name, change] of splitBill(packById(policy, packId), { ...input, lines })
      .accumulatorChanges) {
      totals.set(name, (totals.get(name) ?? 0n) + change);
    }
  }
  return totals;
}

test('after every command: no account below zero, books that balance, sums that are what stands', () => {
  fc.assert(
    fc.property(fc.array(stepOf, { minLength: 1, maxLength: 25 }), (steps) => {
      const store = openStore();
      const past: Command[] = [];
      const finals = new Map<string, string>();
      for (const step of steps) {
        const command = commandOf(store, step, past);
        if (command === undefined) continue;
        const before = new Map(store.settlements);
        // The store itself refuses balances, holds, transitions and postings that cannot be.
        const { answer, rendered } = store.run(command);
        past.push(command);
        for (const [id, { state }] of store.settlements) {
          const from = before.get(id)?.state;
          expect(from === undefined || from === state || mayBecome(from, state)).toBe(true);
        }
        if (
          'request' in command &&
          answer.code !== 'KEY_IN_PROGRESS' &&
          answer.outcome !== 'unknown'
        ) {
          const { requestKey } = command.request;
          expect(finals.get(requestKey) ?? rendered.body).toBe(rendered.body);
          finals.set(requestKey, rendered.body);
        }
        const [now] = store.persons.values();
        const entries = [...store.postings.values()].flatMap((posting) => posting.entries);
        const moved = entries.reduce(
          (sum, { account, amount }) => (account === 'person' ? sum + amount : sum),
          0n,
        );
        expect(now?.accountBalance).toBe(10_000n + moved);
        expect(entries.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
        const [totals] = store.accumulators.values();
        const expected = expectedTotals(store);
        for (const [name, amount] of totals?.amounts ?? [])
          expect(amount).toBe(expected.get(name) ?? 0n);
      }
    }),
    { numRuns: 400 },
  );
});

test('all lines given back, in any order and any parcels: as if there had been no sale', () => {
  const parcels = fc.tuple(
    fc.array(fc.tuple(fc.nat({ max: 4 }), fc.integer({ min: 1, max: 99_999 })), {
      minLength: 1,
      maxLength: 8,
    }),
    fc.infiniteStream(fc.nat({ max: 7 })),
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 400_000n }),
    fc.constantFrom<Partial<Person>>(
      { region: '441900', personType: '1101' },
      { region: '110000', personType: '1101' },
      { region: '110000', personType: '1201', birthDate: '1950-01-01' },
      { region: '110000', personType: '1201', traits: ['unit-supplement'] },
    ),
  );
  fc.assert(
    fc.property(parcels, ([chosen, dice, atHospital, balance, insured]) => {
      const store = createMemoryStore(createDecide(() => policy));
      const opening = person({ ...insured, accountBalance: balance as Fen });
      store.add(opening, card());
      const place = atHospital ? dongguanHospital : dongguanPharmacy;
      const priced = chosen.map(([index, cents]) => ({
        code: items[index]?.code ?? null,
        price: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
      }));
      const sale = settleBill({
        institution: place.code,
        carePlace: place.carePlace,
        careType: atHospital ? '11' : '41',
        lines: pricedLines(priced, place),
      });
      expect(store.run(sale).answer.outcome).toBe('approved');
      const [settlement] = store.settlements.values();
      if (settlement === undefined) throw new Error('sold');
      const left = settlement.input.lines.map(({ lineNo }) => lineNo);
      for (let turn = 0; left.length > 0; turn++) {
        const count = 1 + ((dice.next().value as number) % left.length);
        const lines = Array.from(
          { length: count },
          () => left.splice((dice.next().value as number) % left.length, 1)[0] ?? '',
        );
        const { answer } = store.run(refundSettlement(settlement, { name: `back-${turn}`, lines }));
        expect(answer.outcome).toBe('approved');
      }
      expect(store.settlements.get(settlement.id)?.state).toBe('refunded');
      expect([...store.persons.values()][0]?.accountBalance).toBe(balance);
      for (const { amounts } of store.accumulators.values())
        expect([...amounts.values()].every((amount) => amount === 0n)).toBe(true);
      const sums = new Map<string, bigint>();
      for (const { entries } of store.postings.values()) {
        for (const { account, amount } of entries)
          sums.set(account, (sums.get(account) ?? 0n) + amount);
      }
      expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
