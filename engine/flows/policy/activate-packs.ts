import type { Finding } from '../../../rules/lint/finding.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { PolicyStore, StoredPack } from '../../ports/reference-data.ts';
import type { Reason } from './pack-text.ts';
import { packDigest, readPackText } from './pack-text.ts';

export type PackFileText = { readonly path: string; readonly text: string };

/** The result for one file. If one file is refused, none is activated. */
export type PackVerdict = {
  readonly path: string;
  /** Undefined when the file is no pack. */
  readonly pack: Pack | undefined;
  /**
   * activated: now. right: valid, but another file was refused. known: was activated before. ships: comes
   * with the program. refused: see `reasons`.
   */
  readonly verdict: 'activated' | 'right' | 'known' | 'ships' | 'refused';
  readonly reasons: readonly Reason[];
  /** Findings of the linter; an error refuses the pack. */
  readonly findings: readonly Finding[];
};

export type ActivationDeps = {
  readonly shipped: readonly Pack[];
  readonly store: Pick<PolicyStore, 'listPacks' | 'addPacks'>;
  readonly lint: (pack: Pack) => readonly Finding[];
  /** ms */
  readonly now: () => number;
};

type Candidate = PackVerdict & { readonly stored?: StoredPack | undefined };

/**
 * Checks pack files and, if all are valid, stores them together; engines on the same database load them soon.
 * An id that exists already must have the same content.
 * @returns one verdict per file, in their order
 */
export async function activatePacks(
  files: readonly PackFileText[],
  deps: ActivationDeps,
): Promise<readonly PackVerdict[]> {
  const known = new Map((await deps.store.listPacks()).map(({ id, digest }) => [id, digest]));
  const names = new Set<string>();
  const candidates = files.map((file) => {
    const candidate = judge(file, known, deps);
    const id = candidate.pack?.id;
    const isTwice = id !== undefined && names.has(id);
    if (id !== undefined) names.add(id);
    return isTwice ? { ...refused(candidate, twice), stored: undefined } : candidate;
  });
  const stored = candidates.flatMap((candidate) => candidate.stored ?? []);
  const isRefused = (judged: readonly PackVerdict[]) =>
    judged.some(({ verdict }) => verdict === 'refused');
  const isWanted = !isRefused(candidates) && stored.length > 0;
  const conflicts = isWanted ? await deps.store.addPacks(stored) : [];
  const verdicts = candidates.map(({ stored: _, ...verdict }) =>
    // Another process has just activated this id with another content.
    conflicts.includes(verdict.pack?.id ?? '') ? refused(verdict, otherContent) : verdict,
  );
  if (!isRefused(verdicts)) return verdicts;
  return verdicts.map((judged) =>
    judged.verdict === 'activated' ? { ...judged, verdict: 'right' } : judged,
  );
}

const otherContent: Reason = {
  zh: '该编号已有内容不同的策略包；生效过的策略包不可更改，请换一个编号',
  en: 'another pack has this id; a pack never changes once it was activated: give it another id',
};
const twice: Reason = { zh: '两个文件的编号相同', en: 'two files have the same id' };
const lintErrors: Reason = {
  zh: '策略包检查发现错误（见上）',
  en: 'the check of the pack found errors (see above)',
};

function judge(
  { path, text }: PackFileText,
  known: ReadonlyMap<string, string>,
  { shipped, lint, now }: ActivationDeps,
): Candidate {
  const none = { path, pack: undefined, findings: [], reasons: [] };
  const read = readPackText(text);
  if (!read.ok) return refused({ ...none, verdict: 'refused' }, read.error);
  const { pack, digest } = read.value;
  const { id } = pack;
  const findings = lint(pack);
  const judged = { ...none, pack, findings };
  const ships = shipped.find((other) => other.id === id);
  const before = ships === undefined ? known.get(id) : packDigest(ships.file);
  if (before === digest) {
    return { ...judged, verdict: ships === undefined ? 'known' : 'ships' };
  }
  if (before !== undefined) return refused({ ...judged, verdict: 'refused' }, otherContent);
  if (findings.some(({ severity }) => severity === 'error')) {
    return refused({ ...judged, verdict: 'refused' }, lintErrors);
  }
  const stored = { id, content: text, digest, activatedAt: now() };
  return { ...judged, verdict: 'activated', stored };
}

function refused(verdict: PackVerdict, reason: Reason): PackVerdict {
  return { ...verdict, verdict: 'refused', reasons: [...verdict.reasons, reason] };
}
