/** What a command does under somebody's login: allowed or refused, and recorded. */
import { ok } from '../base/errors/result.ts';
import type { Action } from '../domain/principal/actions.ts';
import type { ActionScope } from '../domain/principal/authorise.ts';
import type { Principal } from '../domain/principal/principal.ts';
import { actAs, readAs } from '../flows/principal/act.ts';
import type { Actor } from './actor.ts';
import { refusedAs, withActor } from './actor.ts';

export type RecordedAct = {
  readonly action: Action;
  readonly scope: ActionScope;
  /** The name of a file, or of what else it is about; never a person's number. */
  readonly subject?: string;
};

/**
 * Runs a command's task if whoever has the login may, with its audit rows: of a read one, of an act one
 * before it and one after it. A task that ends with an error leaves the first alone.
 * @throws StartupError ACTION_REFUSED
 */
export function runRecorded<T>(
  url: string,
  act: RecordedAct,
  task: (by: Principal) => Promise<T>,
): Promise<T> {
  return withActor(url, async (actor: Actor) => {
    const whole = { by: actor.by, ...act };
    const done =
      act.action === 'person.read'
        ? await readAs(actor, whole, () => task(actor.by))
        : await actAs(actor, whole, async () => ok(await task(actor.by)));
    if (!done.ok) throw refusedAs(done.error.code);
    return done.value;
  });
}
