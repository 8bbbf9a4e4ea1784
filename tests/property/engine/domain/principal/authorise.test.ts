/**
 * Goal: no combination of kind, roles and scopes reaches an action outside of them, and more roles or scopes
 * never take anything away.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../../../../engine/domain/principal/actions.ts';
import { actionRules } from '../../../../../engine/domain/principal/actions.ts';
import { authorise } from '../../../../../engine/domain/principal/authorise.ts';
import type { Principal } from '../../../../../engine/domain/principal/principal.ts';
import { roles } from '../../../../../engine/domain/principal/principal.ts';

const actions = Object.keys(actionRules) as Action[];
const pair = fc.constantFrom('00', '01', '10', '11', '19', '44', '90');
const region = fc.tuple(pair, pair, pair).map((pairs) => pairs.join(''));
const institution = fc.constantFrom('H11010500001', 'H11010500002', 'P44190000001');
const principals: fc.Arbitrary<Principal> = fc.record({
  kind: fc.constantFrom('terminal', 'agent', 'operator', 'peer', 'his', 'holder', 'system'),
  id: fc.constantFrom('1001', '1002', 'wang'),
  roles: fc.uniqueArray(fc.constantFrom(...roles)).map((names) => new Set(names)),
  scopes: fc.record({
    regions: fc.array(region, { maxLength: 3 }),
    institutions: fc.array(institution, { maxLength: 2 }),
  }),
});
const scopes = fc.record({
  regions: fc.array(region, { maxLength: 2 }),
  institution,
  personNo: fc.constantFrom('1001', '1002', '1003'),
});

/** Regions by another way than the code under test: pair by pair, "00" ending the outer one. */
function liesBelow(outer: string, inner: string): boolean {
  const pairs = (code: string) => [code.slice(0, 2), code.slice(2, 4), code.slice(4, 6)];
  const wanted = pairs(outer);
  const length = wanted.findLastIndex((two) => two !== '00') + 1;
  return wanted.slice(0, length).every((two, i) => two === pairs(inner)[i]);
}

test('whoever is allowed is of the kind or has a role, and is responsible there', () => {
  const allowed = new Set<string>();
  fc.assert(
    fc.property(principals, fc.constantFrom(...actions), scopes, (principal, action, scope) => {
      if (!authorise(principal, action, scope).ok) return;
      allowed.add(principal.kind);
      const { kind, scopes: reach } = principal;
      const rule: { readonly roles: readonly string[]; readonly kinds: readonly string[] } =
        actionRules[action];
      const hasRole = [...principal.roles].some((role) => rule.roles.includes(role));
      expect(kind === 'operator' ? hasRole : rule.kinds.includes(kind)).toBe(true);
      const isThere = scope.regions.some((inner) =>
        reach.regions.some((outer) => liesBelow(outer, inner)),
      );
      const isAtInstitution = reach.institutions.includes(scope.institution);
      expect(kind === 'holder' ? scope.personNo === principal.id : isThere || isAtInstitution).toBe(
        true,
      );
    }),
    { numRuns: 5_000 },
  );
  expect(allowed.size).toBeGreaterThanOrEqual(6);
});

test('an operator without a role, and one without a scope, reach nothing', () => {
  fc.assert(
    fc.property(principals, fc.constantFrom(...actions), scopes, (principal, action, scope) => {
      const idle: Principal = { ...principal, kind: 'operator', roles: new Set() };
      const nowhere = {
        ...principal,
        kind: 'operator',
        scopes: { regions: [], institutions: [] },
      } as const;
      expect(authorise(idle, action, scope).ok).toBe(false);
      expect(authorise(nowhere, action, scope).ok).toBe(false);
    }),
  );
});

test('one more role or region takes nothing away', () => {
  const more = fc.tuple(fc.constantFrom(...roles), region);
  const given = [principals, fc.constantFrom(...actions), scopes, more] as const;
  fc.assert(
    fc.property(...given, (principal, action, scope, [role, code]) => {
      fc.pre(authorise(principal, action, scope).ok);
      const { regions, institutions } = principal.scopes;
      const wider: Principal = {
        ...principal,
        roles: new Set([...principal.roles, role]),
        scopes: { regions: [...regions, code], institutions },
      };
      expect(authorise(wider, action, scope).ok).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
