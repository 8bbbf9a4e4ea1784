/**
 * The catalogues that ship with the program (an extract for demonstrations and tests), and their
 * selection.
 */
import { invariant } from '../../engine/base/errors/result.ts';
import { formatProblem } from '../kernel/problem.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { compileCatalogue } from './compile-catalogue.ts';
import nationalExtract from './national/2023-01-01.json' with { type: 'json' };

const SHIPPED: readonly unknown[] = [nationalExtract];

/**
 * Compiles every shipped catalogue; throws `InvariantViolation` with all problems if one is broken.
 */
export function loadCatalogues(): readonly Catalogue[] {
  return SHIPPED.map((json) => {
    const compiled = compileCatalogue(json);
    const problems = compiled.ok ? [] : compiled.error.map(formatProblem);
    invariant(compiled.ok, `a shipped catalogue is broken:\n${problems.join('\n')}`);
    return compiled.value;
  });
}

/**
 * The catalogue in force for the *care place's* region on the day of service, the latest of
 * several; or undefined.
 */
export function selectCatalogue(
  catalogues: readonly Catalogue[],
  query: { readonly region: string; readonly serviceDate: string },
): Catalogue | undefined {
  let best: Catalogue | undefined;
  for (const catalogue of catalogues) {
    const { effectiveFrom, effectiveTo } = catalogue;
    if (!catalogue.regions.includes(query.region) || effectiveFrom > query.serviceDate) continue;
    if (effectiveTo !== undefined && effectiveTo < query.serviceDate) continue;
    if (best === undefined || effectiveFrom > best.effectiveFrom) best = catalogue;
  }
  return best;
}
