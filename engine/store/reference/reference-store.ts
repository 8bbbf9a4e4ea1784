import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { InstitutionCode, TerminalId } from '../../base/ids/ids.ts';
import type { BankWorkKeys } from '../../ports/bank.ts';
import type { BankSignInBegin, Institution, Reference, Terminal } from '../../ports/reference.ts';
import { openDatabase } from '../connection/database.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { defaultStoreLimits } from '../create-store.ts';
import type { TerminalRow } from '../tables/reference-tables.ts';
import type { Database } from '../tables/schema.ts';
import { acceptOnce } from './once-requests.ts';

export type ReferenceOptions = {
  readonly url: string;
  /** ms */
  readonly now: () => number;
  /** How long (ms) a terminal or institution may be answered from memory. Default 10 s. */
  readonly cacheMs?: number;
};

type ReferenceStore = Reference & {
  /** Forgets what is held in memory, after reference data was loaded. */
  invalidate(): void;
  close(): Promise<void>;
};

/**
 * Terminals and institutions, read through a short-lived cache: a terminal that was disabled is
 * refused `cacheMs` later at the latest. What this store saves itself is seen at once.
 */
export function createReferenceStore(options: ReferenceOptions): ReferenceStore {
  const { url, now, cacheMs = 10_000 } = options;
  const database = openDatabase(url, defaultStoreLimits);
  const terminals = createCache({ now, cacheMs }, (id: TerminalId) => readTerminal(database, id));
  const institutions = createCache({ now, cacheMs }, (code: InstitutionCode) =>
    readInstitution(database, code),
  );
  const update = async (id: TerminalId, change: Partial<TerminalRow>) => {
    await orUnavailable(
      database.updateTable('terminal').set(change).where('id', '=', id).execute(),
    );
    terminals.forget(id);
  };
  return {
    findTerminal: terminals.get,
    findInstitution: institutions.get,
    acceptOnce: (id, request) => orUnavailable(acceptOnce(database, id, request)),
    saveTerminalSession: (id, session) =>
      update(id, {
        sign_no: session.signNo,
        sealed_pin_key: session.sealedPinKey,
        sealed_mac_key: session.sealedMacKey,
        signed_in_at: BigInt(session.signedInAt),
      }),
    beginBankSignIn: (id, begin) => orUnavailable(beginBankSignIn(database, id, begin)),
    async saveBankKeys(id, keys) {
      await orUnavailable(saveBankKeys(database, id, keys));
      terminals.forget(id);
      return (await terminals.get(id))?.bankKeys;
    },
    invalidate() {
      terminals.forgetAll();
      institutions.forgetAll();
    },
    close: () => database.destroy(),
  };
}

/**
 * Values by key for `cacheMs`; readers of one key at one time share one read. Absence is not held. What was
 * read at a time that has not come yet, since the clock was set back, is read again.
 */
function createCache<Key extends string, Value>(
  { now, cacheMs }: { now: () => number; cacheMs: number },
  read: (key: Key) => Promise<Value | undefined>,
) {
  const held = new Map<Key, { readonly value: Promise<Value | undefined>; readonly at: number }>();
  const forget = (key: Key, value: Promise<Value | undefined>) => {
    if (held.get(key)?.value === value) held.delete(key);
  };
  return {
    get(key: Key, ageMaxMs: number = cacheMs): Promise<Value | undefined> {
      const known = held.get(key);
      const age = known === undefined ? cacheMs : now() - known.at;
      if (known !== undefined && age >= 0 && age < Math.min(ageMaxMs, cacheMs)) return known.value;
      const value = orUnavailable(read(key));
      held.set(key, { value, at: now() });
      value.then(
        (found) => found === undefined && forget(key, value),
        () => forget(key, value),
      );
      return value;
    },
    forget: (key: Key) => held.delete(key),
    forgetAll: () => held.clear(),
  };
}

async function beginBankSignIn(
  database: Kysely<Database>,
  id: TerminalId,
  { at, replaces }: BankSignInBegin,
): Promise<number | undefined> {
  let query = database
    .updateTable('terminal')
    .set({ bank_sign_in_no: sql`bank_sign_in_no + 1`, bank_sign_in_at: BigInt(at) })
    .where('id', '=', id);
  if (replaces !== undefined) {
    const { keysNo, restMs } = replaces;
    // A clock that was ahead must not keep the others waiting for longer than that.
    const sinceThen = sql<bigint>`abs(coalesce(bank_sign_in_at, 0) - ${at}::bigint)`;
    query = query.where('bank_keys_no', '=', BigInt(keysNo)).where(sinceThen, '>=', BigInt(restMs));
  }
  const row = await query.returning('bank_sign_in_no').executeTakeFirst();
  return row && Number(row.bank_sign_in_no);
}

async function saveBankKeys(
  database: Kysely<Database>,
  id: TerminalId,
  { keysNo, pinKeyBlob, macKeyBlob }: BankWorkKeys,
): Promise<void> {
  await database
    .updateTable('terminal')
    .set({
      bank_pin_key_blob: pinKeyBlob,
      bank_mac_key_blob: macKeyBlob,
      bank_keys_no: BigInt(keysNo),
    })
    .where('id', '=', id)
    .where('bank_keys_no', '<', BigInt(keysNo))
    .execute();
}

async function readTerminal(
  database: Kysely<Database>,
  id: TerminalId,
): Promise<Terminal | undefined> {
  const row = await database
    .selectFrom('terminal as t')
    .innerJoin('institution as i', 'i.code', 't.institution')
    .selectAll('t')
    .select('i.is_enabled as is_institution_enabled')
    .where('t.id', '=', id)
    .executeTakeFirst();
  return row && { ...terminalOf(row), isEnabled: row.is_enabled && row.is_institution_enabled };
}

function terminalOf(row: TerminalRow): Terminal {
  const { sign_no, sealed_pin_key, sealed_mac_key, signed_in_at } = row;
  const { bank_pin_key_blob, bank_mac_key_blob } = row;
  const isSignedIn = sign_no !== null && sealed_pin_key !== null && sealed_mac_key !== null;
  return {
    id: row.id as TerminalId,
    institution: row.institution as InstitutionCode,
    isEnabled: row.is_enabled,
    careTypes: row.care_types,
    publicKey: row.public_key,
    sealedMasterKey: row.sealed_master_key,
    session: isSignedIn
      ? {
          signNo: sign_no,
          sealedPinKey: sealed_pin_key,
          sealedMacKey: sealed_mac_key,
          signedInAt: Number(signed_in_at),
        }
      : undefined,
    bankTerminalId: row.bank_terminal_id,
    bankMerchantId: row.bank_merchant_id,
    bankKeys:
      bank_pin_key_blob !== null && bank_mac_key_blob !== null
        ? {
            pinKeyBlob: bank_pin_key_blob,
            macKeyBlob: bank_mac_key_blob,
            keysNo: Number(row.bank_keys_no),
          }
        : undefined,
  };
}

async function readInstitution(
  database: Kysely<Database>,
  code: InstitutionCode,
): Promise<Institution | undefined> {
  const query = database.selectFrom('institution').selectAll().where('code', '=', code);
  const row = await query.executeTakeFirst();
  return (
    row && {
      code: row.code as InstitutionCode,
      name: row.name,
      region: row.region,
      carePlace: {
        kind: row.care_place_kind,
        level: row.care_place_level ?? undefined,
        isCommunity: row.is_community,
        ...(row.care_place_marks.length > 0 && { marks: row.care_place_marks }),
      },
    }
  );
}
