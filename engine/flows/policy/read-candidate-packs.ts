import type { Finding } from '../../../rules/lint/finding.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Policy } from '../../domain/settlement/policy.ts';
import type { Reason } from './pack-text.ts';
import { readPackText } from './pack-text.ts';

/** A pack to try. `text`: content of a file; undefined: `name` is the id of a known pack. */
export type CandidatePack = { readonly name: string; readonly text: string | undefined };

export type RefusedPack = {
  readonly name: string;
  readonly reasons: readonly Reason[];
  /** Findings of the linter. */
  readonly findings: readonly Finding[];
};

/** Reads the packs to try. The error lists each that is no pack, has linter errors, or is given twice. */
export function readCandidatePacks(
  given: readonly CandidatePack[],
  policy: Policy,
  lint: (pack: Pack) => readonly Finding[],
): Result<readonly Pack[], readonly RefusedPack[]> {
  const packs: Pack[] = [];
  const refused: RefusedPack[] = [];
  for (const { name, text } of given) {
    const read = readCandidate(name, text, policy);
    if (!read.ok) {
      refused.push({ name, reasons: [read.error], findings: [] });
      continue;
    }
    const pack = read.value;
    const findings = lint(pack).filter(({ severity }) => severity === 'error');
    const isTwice = packs.some(({ id }) => id === pack.id);
    if (text !== undefined && findings.length > 0) refused.push({ name, reasons: [], findings });
    else if (isTwice) refused.push({ name, reasons: [twice], findings: [] });
    else packs.push(pack);
  }
  return refused.length > 0 ? fail(refused) : ok(packs);
}

function readCandidate(
  name: string,
  text: string | undefined,
  policy: Policy,
): Result<Pack, Reason> {
  if (text !== undefined) {
    const read = readPackText(text);
    return read.ok ? ok(read.value.pack) : read;
  }
  const pack = policy.byId(name);
  return pack === undefined ? fail(unknown) : ok(pack);
}

const unknown: Reason = {
  zh: '既不是文件，也不是随程序提供或已激活的策略包编号',
  en: 'is neither a file nor the id of a pack that ships or was activated',
};
const twice: Reason = { zh: '该编号给出了两次', en: 'its id was given twice' };
