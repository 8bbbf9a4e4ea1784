/** Traits of persons over the packs of a region: one thing has one name. */
import type { Pack } from '../model/pack.ts';
import { type Finding, findWarning } from './finding.ts';
import { collectConditions } from './walk-pack.ts';

type PackTraits = { readonly id: string; readonly traits: ReadonlySet<string> };

/**
 * Names that are nearly the same in different packs of one region. Names that stand in one pack together are
 * two things on purpose.
 */
export function lintTraits(packs: readonly Pack[]): readonly Finding[] {
  const known = packs.map(({ id, file }): PackTraits => ({ id, traits: traitsOf(file) }));
  return known.flatMap(({ id, traits }, index) =>
    [...traits].flatMap((trait) => {
      const other = known.slice(0, index).flatMap(({ id: otherId, traits: names }) => {
        const name = [...names].find(
          (each) => isNearlySame(each, trait) && !standTogether(known, each, trait),
        );
        return name === undefined ? [] : [{ otherId, name }];
      })[0];
      if (other === undefined) return [];
      return findWarning(`${id}: traits`, trait, {
        en: `is called "${other.name}" in ${other.otherId}: one thing, or two?`,
        zh: `在 ${other.otherId} 中称为“${other.name}”：是否同一人员特征？`,
      });
    }),
  );
}

function traitsOf(file: Pack['file']): ReadonlySet<string> {
  return new Set(
    collectConditions(file).flatMap(({ traits = [], anyTrait = [], noTraits = [] }) => [
      ...traits,
      ...anyTrait,
      ...noTraits,
    ]),
  );
}

function standTogether(known: readonly PackTraits[], a: string, b: string): boolean {
  return known.some(({ traits }) => traits.has(a) && traits.has(b));
}

/** Letters that a word must have to name a thing: "tier", "living". */
const WORD_MIN = 4;

/** Another name with a word in common ("tier-2", "high-tier"), or the same one misspelt by a letter. */
function isNearlySame(a: string, b: string): boolean {
  if (a === b) return false;
  const words = new Set(a.split('-').filter((word) => word.length >= WORD_MIN));
  return b.split('-').some((word) => words.has(word)) || differByOneLetter(a, b);
}

function differByOneLetter(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const isChanged = restA.slice(1) === restB.slice(1);
  return isChanged || restA.slice(1) === restB || restA === restB.slice(1);
}
