/**
 * Goal: whoever acts does what their kind and roles allow, where they are responsible, and nothing else.
 */
import { describe, expect, test } from 'vitest';
import type { Action } from '../../../../../engine/domain/principal/actions.ts';
import {
  type ActionScope,
  authorise,
  everywhere,
} from '../../../../../engine/domain/principal/authorise.ts';
import {
  areTwoOperators,
  isRole,
  type Principal,
  type Role,
  systemPrincipal,
  terminalPrincipal,
} from '../../../../../engine/domain/principal/principal.ts';
import { coversRegion, isRegionCode } from '../../../../../engine/domain/principal/region.ts';

function operator(id: string, roles: readonly Role[], regions: readonly string[]): Principal {
  return { kind: 'operator', id, roles: new Set(roles), scopes: { regions, institutions: [] } };
}

function verdict(principal: Principal, action: Action, scope: ActionScope): string {
  const result = authorise(principal, action, scope);
  return result.ok ? 'allowed' : result.error;
}

describe('regions', () => {
  test.each([
    ['440000', '441900', true],
    ['441900', '441900', true],
    ['441900', '440000', false],
    ['441900', '441901', true],
    ['441901', '441900', false],
    ['000000', '441900', true],
    ['440000', '000000', false],
    ['000000', '000000', true],
    // A zero that is not a pair belongs to the code.
    ['441000', '441900', false],
    ['410000', '411000', true],
    ['401000', '401900', false],
    ['100000', '110000', false],
    ['440030', '440031', false],
    ['44', '441900', false],
    ['', '441900', false],
    ['440000', '44190', false],
    ['440000', '44190x', false],
  ])('%s covers %s: %s', (outer, inner, covers) => {
    expect(coversRegion(outer, inner)).toBe(covers);
  });

  test('a region code has six digits', () => {
    expect(['441900', '44190', '４４１９００', 'all'].map(isRegionCode)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('operators', () => {
  const officer = operator('wang', ['card-officer'], ['441900']);

  test('a role does its own work in its own region', () => {
    expect(verdict(officer, 'card.issue', { regions: ['441900'] })).toBe('allowed');
    expect(verdict(officer, 'card.issue', { regions: ['440100'] })).toBe('ACTION_OUT_OF_SCOPE');
    expect(verdict(officer, 'claim.settle', { regions: ['441900'] })).toBe('ACTION_NOT_ALLOWED');
  });

  test('a settlement away from home is reached from either region', () => {
    const scope = { regions: ['110105', '441900'] };
    const auditor = (region: string) => operator('li', ['auditor'], [region]);
    expect(verdict(auditor('110000'), 'settlement.read', scope)).toBe('allowed');
    expect(verdict(auditor('440000'), 'settlement.read', scope)).toBe('allowed');
    expect(verdict(auditor('310000'), 'settlement.read', scope)).toBe('ACTION_OUT_OF_SCOPE');
  });

  test('an operator of an institution reaches what is its own, whatever the region', () => {
    const supervisor: Principal = {
      ...operator('zhao', ['supervisor'], []),
      scopes: { regions: [], institutions: ['H11010500001'] },
    };
    const scope = (institution: string) => ({ regions: ['110105'], institution });
    expect(verdict(supervisor, 'refund.approve', scope('H11010500001'))).toBe('allowed');
    expect(verdict(supervisor, 'refund.approve', scope('H11010500002'))).toBe(
      'ACTION_OUT_OF_SCOPE',
    );
    expect(verdict(supervisor, 'refund.approve', { regions: ['110105'] })).toBe(
      'ACTION_OUT_OF_SCOPE',
    );
  });

  test('what concerns every region takes a scope of the whole country', () => {
    const administrator = (region: string) => operator('qian', ['administrator'], [region]);
    expect(verdict(administrator('000000'), 'operator.administer', everywhere)).toBe('allowed');
    expect(verdict(administrator('440000'), 'operator.administer', everywhere)).toBe(
      'ACTION_OUT_OF_SCOPE',
    );
  });

  test('an administrator reads no person and moves no money', () => {
    const administrator = operator('qian', ['administrator'], ['000000']);
    for (const action of ['person.read', 'claim.settle', 'policy.change', 'audit.read'] as const) {
      expect(verdict(administrator, action, { regions: ['441900'] })).toBe('ACTION_NOT_ALLOWED');
    }
  });
});

describe('others', () => {
  test('a terminal settles at its own institution and does nothing else', () => {
    const terminal = terminalPrincipal('T0001', 'P11010500001');
    const at = (institution: string) => ({ regions: ['110105'], institution });
    expect(verdict(terminal, 'bill.settle', at('P11010500001'))).toBe('allowed');
    expect(verdict(terminal, 'bill.settle', at('P11010500002'))).toBe('ACTION_OUT_OF_SCOPE');
    expect(verdict(terminal, 'card.issue', at('P11010500001'))).toBe('ACTION_NOT_ALLOWED');
  });

  test('a holder reaches their own data, and no role or region helps further', () => {
    const holder: Principal = { ...operator('1001', ['auditor'], ['000000']), kind: 'holder' };
    const of = (personNo: string) => ({ regions: ['441900'], personNo });
    expect(verdict(holder, 'person.read', of('1001'))).toBe('allowed');
    expect(verdict(holder, 'person.read', of('1002'))).toBe('ACTION_OUT_OF_SCOPE');
    expect(verdict(holder, 'person.read', { regions: ['441900'] })).toBe('ACTION_OUT_OF_SCOPE');
    expect(verdict(holder, 'audit.read', of('1001'))).toBe('ACTION_NOT_ALLOWED');
  });

  test('a job of the engine does only what is its own', () => {
    const job = systemPrincipal('oral-loss-lapse');
    expect(verdict(job, 'card.lapse', { regions: ['441900'] })).toBe('allowed');
    expect(verdict(job, 'card.replace', { regions: ['441900'] })).toBe('ACTION_NOT_ALLOWED');
  });
});

describe('two people', () => {
  const wang = { ...operator('wang', ['finance'], ['440000']), session: 'a' };
  const li = { ...operator('li', ['finance'], ['440000']), session: 'b' };

  test('are two operators in two sessions', () => {
    expect(areTwoOperators(wang, li)).toBe(true);
    expect(areTwoOperators(wang, { ...wang, session: 'c' })).toBe(false);
    expect(areTwoOperators(wang, { ...li, session: 'a' })).toBe(false);
    expect(areTwoOperators({ ...wang, kind: 'system' }, li)).toBe(false);
    expect(areTwoOperators(wang, { ...li, kind: 'agent' })).toBe(false);
  });

  test('roles are a closed list', () => {
    expect(isRole('auditor')).toBe(true);
    expect(isRole('root')).toBe(false);
  });
});
