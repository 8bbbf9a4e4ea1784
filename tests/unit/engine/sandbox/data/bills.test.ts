/**
 * The demonstration's bills settle: every line adds up, and every code is in the catalogue of its
 * place.
 */
import { describe, expect, test } from 'vitest';
import { priceBill } from '../../../../../engine/flows/settlement/price-bill.ts';
import {
  sandboxBills,
  sandboxSettlements,
  toWireBill,
} from '../../../../../engine/sandbox/data/bills.ts';
import {
  sandboxInstitutions,
  sandboxTerminals,
} from '../../../../../engine/sandbox/seed/sandbox-institutions.ts';
import {
  findSandboxPerson,
  sandboxPeople,
} from '../../../../../engine/sandbox/seed/sandbox-people.ts';
import { loadCatalogues } from '../../../../../rules/catalogues/catalogue-registry.ts';

const dates = { today: '2026-11-22', daysMax: 30 };

describe.each(sandboxSettlements)(
  '$person with $bill at $institution',
  ({ person, bill, institution }) => {
    test('is priced by the flow, with every national code known to the catalogue', () => {
      const found = sandboxBills.find(({ id }) => id === bill);
      if (found === undefined) throw new Error('no such bill');
      const wire = toWireBill(found, dates.today);
      const priced = priceBill(wire, sandboxInstitutions[institution], loadCatalogues(), dates);
      if (!priced.ok) throw new Error(priced.error);
      expect(priced.value.map(({ code, name }) => ({ code: code ?? null, name }))).toEqual(
        found.lines.map(({ code, name }) => ({ code, name })),
      );
      expect(sandboxTerminals[institution].careTypes).toContain(found.careType);
      expect(findSandboxPerson(person)).toBeDefined();
    });
  },
);

test('everybody in the sandbox has a sale to show the situation with', () => {
  expect(sandboxSettlements.map(({ person }) => person)).toEqual(sandboxPeople.map(({ id }) => id));
});

test('totals are the sums printed on the bills', () => {
  const totals = sandboxBills.map((bill) => toWireBill(bill, dates.today).totalAmount);
  expect(totals).toEqual(['132.00', '126.46']);
});
