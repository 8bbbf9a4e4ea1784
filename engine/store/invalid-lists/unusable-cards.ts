import pg from 'pg';
import type { CardId } from '../../base/ids/ids.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { ListReason, ListRow } from '../../domain/invalid-list/list-file.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { connectionConfig } from '../connection/pipelined-connection.ts';
import { defaultStoreLimits } from '../create-store.ts';

/** The statement that sorts them is the longest, ms. */
const STATEMENT_MS = 600_000;
const PAGE_ROWS = 20_000;

/**
 * What makes a card unusable for good or until its holder does something; a card that is merely suspended or
 * not activated is none of it. $1: region prefix, $2: now (ms), $3: today.
 */
const unusable = `select card_id, reason from (select card_id, case
    when status = 'written-loss' or (status = 'oral-loss' and oral_loss_until > $2) then 'lost'
    when status in ('replaced', 'exchanged') then 'replaced'
    when status in ('cancelled', 'uncollected', 'returned', 'destroyed') then 'cancelled'
    when expires_on < $3 then 'expired' end as reason
  from card where (status <> 'active' or expires_on < $3) and starts_with(card_id, $1)) as cards
  where reason is not null order by card_id`;

/**
 * The cards of a region that cannot be used, as one moment saw them, by card id. The server sorts them; this
 * process holds a page.
 * @param region six digits; "441900" is every card whose id begins with "4419"
 * @param at ms
 */
export async function* readUnusableCards(
  url: string,
  region: string,
  at: number,
): AsyncGenerator<readonly ListRow[]> {
  const limits = { ...defaultStoreLimits, statementTimeoutMs: STATEMENT_MS };
  const client = new pg.Client(connectionConfig(url, limits));
  client.on('error', () => undefined);
  try {
    await orUnavailable(client.connect());
    await orUnavailable(client.query('begin isolation level repeatable read read only'));
    const values = [region.replace(/(00)+$/, ''), at, businessDateOf(at)];
    await orUnavailable(client.query(`declare unusable no scroll cursor for ${unusable}`, values));
    for (;;) {
      const fetched = client.query<UnusableRow>(`fetch ${PAGE_ROWS} from unusable`);
      const { rows } = await orUnavailable(fetched);
      yield rows.map((row) => ({ isListed: true, cardId: row.card_id, reason: row.reason }));
      if (rows.length < PAGE_ROWS) return;
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

type UnusableRow = { readonly card_id: CardId; readonly reason: ListReason };
