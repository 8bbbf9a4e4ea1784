/** Which rules are in force for a bill. */
import assert from 'node:assert/strict';
import { plainBillRules } from '../../engine/domain/rulebook.ts';
import { ruleBill } from '../../engine/domain/settlement/rule-bill.ts';
import { priceBill } from '../../engine/flows/settlement/price-bill.ts';
import type { BillFinding } from '../../rules/bill-review/review-model.ts';
import { benefitYearOf } from '../../rules/kernel/benefit-year.ts';
import { createPackRegistry, type PackRegistry } from '../../rules/packs/pack-registry.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  catalogues,
  dongguanPharmacy,
  person,
  policy,
  settleBill,
  TODAY,
} from '../support/domain/builders.ts';
import { compiled, packJson } from '../unit/rules/bill-builder.ts';
import { type Check, caughtBy } from './plant.ts';

const WUHAN = { region: '420100', scheme: '310', careType: '11' } as const;
const packOf = (effectiveFrom: string, change: object = {}) =>
  compiled({ ...packJson(), id: `420100/${effectiveFrom}-test`, effectiveFrom, ...change });
const shelf = createPackRegistry([
  packOf('2025-01-01'),
  packOf('2025-01-01', { id: '420100/2025-01-01-right', replaces: '420100/2025-01-01-test' }),
  packOf('2026-07-01', { benefitYearStart: '07-01' }),
  packOf('2026-09-01', { careTypes: ['14'], testOnly: true }),
]);

const inForce: Check<PackRegistry['find']> = {
  name: 'which pack is in force',
  honest: () => shelf.find,
  keeps(find) {
    const at = (serviceDate: string, careType: string = WUHAN.careType) =>
      find({ ...WUHAN, careType, serviceDate })?.effectiveFrom;
    assert.equal(at('2026-11-22'), '2026-07-01', 'an older pack rules a bill of today');
    assert.equal(at('2026-06-30'), '2025-01-01', 'an old bill is ruled by the pack of today');
    const corrected = find({ ...WUHAN, serviceDate: '2026-06-30' })?.id;
    assert.equal(corrected, '420100/2025-01-01-right', 'a pack rules that another one corrects');
    assert.equal(at('2024-12-31'), undefined, 'a bill is ruled before the first pack has begun');
    assert.equal(at('2026-11-22', '41'), '2026-07-01', 'a care type of the pack is not found');
    assert.equal(at('2026-11-22', '21'), undefined, 'a pack rules what it is not for');
  },
};

const years: Check<typeof benefitYearOf> = {
  name: 'benefit year of a day',
  honest: () => benefitYearOf,
  keeps(yearOf) {
    const july = { benefitYearStart: '07-01' };
    assert.equal(yearOf(july, '2026-06-30'), 2025, 'a benefit year follows the calendar');
    assert.equal(yearOf(july, '2026-07-01'), 2026, 'a benefit year begins a day late');
  },
};

const wage = { zh: '本人工资', en: 'own wage' };
const asking = compiled({ ...packJson(), facts: { 'own-wage': wage } });
const found: BillFinding = {
  kind: 'exclusion',
  severity: 'refuse',
  ...{ lineNos: ['1'], zh: '不符', en: 'excluded', source: 'test' },
};

const nothing = { accumulators: [] };

const ruling: Check<typeof ruleBill> = {
  name: 'whether a bill is ruled',
  honest: () => ruleBill,
  keeps(rule) {
    const bill = settleBill({ careType: '11' });
    const rules = { policy: createPackRegistry([asking]), ...plainBillRules };
    const holder = person({ region: WUHAN.region });
    const unknown = rule(bill, holder, nothing, rules);
    assert.ok(!unknown.ok, 'a fact that is missing is taken for zero');
    const checked = rule(settleBill(), person(), nothing, {
      ...plainBillRules,
      policy,
      reviewBill: () => [found],
    });
    assert.ok(!checked.ok, 'a bill that a check refuses is sold');
    const own = rule(settleBill({ useAccount: false }), person(), nothing, {
      ...plainBillRules,
      policy,
    });
    const available = own.ok ? own.value.input.accountAvailable : -1n;
    assert.equal(available, 0n, 'the account pays against the holder’s wish');
  },
};

const pricing: Check<typeof priceBill> = {
  name: 'lines of a bill',
  honest: () => priceBill,
  keeps(price) {
    const of = (bill: ReturnType<typeof billOf>) => {
      const priced = price(bill, dongguanPharmacy, catalogues, { today: TODAY, daysMax: 30 });
      return priced.ok ? 'ok' : priced.error;
    };
    const bill = billOf([ASPIRIN, BENIDIPINE]);
    assert.equal(of(bill), 'ok', 'an honest bill is refused');
    const total = of({ ...bill, totalAmount: '40.69' });
    assert.equal(total, 'BILL_TOTAL_MISMATCH', 'the total of a bill is believed');
    const [first, ...others] = bill.lines;
    const same = bill.lines.map((line) => ({ ...line, lineNo: '1' }));
    assert.equal(of({ ...bill, lines: same }), 'BILL_LINE_TWICE', 'two lines have one number');
    const dear = first === undefined ? [] : [{ ...first, unitPrice: '13.54' }, ...others];
    assert.equal(
      of({ ...bill, lines: dear }),
      'BILL_LINE_MISMATCH',
      'an amount is not its product',
    );
    const old = of({ ...bill, serviceDate: '2026-09-01' });
    assert.equal(old, 'BILL_DATE_INVALID', 'a bill of any age is taken');
  },
};

export const policyPlants = [
  ...caughtBy(
    inForce,
    {
      name: 'older-pack-wins',
      bug: 'Of two packs in force the one that began first rules.',
      breaks: 'The latest pack that had begun rules.',
      plant: (find) => (query) =>
        shelf.packs.find(({ effectiveFrom }) => effectiveFrom < query.serviceDate) ?? find(query),
      says: 'an older pack rules a bill of today',
    },
    {
      name: 'pack-of-today',
      bug: 'A bill handed in late is split by the rules of today.',
      breaks: 'Old bills keep the rules of their day.',
      plant: (find) => (query) => find({ ...query, serviceDate: TODAY }),
      says: 'an old bill is ruled by the pack of today',
    },
    {
      name: 'correction-of-pack-forgotten',
      bug: 'A pack goes on deciding after another one was made to correct it.',
      breaks: 'A correction takes the bills of the pack that it replaces.',
      plant: (find) => (query) => {
        const replaced = find(query)?.replaces;
        return (replaced === undefined ? undefined : shelf.byId(replaced)) ?? find(query);
      },
      says: 'a pack rules that another one corrects',
    },
    {
      name: 'next-best-pack',
      bug: 'Where no pack is for the kind of care, the outpatient one is used.',
      breaks: 'What no pack rules is not sold.',
      plant: (find) => (query) => find(query) ?? find({ ...query, careType: '11' }),
      says: 'a pack rules what it is not for',
    },
  ),
  ...caughtBy(years, {
    name: 'benefit-year-is-calendar-year',
    bug: 'A benefit year that begins in July is counted by the calendar.',
    breaks: 'A day belongs to the benefit year of its pack.',
    plant: () => (_, day) => Number(day.slice(0, 4)),
    says: 'a benefit year follows the calendar',
  }),
  ...caughtBy(
    ruling,
    {
      name: 'missing-fact-is-zero',
      bug: 'A person without the fact that a pack asks for is split as if it were zero.',
      breaks: 'A bill whose facts are missing is declined.',
      plant:
        (rule) =>
        (bill, holder, facts, { policy: packs, ...rules }) => {
          const find: PackRegistry['find'] = (query) => {
            const pack = packs.find(query);
            return pack && { ...pack, factsNeeded: [] };
          };
          return rule(bill, holder, facts, { ...rules, policy: { ...packs, find } });
        },
      says: 'a fact that is missing is taken for zero',
    },
    {
      name: 'refusing-check-let-pass',
      bug: 'A bill check that should refuse only warns.',
      breaks: 'What a check refuses is not sold.',
      plant:
        (rule) =>
        (bill, holder, facts, { reviewBill, ...rules }) =>
          rule(bill, holder, facts, {
            ...rules,
            reviewBill: (input) => reviewBill(input).map((each) => ({ ...each, severity: 'warn' })),
          }),
      says: 'a bill that a check refuses is sold',
    },
    {
      name: 'holder-not-asked',
      bug: 'The account pays also when the holder keeps it out of the sale.',
      breaks: 'A quote and a sale do what the holder agreed to.',
      plant:
        (rule) =>
        (bill, ...rest) =>
          rule({ ...bill, useAccount: true }, ...rest),
      says: 'the account pays against the holder’s wish',
    },
  ),
  ...caughtBy(
    pricing,
    {
      name: 'bill-total-not-checked',
      bug: 'The total of a bill is believed, whatever its lines sum to.',
      breaks: 'The lines of a bill make its total.',
      plant:
        (price) =>
        (bill, ...rest) => {
          const fen = bill.lines.reduce(
            (sum, { amount }) => sum + Number(amount.replace('.', '')),
            0,
          );
          return price({ ...bill, totalAmount: (fen / 100).toFixed(2) }, ...rest);
        },
      says: 'the total of a bill is believed',
    },
    {
      name: 'two-lines-of-one-number',
      bug: 'Two lines of a bill have one number: whoever refunds one of them gives both back.',
      breaks: 'A line number names one line.',
      plant:
        (price) =>
        (bill, ...rest) => {
          const lines = bill.lines.map((line, index) => ({ ...line, lineNo: String(index + 1) }));
          return price({ ...bill, lines }, ...rest);
        },
      says: 'two lines have one number',
    },
    {
      name: 'bill-of-any-age',
      bug: 'A bill of last year is taken as if it were of today.',
      breaks: 'Bills from the future, or older than the limit, are refused.',
      plant:
        (price) =>
        (bill, place, known, { today }) =>
          price(bill, place, known, { today, daysMax: 36_500 }),
      says: 'a bill of any age is taken',
    },
  ),
];
