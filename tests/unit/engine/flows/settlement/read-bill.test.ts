import { expect, test } from 'vitest';
import { isCareTypeAllowed, readVisit } from '../../../../../engine/flows/settlement/read-bill.ts';
import { ASPIRIN, billOf, terminal } from '../../../../support/domain/builders.ts';

test.each([
  [['11', '14'], '140104', true],
  [['11', '14'], '14', true],
  [['11'], '140104', false],
  [['41'], '11', false],
  [['140104'], '14', false],
])('a terminal for %j may bill %s: %j', (careTypes, careType, isAllowed) => {
  expect(isCareTypeAllowed(terminal({ careTypes }), careType)).toBe(isAllowed);
});

test('the disease that is treated goes before the diagnoses; a bill without either is a plain visit', () => {
  const bill = billOf([ASPIRIN]);
  expect(readVisit({ ...bill, diseases: ['M03900'], diagnoses: ['I10.x00x002'] })).toEqual({
    diseases: ['M03900', 'I10.x00x002'],
  });
  expect(readVisit({ ...bill, diagnoses: ['I10.x00x002'] })).toEqual({ diseases: ['I10.x00x002'] });
  expect(readVisit({ ...bill, diagnoses: [] })).toBeUndefined();
  expect(readVisit(bill)).toBeUndefined();
});
