import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Action } from '../../domain/principal/actions.ts';
import type { ActionScope } from '../../domain/principal/authorise.ts';
import { authorise } from '../../domain/principal/authorise.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { AuditEntry, AuditLog } from '../../ports/audit.ts';
import type { Clock } from '../../ports/environment.ts';

export type ActDeps = { readonly audit: AuditLog; readonly environment: Clock };

/** Who wants to do what, about what. */
export type Act = {
  readonly by: Principal;
  readonly action: Action;
  readonly scope: ActionScope;
  /** See {@link AuditEntry}. */
  readonly subject?: string | undefined;
  readonly evidence?: string | undefined;
};

type Refusal = { readonly code: ErrorCode };

/**
 * Asks whether an act is allowed; a refusal leaves its row. For flows that write their own row with what they
 * do.
 */
export async function permit(deps: ActDeps, act: Act): Promise<Result<undefined, Refusal>> {
  const allowed = authorise(act.by, act.action, act.scope);
  if (allowed.ok) return allowed;
  await record(deps, act, { outcome: 'refused', code: allowed.error });
  return fail({ code: allowed.error });
}

/** Reads data of a person, or of the trail: the row is durable before the caller gets them. */
export async function readAs<T>(
  deps: ActDeps,
  act: Act,
  read: () => Promise<T>,
): Promise<Result<T, Refusal>> {
  const allowed = await permit(deps, act);
  if (!allowed.ok) return allowed;
  const value = await read();
  await record(deps, act, { outcome: 'read' });
  return ok(value);
}

/**
 * Does something that has no audit row of its own: a row before, and one that says how it ended. A row that
 * has no end means that nobody knows: the process stopped in between.
 */
export async function actAs<T, E extends Refusal>(
  deps: ActDeps,
  act: Act,
  run: () => Promise<Result<T, E>>,
): Promise<Result<T, E | Refusal>> {
  const allowed = await permit(deps, act);
  if (!allowed.ok) return allowed;
  const begunNo = await record(deps, act, { outcome: 'begun' });
  const done = await run();
  const end = done.ok
    ? ({ outcome: 'done' } as const)
    : ({ outcome: 'refused', code: done.error.code } as const);
  await record(deps, act, { ...end, begunNo });
  return done;
}

function record(
  { audit, environment }: ActDeps,
  { by, action, scope, subject, evidence }: Act,
  end: Pick<AuditEntry, 'outcome' | 'code' | 'begunNo'>,
): Promise<bigint> {
  return audit.record({ at: environment.now(), by, action, scope, subject, evidence, ...end });
}
