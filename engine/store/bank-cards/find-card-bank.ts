import type { Kysely } from 'kysely';
import type { CardBank } from '../../ports/card-messages.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

/** A bank that makes cards; undefined: none of this code. */
export async function findCardBank(
  database: Kysely<Database>,
  code: string,
): Promise<CardBank | undefined> {
  const query = database.selectFrom('card_bank').selectAll().where('code', '=', code);
  const row = await orUnavailable(query.executeTakeFirst());
  if (row === undefined) return undefined;
  const { name, address, public_key: publicKey, is_enabled: isEnabled } = row;
  return { code, name, address, publicKey, isEnabled };
}
