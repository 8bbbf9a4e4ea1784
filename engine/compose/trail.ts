/** Composition of the command that reads who did and read what, beside a running engine. */
import type { TrailOrder } from '../flows/operator/read-trail.ts';
import { readTrail } from '../flows/operator/read-trail.ts';
import type { Config } from '../ops/config.ts';
import type { TrailItem } from '../ports/audit.ts';
import { refusedAs, withActor } from './actor.ts';
import type { Credentials } from './operator.ts';
import { withLogin } from './operator.ts';

/** The trail, for an auditor by login or the database's owner. @throws StartupError when it is refused */
export async function listTrail(
  config: Config,
  credentials: Credentials | undefined,
  order: TrailOrder,
): Promise<readonly TrailItem[]> {
  return withLogin(config, credentials, (url) =>
    withActor(url, async (actor) => {
      const found = await readTrail(actor, actor.by, order);
      if (!found.ok) throw refusedAs(found.error.code);
      return found.value;
    }),
  );
}
