/**
 * Judges a pack that compiles: what its rules can do wrong. The kernel refuses what cannot be run;
 * this finds what can be run and should not.
 */
import type { Pack } from '../model/pack.ts';
import type { Finding } from './finding.ts';
import { lintAdditivity } from './lint-additivity.ts';
import { lintChoices } from './lint-choices.ts';
import { lintCounters } from './lint-counters.ts';
import { lintDeductible } from './lint-deductible.ts';
import { lintPayers } from './lint-payers.ts';
import { openLint } from './lint-scope.ts';
import { lintSources } from './lint-sources.ts';

/** Errors first; places are those of the pack file. */
export function lintPack(pack: Pack): readonly Finding[] {
  const scope = openLint(pack.file);
  const findings = [
    ...lintChoices(scope),
    ...lintDeductible(scope),
    ...lintPayers(scope),
    ...lintCounters(scope),
    ...lintAdditivity(scope),
    ...lintSources(scope),
  ];
  const isError = (finding: Finding) => finding.severity === 'error';
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}
