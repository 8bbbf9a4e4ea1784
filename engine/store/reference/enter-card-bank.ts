import type { CardBank } from '../../ports/card-messages.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';

/** Puts a bank that makes cards on record, or changes its address and key. */
export async function enterCardBank(url: string, bank: CardBank): Promise<void> {
  const database = openDatabase(url, defaultStoreLimits);
  const { code, name, address, publicKey: public_key, isEnabled: is_enabled } = bank;
  const row = { name, address, public_key, is_enabled };
  const insert = database
    .insertInto('card_bank')
    .values({ code, ...row })
    .onConflict((conflict) => conflict.column('code').doUpdateSet(row));
  try {
    await orUnavailable(insert.execute());
  } finally {
    await database.destroy();
  }
}
