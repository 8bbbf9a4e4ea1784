import { expect, test } from 'vitest';
import {
  accountAvailable,
  addToAccumulator,
  emptyAccumulator,
  traitsAt,
} from '../../../../../engine/domain/person/person.ts';
import {
  dongguanHospital,
  dongguanPharmacy,
  person,
  personKey,
  yuan,
} from '../../../../support/domain/builders.ts';

const balance = { accountBalance: yuan('500.00'), accountHeld: yuan('120.00') };

test('the account can give its balance less what waits for a bank', () => {
  expect(accountAvailable(person(balance))).toBe(yuan('380.00'));
});

test.each(['none', 'frozen', 'closed'] as const)(
  'an account that is %s gives nothing, whatever its balance',
  (accountStatus) => {
    expect(accountAvailable(person({ ...balance, accountStatus }))).toBe(0n);
  },
);

test('a chosen institution counts there alone, a family doctor everywhere', () => {
  const traits = ['family-doctor', `main-point@${dongguanHospital.code}`];
  const at = ({ code }: typeof dongguanHospital) => [...traitsAt(person({ traits }), code)];
  expect(at(dongguanHospital)).toEqual(['family-doctor', 'main-point']);
  expect(at(dongguanPharmacy)).toEqual(['family-doctor']);
});

test('what was added to a year’s totals and taken off again leaves a zero behind', () => {
  const none = emptyAccumulator({ key: personKey, year: 2026, scheme: '310' });
  const changes = new Map([['outpatient-paid', yuan('81.20')]]);
  const after = addToAccumulator(none, changes, 1n);
  expect(after.amounts).toEqual(changes);
  expect(addToAccumulator(after, changes, 1n).amounts.get('outpatient-paid')).toBe(yuan('162.40'));
  expect(addToAccumulator(after, changes, -1n).amounts).toEqual(
    new Map([['outpatient-paid', yuan('0.00')]]),
  );
  expect(none.amounts.size).toBe(0);
});
