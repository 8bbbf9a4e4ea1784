import type { Kysely } from 'kysely';
import type { InstitutionCode, TerminalId } from '../domain/ids/ids.ts';
import type { Institution, Reference, Terminal } from '../ports/reference.ts';
import { defaultStoreLimits } from './create-store.ts';
import { openDatabase } from './database.ts';
import { orUnavailable } from './database-errors.ts';
import type { Database, TerminalRow } from './schema.ts';

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
    saveTerminalSession: (id, session) =>
      update(id, {
        sign_no: session.signNo,
        sealed_pin_key: session.sealedPinKey,
        sealed_mac_key: session.sealedMacKey,
        signed_in_at: BigInt(session.signedInAt),
      }),
    saveBankKeys: (id, keys) =>
      update(id, { bank_pin_key_blob: keys.pinKeyBlob, bank_mac_key_blob: keys.macKeyBlob }),
    invalidate() {
      terminals.forgetAll();
      institutions.forgetAll();
    },
    close: () => database.destroy(),
  };
}

/**
 * Values by key for `cacheMs`; readers of one key at one time share one read. Absence is not held.
 */
function createCache<Key extends string, Value>(
  { now, cacheMs }: { now: () => number; cacheMs: number },
  read: (key: Key) => Promise<Value | undefined>,
) {
  const held = new Map<
    Key,
    { readonly value: Promise<Value | undefined>; readonly until: number }
  >();
  const forget = (key: Key, value: Promise<Value | undefined>) => {
    if (held.get(key)?.value === value) held.delete(key);
  };
  return {
    get(key: Key): Promise<Value | undefined> {
      const known = held.get(key);
      if (known !== undefined && known.until > now()) return known.value;
      const value = orUnavailable(read(key));
      held.set(key, { value, until: now() + cacheMs });
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

async function readTerminal(
  database: Kysely<Database>,
  id: TerminalId,
): Promise<Terminal | undefined> {
  const query = database.selectFrom('terminal').selectAll().where('id', '=', id);
  const row = await query.executeTakeFirst();
  return row && terminalOf(row);
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
        ? { pinKeyBlob: bank_pin_key_blob, macKeyBlob: bank_mac_key_blob }
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
