import type { Finding } from '../../../rules/lint/finding.ts';
import { lintFileName } from '../../../rules/lint/lint-file-name.ts';
import { lintPacks } from '../../../rules/lint/lint-packs.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import { listPeriods } from '../../../rules/packs/compare-registries.ts';
import type { PackRegistry } from '../../../rules/packs/pack-registry.ts';
import type { StoredPack } from '../../ports/reference-data.ts';
import type { Reason } from './pack-text.ts';
import { packDigest, readPackText } from './pack-text.ts';
import type { PolicyState } from './policy-state.ts';

export type PackFileText = { readonly path: string; readonly text: string };

/** A pack file by itself, before its place among the others is looked at. */
export type JudgedPack = {
  readonly path: string;
  /** Undefined when the file is no pack. */
  readonly pack: Pack | undefined;
  /** Where the same pack is already. */
  readonly origin: 'new' | 'stored' | 'ships';
  readonly reasons: readonly Reason[];
  readonly findings: readonly Finding[];
  /** What goes on record; undefined when it is there, or refused. */
  readonly stored: StoredPack | undefined;
};

export type JudgeDeps = {
  readonly shipped: readonly Pack[];
  readonly lint: (pack: Pack) => readonly Finding[];
  /** ms */
  readonly now: () => number;
};

/** Judges pack files; an id has one content, and stands once. */
export function judgePacks(
  files: readonly PackFileText[],
  state: PolicyState,
  deps: JudgeDeps,
): readonly JudgedPack[] {
  const ids = new Set<string>();
  return files.map((file) => {
    const judged = judgePack(file, state, deps);
    const { pack, reasons } = judged;
    if (pack === undefined) return judged;
    const isTwice = ids.has(pack.id);
    ids.add(pack.id);
    return isTwice ? { ...judged, reasons: [...reasons, twice] } : judged;
  });
}

function judgePack(
  { path, text }: PackFileText,
  { listed }: PolicyState,
  { shipped, lint, now }: JudgeDeps,
): JudgedPack {
  const none = { path, pack: undefined, findings: [], reasons: [], stored: undefined };
  const read = readPackText(text);
  if (!read.ok) return { ...none, origin: 'new', reasons: [read.error] };
  const { pack, digest } = read.value;
  const { id } = pack;
  const ships = shipped.find((other) => other.id === id);
  const digestBefore = ships && packDigest(ships.file);
  const known = digestBefore ?? listed.find((other) => other.id === id)?.digest;
  const findings = [...lintFileName(path, pack), ...lint(pack)];
  const judged = { ...none, pack, findings };
  if (known !== undefined) {
    const origin = ships === undefined ? 'stored' : 'ships';
    return { ...judged, origin, reasons: known === digest ? [] : [otherContent] };
  }
  const stored = { id, content: text, digest, activatedAt: now() };
  return { ...judged, origin: 'new', reasons: errorReasons(findings), stored };
}

/**
 * What is wrong with a pack only beside those that pay: they keep totals of one person in different years …
 */
export function lintTogether(pack: Pack, after: PackRegistry): readonly Finding[] {
  const paying = new Set(listPeriods(after, pack.region).map((period) => period.pack));
  const others = after.packs.filter(({ id }) => paying.has(id) && id !== pack.id);
  const textOf = (finding: Finding) => JSON.stringify(finding);
  const before = new Set(lintPacks(others).map(textOf));
  return lintPacks([...others, pack]).filter((finding) => !before.has(textOf(finding)));
}

export function errorReasons(findings: readonly Finding[]): readonly Reason[] {
  return findings.some(({ severity }) => severity === 'error') ? [lintErrors] : [];
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
