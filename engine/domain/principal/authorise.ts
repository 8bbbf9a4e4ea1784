import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Action, ActionRule } from './actions.ts';
import { actionRules } from './actions.ts';
import type { Principal } from './principal.ts';
import { isDatabasePrincipal, WHOLE_COUNTRY } from './principal.ts';
import { coversRegion } from './region.ts';

/** What an action is about. It lies in each of the regions: whoever may act in one of them may act. */
export type ActionScope = {
  /** Six digits each: the insured region of a person, also the care region of a settlement. */
  readonly regions?: readonly string[];
  readonly institution?: string;
  /** The person whose data or card it is; a holder reaches their own only. */
  readonly personNo?: string;
};

/** Of what concerns every region, as an operator's account or a key. */
export const everywhere: ActionScope = { regions: [WHOLE_COUNTRY] };

export type AuthorisationRefusal = 'ACTION_NOT_ALLOWED' | 'ACTION_OUT_OF_SCOPE';

/**
 * May this principal do this, here? Asked once, where a flow is run.
 * @returns ACTION_NOT_ALLOWED: nobody of its kind or roles may; ACTION_OUT_OF_SCOPE: elsewhere it might
 */
export function authorise(
  principal: Principal,
  action: Action,
  scope: ActionScope,
): Result<undefined, AuthorisationRefusal> {
  if (isDatabasePrincipal(principal)) return ok(undefined);
  if (!isTrustedWith(principal, actionRules[action])) return fail('ACTION_NOT_ALLOWED');
  return reaches(principal, scope) ? ok(undefined) : fail('ACTION_OUT_OF_SCOPE');
}

function isTrustedWith({ kind, roles }: Principal, rule: ActionRule): boolean {
  if (kind === 'operator') return rule.roles.some((role) => roles.has(role));
  return rule.kinds.includes(kind);
}

function reaches(principal: Principal, scope: ActionScope): boolean {
  const { kind, id, scopes } = principal;
  if (kind === 'holder') return scope.personNo === id;
  const { institution, regions = [] } = scope;
  if (institution !== undefined && scopes.institutions.includes(institution)) return true;
  return regions.some((inner) => scopes.regions.some((outer) => coversRegion(outer, inner)));
}
