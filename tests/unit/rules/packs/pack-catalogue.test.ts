import { describe, expect, test } from 'vitest';
import { loadPacks, selectPack } from '../../../../rules/packs/pack-catalogue.ts';
import { compiled, packJson } from '../bill-builder.ts';

const packs = loadPacks();

test('ids of shipped packs are unique and name region and first day', () => {
  expect(new Set(packs.map((pack) => pack.id)).size).toBe(packs.length);
  for (const pack of packs)
    expect(pack.id.startsWith(`${pack.region}/${pack.effectiveFrom}-`)).toBe(true);
});

describe('which pack is in force', () => {
  const beijing = {
    region: '110000',
    scheme: '310',
    careType: '11',
    serviceDate: '2026-11-22',
  } as const;

  test.each([
    [beijing, '110000/2023-01-01-employee-outpatient'],
    [{ ...beijing, serviceDate: '2023-01-01' }, '110000/2023-01-01-employee-outpatient'],
    [{ ...beijing, serviceDate: '2022-12-31' }, undefined],
    [{ ...beijing, scheme: '390' }, '110000/2018-01-01-resident-outpatient'],
    [{ ...beijing, careType: '41' }, '110000/2023-01-01-employee-pharmacy'],
    [{ ...beijing, region: '441900' }, '441900/2022-12-01-employee-outpatient'],
    [{ ...beijing, region: '441900', careType: '41' }, '441900/2022-12-01-employee-pharmacy'],
    [{ ...beijing, region: '230200' }, undefined],
  ] as const)('%j → %s', (query, id) => {
    expect(selectPack(packs, query)?.id).toBe(id);
  });

  test('a late bill keeps the rules of its day; a pack that ended is not used after it', () => {
    const old = compiled({
      ...packJson(),
      id: 'old',
      effectiveFrom: '2022-01-01',
      effectiveTo: '2025-06-30',
    });
    const next = compiled({ ...packJson(), id: 'next', effectiveFrom: '2025-01-01' });
    const at = (serviceDate: string, choice = [old, next]) =>
      selectPack(choice, { region: '420100', scheme: '310', careType: '11', serviceDate })?.id;
    expect([at('2024-12-31'), at('2025-01-01'), at('2026-01-01')]).toEqual(['old', 'next', 'next']);
    expect(at('2025-01-01', [next, old])).toBe('next');
    expect([at('2025-06-30', [old]), at('2025-07-01', [old])]).toEqual(['old', undefined]);
  });
});
