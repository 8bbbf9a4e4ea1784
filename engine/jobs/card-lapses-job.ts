import { causeOf } from '../base/errors/cause-of.ts';
import { systemPrincipal } from '../domain/principal/principal.ts';
import type { CardOfficeDeps } from '../flows/card/card-office.ts';
import type { FlowLog } from '../flows/deps.ts';
import { repeatEvery } from './repeat-every.ts';

export type CardLapsesOptions = {
  readonly office: Pick<CardOfficeDeps, 'store' | 'lives' | 'environment' | 'regionOf'>;
  readonly log: Pick<FlowLog, 'info' | 'warn'>;
  readonly everyMs: number;
};

const LIMIT = 200;

/**
 * Records oral loss reports that have lapsed. The counter needs no record of it: what it says is for the
 * bank and for whoever reads the card's life.
 * @returns stops the job; resolves when the current look has ended
 */
export function startCardLapsesJob({ office, log, everyMs }: CardLapsesOptions) {
  const by = systemPrincipal('oral-loss-lapse');
  const look = async (): Promise<void> => {
    const at = office.environment.now();
    const due = await office.lives.listDue({ at, limit: LIMIT });
    for (const { key, region, cardId } of due) {
      await office.store.execute({
        ...{ type: 'order-card', key, at, by, reason: undefined, evidence: {} },
        // Of this report: another engine's order for it is the same.
        orderId: `lapse-${cardId}-${at}`,
        region: office.regionOf(region),
        order: { kind: 'lapse-loss', cardId },
      });
    }
    if (due.length > 0) log.info('loss-reports-lapsed', { reports: due.length });
  };
  return repeatEvery(everyMs, look, (error) =>
    log.warn('loss-report-check-failed', { reason: causeOf(error) }),
  );
}
