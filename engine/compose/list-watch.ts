/** Composition of the watch over the age of the invalid lists. */
import type { AgeBounds, OutdatedList } from '../domain/invalid-list/list-age.ts';
import { findOutdated } from '../domain/invalid-list/list-age.ts';
import type { FlowLog } from '../flows/deps.ts';
import { repeatEvery } from '../jobs/repeat-every.ts';
import type { Config } from '../ops/config.ts';
import type { Clock } from '../ports/environment.ts';
import type { InvalidListReads, ListState } from '../ports/invalid-list-reads.ts';
import type { OfflineLists } from '../ports/offline-lists.ts';
import { openInvalidListReads } from '../store/invalid-lists/list-reads.ts';
import { openOfflineLists } from '../store/invalid-lists/offline-lists.ts';

type ListConfig = Pick<
  Config,
  'listAgeNationalMs' | 'listAgeProvincialMs' | 'listAgeCityMs' | 'listsOutdated'
>;

export type ListWatch = {
  /** False: a list is outdated, and cards are refused for it by setting. */
  mayCardsPay(): boolean;
  /** Lists that are too old now. */
  outdated(): readonly OutdatedList[];
  /** Age of each list, ms. */
  ages(): readonly { readonly level: string; readonly region: string; readonly ageMs: number }[];
};

/** An alarm that goes on is repeated so often, ms. */
const ALARM_EVERY_MS = 3_600_000;
const HOUR_MS = 3_600_000;

/** The bounds of the configuration. */
export function ageBounds(config: ListConfig): AgeBounds {
  const {
    listAgeNationalMs: national,
    listAgeProvincialMs: provincial,
    listAgeCityMs: city,
  } = config;
  return {
    ...(national !== undefined && { national }),
    ...(provincial !== undefined && { provincial }),
    ...(city !== undefined && { city }),
  };
}

type WatchOptions = {
  readonly config: ListConfig & Pick<Config, 'policyPollMs'>;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: FlowLog;
};

/** Opens what an engine reads of the lists, and watches their age. @param stops receives what ends it */
export async function openListWatch(
  { databaseUrl, ...options }: WatchOptions,
  stops: (() => Promise<void>)[],
): Promise<{
  readonly watch: ListWatch;
  readonly reads: InvalidListReads;
  readonly offline: OfflineLists;
}> {
  const reads = openInvalidListReads(databaseUrl);
  const offline = openOfflineLists(databaseUrl);
  stops.push(reads.close, offline.close);
  return { watch: await watchLists({ ...options, reads }, stops), reads, offline };
}

/**
 * Looks at the lists again and again. Between two looks they grow older by the clock, so a list is
 * outdated at its moment and not at the next look.
 * @param stops receives the function that ends the watch
 */
export async function watchLists(
  options: Omit<WatchOptions, 'databaseUrl'> & {
    readonly reads: Pick<InvalidListReads, 'lists'>;
  },
  stops: (() => Promise<void>)[],
): Promise<ListWatch> {
  const { config, reads, clock, log } = options;
  const bounds = ageBounds(config);
  let lists: readonly ListState[] = await reads.lists();
  const toldAt = new Map<string, number>();
  const outdated = () => findOutdated(lists, bounds, clock.now());
  const look = async (): Promise<void> => {
    lists = await reads.lists();
    for (const { level, region = 'none', ageMs = 0 } of outdated()) {
      const name = `${level} ${region}`;
      if (clock.now() - (toldAt.get(name) ?? -ALARM_EVERY_MS) < ALARM_EVERY_MS) continue;
      toldAt.set(name, clock.now());
      log.error('invalid-list-outdated', { level, region, hours: Math.floor(ageMs / HOUR_MS) });
    }
  };
  const onFailure = () => log.warn('list-age-check-failed', {});
  stops.push(repeatEvery(config.policyPollMs, look, onFailure));
  return {
    mayCardsPay: () => config.listsOutdated === 'alarm' || outdated().length === 0,
    outdated,
    ages: () =>
      lists
        .filter(({ version }) => version >= 0)
        .map(({ level, region, issuedAt }) => ({ level, region, ageMs: clock.now() - issuedAt })),
  };
}
