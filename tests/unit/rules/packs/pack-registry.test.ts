import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../engine/base/errors/result.ts';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import type { Pack } from '../../../../rules/model/pack.ts';
import { loadPacks, shippedPackFiles } from '../../../../rules/packs/load-packs.ts';
import { createPackRegistry } from '../../../../rules/packs/pack-registry.ts';
import { compiled, packJson } from '../bill-builder.ts';

const registry = createPackRegistry(loadPacks());

test('a shipped pack is called as its file', () => {
  expect(registry.packs.map((pack) => `${pack.id}.json`)).toEqual(shippedPackFiles());
});

describe('which pack is in force', () => {
  const beijing = {
    region: '110000',
    scheme: '310',
    careType: '11',
    serviceDate: '2026-11-22',
  } as const;

  test.each([
    [beijing, '110000/2023-01-01-employee-outpatient-corrected'],
    [{ ...beijing, serviceDate: '2023-01-01' }, '110000/2023-01-01-employee-outpatient-corrected'],
    [{ ...beijing, serviceDate: '2022-12-31' }, undefined],
    [{ ...beijing, careType: '41' }, '110000/2023-01-01-employee-pharmacy'],
    [{ ...beijing, region: '441900', careType: '41' }, '441900/2022-12-01-employee-pharmacy'],
    [{ ...beijing, region: '659001' }, undefined],
  ] as const)('%j → %s', (query, id) => {
    expect(registry.find(query)?.id).toBe(id);
  });
});

const pack = (name: string, change: object = {}) =>
  compiled({ ...packJson(), id: `420100/2023-01-01-${name}`, ...change });
const query = { region: '420100', scheme: '310', careType: '11', serviceDate: '2026-11-22' };

test('a late bill keeps the rules of its day; a pack that ended is not used after it', () => {
  const old = pack('old', { effectiveTo: '2025-06-30' });
  const next = compiled({
    ...packJson(),
    id: '420100/2025-01-01-next',
    effectiveFrom: '2025-01-01',
  });
  const at = (serviceDate: string, packs = [old, next]) =>
    createPackRegistry(packs)
      .find({ ...query, serviceDate })
      ?.id.slice(18);
  expect([at('2024-12-31'), at('2025-01-01'), at('2026-01-01')]).toEqual(['old', 'next', 'next']);
  expect(at('2025-01-01', [next, old])).toBe('next');
  expect([at('2025-06-30', [old]), at('2025-07-01', [old])]).toEqual(['old', undefined]);
});

describe('a pack that replaces another', () => {
  const wrong = pack('wrong', { careTypes: ['11', '41'] });
  const right = pack('right', { careTypes: ['11'], replaces: wrong.id });
  const found = (packs: readonly Pack[], change: object = {}) =>
    createPackRegistry(packs)
      .find({ ...query, ...change })
      ?.id.slice(18);

  test('takes its bills, in whatever order they came, and leaves it for its settlements', () => {
    expect(found([wrong, right])).toBe('right');
    expect(found([right, wrong])).toBe('right');
    expect(createPackRegistry([wrong, right]).byId(wrong.id)).toBe(wrong);
    const again = pack('again', { replaces: right.id });
    expect(found([again, wrong, right])).toBe('again');
  });

  test('leaves it the bills that it is not for itself', () => {
    expect(found([wrong, right], { careType: '41' })).toBe('wrong');
    const ended = pack('ended', {
      careTypes: ['11'],
      replaces: wrong.id,
      effectiveTo: '2025-12-31',
    });
    expect(found([wrong, ended])).toBe('wrong');
    expect(found([wrong, ended], { serviceDate: '2025-12-31' })).toBe('ended');
  });

  test('also takes them from one that begins later', () => {
    const early = compiled({
      ...packJson(),
      ...{ id: '420100/2022-07-01-early', effectiveFrom: '2022-07-01', replaces: wrong.id },
    });
    expect(found([early, wrong])).toBe('early');
  });

  test('is not itself', () => {
    const id = '420100/2023-01-01-self';
    const result = compilePack({ ...packJson(), id, replaces: id });
    expect(result.ok ? [] : result.error).toMatchObject([{ path: 'replaces' }]);
  });
});

test('the pack of the narrower care type goes first', () => {
  const packs = [pack('chronic', { careTypes: ['14'] }), pack('rare', { careTypes: ['140401'] })];
  const found = (careType: string) => createPackRegistry(packs).find({ ...query, careType })?.id;
  expect([found('140401'), found('140104'), found('11')]).toEqual([
    '420100/2023-01-01-rare',
    '420100/2023-01-01-chronic',
    undefined,
  ]);
});

test('a stay across new year goes by its day of discharge where both packs say so', () => {
  const stays = { careTypes: ['21'], selectedBy: 'discharge-date' };
  const old = pack('old', { ...stays, effectiveTo: '2025-12-31' });
  const next = compiled({
    ...packJson(),
    ...stays,
    id: '420100/2026-01-01-next',
    effectiveFrom: '2026-01-01',
  });
  const stay = { ...query, careType: '21', serviceDate: '2025-12-28' };
  const at = (dischargeDate: string) =>
    createPackRegistry([old, next])
      .find({ ...stay, visit: { dischargeDate } })
      ?.id.slice(18);
  expect([at('2025-12-31'), at('2026-01-04')]).toEqual(['old', 'next']);
});

test('a test-only pack is found by its id and never for a bill', () => {
  const own = createPackRegistry([pack('own', { testOnly: true })]);
  expect(own.byId('420100/2023-01-01-own')?.isTestOnly).toBe(true);
  expect(own.find(query)).toBeUndefined();
});

test('two packs of one id are a broken registry', () => {
  expect(() => createPackRegistry([pack('same'), pack('same')])).toThrow(InvariantViolation);
});
