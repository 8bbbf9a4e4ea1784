/** What is known of a person's insurance on a day, against a model that asks each day for itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../../../engine/base/time/calendar.ts';
import { insuredOn } from '../../../../../engine/domain/insurance/insured-spans.ts';
import type { RelationChange } from '../../../../../engine/domain/insurance/relation.ts';
import { insuredSpans, relationStates } from '../../../../../engine/domain/insurance/relation.ts';
import { person, personKey } from '../../../../support/domain/builders.ts';

const FIRST = '2026-02-25';
const days = Array.from({ length: 40 }, (_, i) => addDays(FIRST, i));

const change = fc
  .record({
    relationNo: fc.constantFrom('R1', 'R2', 'R3'),
    date: fc.integer({ min: 0, max: 5 }),
    number: fc.integer({ min: 1, max: 2 }),
    line: fc.integer({ min: 3, max: 9 }),
    state: fc.constantFrom(...relationStates),
    from: fc.integer({ min: 0, max: 39 }),
    days: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    region: fc.constantFrom('441900', '230200'),
    scheme: fc.constantFrom('310', '390', '510'),
    personType: fc.constantFrom('1101', '1201'),
  })
  .map(({ date, number, from, days: length, ...rest }): RelationChange => {
    const first = addDays(FIRST, from);
    return {
      ...rest,
      key: personKey,
      file: { source: '440000', date: addDays(FIRST, date), number },
      from: first,
      until: length === undefined ? undefined : addDays(first, length),
      employer: undefined,
    };
  });

/** A file has one row of a line. */
const history = fc.uniqueArray(change, {
  maxLength: 12,
  selector: ({ file, line }) => `${file.date} ${file.number} ${line}`,
});

/** The last file that says anything about the day decides. */
function schemesOn(changes: readonly RelationChange[], day: string): readonly string[] {
  const inOrder = changes.toSorted(
    (one, other) =>
      one.file.date.localeCompare(other.file.date) ||
      one.file.number - other.file.number ||
      one.line - other.line,
  );
  return [...Map.groupBy(inOrder, ({ relationNo }) => relationNo).values()]
    .flatMap((rows) => {
      const last = rows.findLast(({ from }) => from <= day);
      if (last === undefined || last.state !== 'normal') return [];
      return last.until !== undefined && last.until < day ? [] : [`${last.region} ${last.scheme}`];
    })
    .toSorted();
}

const known = (changes: readonly RelationChange[]) =>
  person({ scheme: '000', insuredSpans: insuredSpans(changes) });

test('each day is as the last file says it, from the first day until 24:00 of the last', () => {
  fc.assert(
    fc.property(history, (changes) => {
      for (const day of days) {
        const insured = insuredOn(known(changes), day);
        expect(insured.map(({ region, scheme }) => `${region} ${scheme}`).toSorted()).toEqual(
          schemesOn(changes, day),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('files may come in any order, and twice', () => {
  fc.assert(
    fc.property(history, fc.infiniteStream(fc.nat()), (changes, places) => {
      const shuffled = changes
        .map((row) => ({ row, place: places.next().value ?? 0 }))
        .toSorted((one, other) => one.place - other.place)
        .map(({ row }) => row);
      expect(insuredSpans([...shuffled])).toEqual(insuredSpans(changes));
    }),
  );
});

test('an employee comes before a resident, and a relation of no medical scheme comes last', () => {
  const row = (relationNo: string, scheme: string): RelationChange => ({
    ...{ key: personKey, relationNo, scheme, region: '441900', personType: '1101' },
    file: { source: '441900', date: FIRST, number: 1 },
    ...{ line: 3, state: 'normal', from: FIRST, until: undefined, employer: undefined },
  });
  const insured = insuredOn(known([row('A', '510'), row('B', '390'), row('C', '310')]), FIRST);
  expect(insured.map(({ scheme }) => scheme)).toEqual(['310', '390', '510']);
});

test('nobody is insured whom the office has suspended, whatever the files say', () => {
  const spans = [{ ...person(), from: FIRST, until: undefined }];
  expect(insuredOn(person({ insuredSpans: spans }), FIRST)).toHaveLength(1);
  expect(insuredOn(person({ insuredSpans: spans, insured: false }), FIRST)).toEqual([]);
  expect(insuredOn(person({ insured: false }), FIRST)).toEqual([]);
});
