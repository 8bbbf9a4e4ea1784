import type { Kysely } from 'kysely';
import type { AuditEntry, AuditLog } from '../../ports/audit.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';

/**
 * Adds one audit row, in the caller's transaction or in one of its own.
 * @returns its number
 */
export async function recordAudit(database: Kysely<Database>, entry: AuditEntry): Promise<bigint> {
  const [row] = await insertAudit(database, [entry]);
  if (row === undefined) throw new Error('an audit row was not added');
  return row;
}

async function insertAudit(
  database: Kysely<Database>,
  entries: readonly AuditEntry[],
): Promise<readonly bigint[]> {
  const rows = await database
    .insertInto('audit_row')
    .values(entries.map(rowOf))
    .returning('audit_no')
    .execute();
  return rows.map(({ audit_no }) => audit_no);
}

function rowOf(entry: AuditEntry) {
  const { by, scope } = entry;
  return {
    at: BigInt(entry.at),
    principal_kind: by.kind,
    principal_id: by.id,
    session: by.session ?? null,
    action: entry.action,
    regions: [...(scope.regions ?? [])],
    institution: scope.institution ?? null,
    subject: entry.subject ?? null,
    person_ref: scope.personNo ?? null,
    outcome: entry.outcome,
    code: entry.code ?? null,
    evidence: entry.evidence ?? null,
    begun_no: entry.begunNo ?? null,
  };
}

type Waiting = {
  readonly entry: AuditEntry;
  readonly done: (auditNo: bigint) => void;
  readonly failed: (reason: unknown) => void;
};

/** Rows of one statement. */
const ROWS_MAX = 500;

/**
 * The log over a pool. What comes while a statement is under way goes with the next one, so that many readers
 * at once cost one commit and not one each.
 */
export function createAuditLog(database: Kysely<Database>): AuditLog {
  const waiting: Waiting[] = [];
  let isWriting = false;
  async function write(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) await writeSome(database, waiting.splice(0, ROWS_MAX));
    isWriting = false;
  }
  return {
    record: (entry) =>
      new Promise((done, failed) => {
        waiting.push({ entry, done, failed });
        if (!isWriting) write().catch(failed);
      }),
  };
}

/** Never rejects: each waiting caller is told. */
async function writeSome(database: Kysely<Database>, some: readonly Waiting[]): Promise<void> {
  try {
    const entries = some.map(({ entry }) => entry);
    const numbers = await orUnavailable(insertAudit(database, entries));
    // One statement returns its rows in the order of its values.
    for (const [i, { done, failed }] of some.entries()) {
      const auditNo = numbers[i];
      if (auditNo === undefined) failed(new Error('an audit row was not added'));
      else done(auditNo);
    }
  } catch (error) {
    for (const { failed } of some) failed(error);
  }
}
