import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../engine/domain/errors/result.ts';
import { choose, holds } from '../../../../rules/kernel/choose.ts';
import type { Condition } from '../../../../rules/model/pack.ts';
import { bill, line } from '../bill-builder.ts';

const retired72 = bill([line('10.00')], {
  insured: { personType: '1201', ageYears: 72, traits: new Set(['main-point', 'family-doctor']) },
  carePlace: { kind: 'hospital', level: 2, isCommunity: false },
});

describe('holds', () => {
  const cases: readonly (readonly [Condition | undefined, boolean])[] = [
    [undefined, true],
    [{ personTypes: ['12'] }, true],
    [{ personTypes: ['11', '13'] }, false],
    [{ ageFrom: 70 }, true],
    [{ ageFrom: 72 }, true],
    [{ ageFrom: 73 }, false],
    [{ ageBelow: 73 }, true],
    [{ ageBelow: 72 }, false],
    [{ traits: ['main-point'] }, true],
    [{ traits: ['main-point', 'referred'] }, false],
    [{ levels: [1, 2] }, true],
    [{ levels: [3] }, false],
    [{ isCommunity: true }, false],
    [{ placeKind: 'pharmacy' }, false],
    [{ personTypes: ['12'], ageFrom: 70, traits: ['family-doctor'], levels: [2] }, true],
  ];
  test.each(cases)('%j → %s', (when, expected) => {
    expect(holds(when, retired72)).toBe(expected);
  });
});

test('the first choice that holds is taken; none at all is a broken pack', () => {
  const words = { source: 's', zh: '甲', en: 'a' };
  const retired = { id: 'retired', when: { personTypes: ['12'] }, ...words };
  const everybody = { id: 'everybody', when: undefined, ...words };
  expect(choose([retired, everybody], retired72).id).toBe('retired');
  expect(choose([retired, everybody], bill([])).id).toBe('everybody');
  expect(() => choose([retired], bill([]))).toThrow(InvariantViolation);
});
