import { openSetHash } from '../../base/crypto/set-hash.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { verifySignature } from '../../base/signatures/verify-signature.ts';
import { judgeVersion } from '../../domain/invalid-list/judge-version.ts';
import type { ListHeader, ListRow } from '../../domain/invalid-list/list-file.ts';
import { signedText } from '../../domain/invalid-list/list-file.ts';
import type { ListFault } from '../../domain/invalid-list/list-reader.ts';
import type { Clock } from '../../ports/environment.ts';
import type {
  InvalidLists,
  ListChange,
  ListImport,
  ListOnRecord,
} from '../../ports/invalid-lists.ts';
import type { CheckedFile, ListSource } from './check-list-file.ts';
import { countRows, readListFile } from './check-list-file.ts';

/** Why a file is not taken. `line` counts from 1. */
export type ListRefusal =
  | { readonly kind: 'file'; readonly line: number; readonly fault: ListFault['fault'] }
  | { readonly kind: 'issuer'; readonly keyId: string }
  | { readonly kind: 'signature'; readonly keyId: string }
  | { readonly kind: 'older' | 'other'; readonly inForce: number; readonly version: number }
  | { readonly kind: 'base'; readonly base: number; readonly inForce: number | undefined }
  | { readonly kind: 'kept-here' }
  | { readonly kind: 'list-hash' }
  | { readonly kind: 'misfit'; readonly line: number }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'file-changed' };

export type ImportedList = {
  readonly header: ListHeader;
  /** Against the version before; undefined: the version was in force already. */
  readonly change: ListChange | undefined;
  /** Rows that an earlier attempt had done. */
  readonly resumedAt: number;
};

export type ListImportDeps = {
  readonly lists: InvalidLists;
  readonly clock: Clock;
  /** @param phase `check` reads the file, `apply` writes its rows */
  readonly onProgress: (phase: 'check' | 'apply', rows: number, total: number) => void;
};

/** Rows that one transaction prepares. */
const PART_ROWS = 20_000;

/**
 * Imports a full list or a delta. The file is read twice: first form, order, digest, signature, version
 * and the hash of the list that it makes are checked; then its rows are prepared in parts, which a later
 * call with the same file goes on with; last, one transaction puts the version in force. Until then
 * nothing has changed for anybody.
 */
export async function importList(
  deps: ListImportDeps,
  source: ListSource,
): Promise<Result<ImportedList, ListRefusal>> {
  const checked = await checkFile(deps, source);
  if (!checked.ok) return checked;
  const { file, standing, isDone } = checked.value;
  const { header, footer } = file;
  if (isDone) return ok({ header, change: undefined, resumedAt: 0 });
  const { level, region, version, base } = header;
  const order: ListImport = {
    ...{ level, region, version, base, fileHash: footer.sha256 },
    ...{ follows: standing?.version, isKeptHere: false, at: deps.clock.now() },
  };
  const resumedAt = await deps.lists.begin(order);
  const applied = await applyRows(deps, source, order, { file, resumedAt });
  if (!applied.ok) {
    if (applied.error.kind !== 'elsewhere') await deps.lists.abandon(order);
    return applied;
  }
  const { rows, entries, listHash, issuedAt } = header;
  const { keyId, signature } = footer;
  const made = { rows, entries, listHash, issuedAt, signed: { keyId, signature } };
  const change = await deps.lists.finish(order, made);
  return change === undefined ? fail({ kind: 'elsewhere' }) : ok({ header, change, resumedAt });
}

type Checked = {
  readonly file: CheckedFile;
  readonly standing: ListOnRecord | undefined;
  readonly isDone: boolean;
};

async function checkFile(
  { lists, onProgress }: ListImportDeps,
  source: ListSource,
): Promise<Result<Checked, ListRefusal>> {
  let standing: ListOnRecord | undefined;
  let hash = openSetHash();
  let total = 0;
  let done = 0;
  const file = await readListFile<ListRefusal>(
    source,
    async (header) => {
      total = header.rows;
      standing = await lists.find(header);
      if (standing?.isKeptHere) return fail({ kind: 'kept-here' });
      if (header.base !== undefined) hash = openSetHash(standing?.listHash);
      return ok(undefined);
    },
    async (rows) => {
      countRows(hash, rows);
      done += rows.length;
      onProgress('check', done, total);
      return ok(undefined);
    },
  );
  if (!file.ok) return fail(asRefusal(file.error));
  const { header, footer } = file.value;
  const trusted = await checkSignature(lists, file.value);
  if (!trusted.ok) return trusted;
  const verdict = judgeVersion(header, footer.sha256, standing);
  const inForce = standing?.version;
  if (verdict === 'base') return fail({ kind: 'base', base: header.base ?? 0, inForce });
  if (verdict === 'older' || verdict === 'other') {
    return fail({ kind: verdict, inForce: inForce ?? 0, version: header.version });
  }
  const isDone = verdict === 'done';
  if (!isDone && hash.hex() !== header.listHash) return fail({ kind: 'list-hash' });
  return ok({ file: file.value, standing, isDone });
}

async function checkSignature(
  lists: InvalidLists,
  { header, footer }: CheckedFile,
): Promise<Result<undefined, ListRefusal>> {
  const { keyId, algorithm, sha256, signature } = footer;
  const issuer = await lists.issuer(keyId);
  const isTrusted =
    issuer !== undefined &&
    issuer.revokedAt === undefined &&
    issuer.algorithm === algorithm &&
    issuer.level === header.level &&
    issuer.region === header.region;
  if (!isTrusted) return fail({ kind: 'issuer', keyId });
  const text = Buffer.from(signedText(sha256), 'latin1');
  const isSigned = verifySignature(issuer, text, Buffer.from(signature, 'base64'));
  return isSigned ? ok(undefined) : fail({ kind: 'signature', keyId });
}

/** The second reading. What was checked in the first counts only if the file is still the same. */
async function applyRows(
  { lists, onProgress }: ListImportDeps,
  source: ListSource,
  order: ListImport,
  { file, resumedAt }: { readonly file: CheckedFile; readonly resumedAt: number },
): Promise<Result<undefined, ListRefusal>> {
  const total = file.header.rows;
  let seen = 0;
  let done = resumedAt;
  let held: ListRow[] = [];
  const apply = async (isLast: boolean): Promise<Result<undefined, ListRefusal>> => {
    const part = { rowsBefore: done, rows: held, isLast };
    const applied = await lists.apply(order, part);
    if (!applied.ok) {
      const { error } = applied;
      if (error.kind === 'elsewhere') return fail(error);
      return fail({ kind: 'misfit', line: done + error.place + 2 });
    }
    done += held.length;
    held = [];
    onProgress('apply', done, total);
    return ok(undefined);
  };
  const read = await readListFile<ListRefusal>(
    source,
    async () => ok(undefined),
    async (rows) => {
      const fresh = rows.slice(Math.max(0, resumedAt - seen));
      seen += rows.length;
      held = held.length === 0 ? fresh : held.concat(fresh);
      return held.length >= PART_ROWS ? apply(false) : ok(undefined);
    },
  );
  if (!read.ok) return fail('kind' in read.error ? read.error : { kind: 'file-changed' });
  if (read.value.footer.sha256 !== file.footer.sha256) return fail({ kind: 'file-changed' });
  return apply(true);
}

function asRefusal(error: ListFault | ListRefusal): ListRefusal {
  return 'kind' in error ? error : { kind: 'file', ...error };
}
