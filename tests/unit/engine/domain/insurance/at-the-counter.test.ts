/** The counter takes the relation of the day of the service, with no job in between. */
import { expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { InsuredSpan } from '../../../../../engine/domain/person/insured-span.ts';
import {
  card,
  MORNING,
  person,
  policy,
  settleBill,
  TODAY,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';

const employee: InsuredSpan = {
  ...{ region: '441900', scheme: '310', personType: '1101' },
  ...{ from: '2020-01-01', until: undefined },
};

function settleOn(spans: readonly InsuredSpan[] | undefined, serviceDate: string = TODAY) {
  const store = createMemoryStore(createDecide(() => policy));
  store.add(person({ scheme: '390', insuredSpans: spans }), card());
  const { answer } = store.run(settleBill({ serviceDate, at: MORNING }));
  const [settlement] = store.settlements.values();
  return { code: answer.code, settlement };
}

test.each([
  ['the day before the first', '2026-11-21', 'PERSON_NOT_INSURED'],
  ['the first day', '2026-11-22', undefined],
  ['the last day', '2026-11-24', undefined],
  ['the day after the last', '2026-11-25', 'PERSON_NOT_INSURED'],
] as const)('a bill of %s', (_, day, code) => {
  const spans = [{ ...employee, from: '2026-11-22', until: '2026-11-24' }];
  expect(settleOn(spans, day).code).toBe(code);
});

test('a bill is settled in the scheme, type and region of its own day, not of the register', () => {
  const { settlement } = settleOn([employee]);
  expect(settlement).toMatchObject({
    insuredRegion: '441900',
    input: { insured: { scheme: '310', personType: '1101' } },
  });
});

test('of several schemes, the first that has a policy for the bill pays', () => {
  const veteran = { ...employee, scheme: '340' };
  expect(settleOn([veteran, employee]).settlement?.input.insured.scheme).toBe('310');
  expect(settleOn([veteran]).code).toBe('NO_POLICY_PACK');
});

test('somebody whose relations are all over is not insured, although the register says so', () => {
  expect(settleOn([]).code).toBe('PERSON_NOT_INSURED');
});
