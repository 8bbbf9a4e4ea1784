/** Composition of the card office: what its flows work with in an engine, and the job that records lapses. */
import { cardRegionOf } from '../domain/card/card-regions.ts';
import type { CardOfficeDeps } from '../flows/card/card-office.ts';
import type { FlowDeps } from '../flows/deps.ts';
import { startCardLapsesJob } from '../jobs/card-lapses-job.ts';
import { createCardLives } from '../store/cards/card-lives.ts';
import { openDatabase } from '../store/connection/database.ts';
import { defaultStoreLimits } from '../store/create-store.ts';

/** How often lapsed loss reports are looked for, ms. */
const LAPSES_EVERY_MS = 30_000;

/**
 * Opens what the card office reads, over a pool of its own, and starts its job.
 * @param stops receives what closes them
 */
export function openCardOffice(
  url: string,
  engine: Pick<FlowDeps, 'audit' | 'keys' | 'environment' | 'store' | 'reference' | 'log'>,
  stops: (() => Promise<void>)[],
): CardOfficeDeps {
  const { audit, keys, environment, store, reference, log } = engine;
  const database = openDatabase(url, defaultStoreLimits);
  stops.push(() => database.destroy());
  const cards: CardOfficeDeps = {
    ...{ audit, environment, store, keys, reference },
    lives: createCardLives(database),
    regionOf: (region) => cardRegionOf(region),
  };
  stops.push(startCardLapsesJob({ office: cards, log, everyMs: LAPSES_EVERY_MS }));
  return cards;
}
