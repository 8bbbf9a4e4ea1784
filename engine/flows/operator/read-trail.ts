import type { Result } from '../../base/errors/result.ts';
import { fail } from '../../base/errors/result.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { Action } from '../../domain/principal/actions.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { TrailItem, TrailQuery } from '../../ports/audit.ts';
import type { ActDeps } from '../principal/act.ts';
import { readAs } from '../principal/act.ts';
import type { OfficeDeps, OfficeRefusal } from './office.ts';

export type TrailOrder = Omit<TrailQuery, 'reach' | 'action'> & {
  readonly action?: Action | undefined;
};

/** The longest period that is read at once, ms: a month of requests is scanned as a whole. */
const PERIOD_MAX_MS = 92 * 24 * 3_600_000;

/**
 * Who did and read what: audit rows and the requests of terminals together, of the regions and
 * institutions that the reader is responsible for. Reading it leaves a row itself, with the person that
 * was asked for.
 */
export async function readTrail(
  deps: ActDeps & Pick<OfficeDeps, 'trail'>,
  by: Principal,
  order: TrailOrder,
): Promise<Result<readonly TrailItem[], OfficeRefusal>> {
  const { since, until, personNo } = order;
  if (!(since < until) || until - since > PERIOD_MAX_MS) {
    return fail({ code: 'REQUEST_INVALID', detail: 'since is before until, at most 92 days' });
  }
  const { regions, institutions } = by.scopes;
  const [institution] = institutions;
  const scope = {
    ...{ regions },
    ...(institution !== undefined && { institution }),
    ...(personNo !== undefined && { personNo }),
  };
  const period = `${isoTime(since)} to ${isoTime(until)}`;
  const evidence = [period, order.by, order.action].filter((part) => part !== undefined).join(', ');
  const act = { by, action: 'audit.read', scope, evidence } as const;
  return readAs(deps, act, () => deps.trail.listTrail({ ...order, reach: by.scopes }));
}
