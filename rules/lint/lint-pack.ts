/**
 * Checks a pack that compiles. The kernel refuses what cannot be run; the lint finds what can be
 * run and is probably wrong.
 */
import type { Pack } from '../model/pack.ts';
import type { Finding } from './finding.ts';
import { lintAccumulators } from './lint-accumulators.ts';
import { lintAdditivity } from './lint-additivity.ts';
import { lintChoices } from './lint-choices.ts';
import { lintDeductible } from './lint-deductible.ts';
import { lintPayers } from './lint-payers.ts';
import { openLintScope } from './lint-scope.ts';
import { lintSources } from './lint-sources.ts';

/** Errors first; paths are those of the pack file. */
export function lintPack(pack: Pack): readonly Finding[] {
  const scope = openLintScope(pack.file);
  const findings = [
    ...lintChoices(scope),
    ...lintDeductible(scope),
    ...lintPayers(scope),
    ...lintAccumulators(scope),
    ...lintAdditivity(scope),
    ...lintSources(scope),
  ];
  const isError = (finding: Finding) => finding.severity === 'error';
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}
