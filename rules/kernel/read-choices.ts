/**
 * Reads what every rule of a pack has (id, source, words) and the conditional alternatives that
 * packs are made of.
 */
import type { Choice, Condition, Rule } from '../model/pack.ts';
import {
  openAt,
  openList,
  problem,
  type Reader,
  readBoolean,
  readOneOf,
  readOptional,
  readText,
  readTexts,
  readWhole,
} from './checked-json.ts';

const RULE_KEYS = ['id', 'source', 'trust', 'zh', 'en'];
/** The keys of a rule that may be one of several. */
export const CHOICE_KEYS = [...RULE_KEYS, 'when'];

/** What all rules of one pack share while it is read. */
export type Book = { readonly sources: ReadonlyMap<string, string>; readonly ids: Set<string> };

export function readSources(pack: Reader): ReadonlyMap<string, string> {
  const reader = openAt(pack, 'sources', Object.keys(Object(pack.value['sources'])));
  const sources = new Map<string, string>();
  for (const key of Object.keys(reader.value)) sources.set(key, readText(reader, key));
  return sources;
}

/** The source's text; a rule that is not certain says why after it. */
export function readSource(reader: Reader, book: Book, commonTrust?: string): string {
  const key = readText(reader, 'source');
  const text = book.sources.get(key);
  if (key !== '' && text === undefined)
    problem(reader, 'source', `"${key}" is not among the pack's sources`);
  const doubts = [readOptional(reader, 'trust', readText), commonTrust].filter(
    (doubt) => doubt !== undefined,
  );
  return doubts.length === 0 ? (text ?? '') : `${text ?? ''} [unverified: ${doubts.join('; ')}]`;
}

export function readId(reader: Reader, book: Book): string {
  const id = readText(reader, 'id');
  if (id !== '' && book.ids.has(id)) problem(reader, 'id', `"${id}" stands twice`);
  book.ids.add(id);
  return id;
}

function readRule(reader: Reader, book: Book, commonTrust?: string): Rule {
  const [zh, en] = [readText(reader, 'zh'), readText(reader, 'en')];
  return { id: readId(reader, book), source: readSource(reader, book, commonTrust), zh, en };
}

function readCondition(reader: Reader, key: string): Condition {
  const when = openAt(reader, key, [
    ...['personTypes', 'ageFrom', 'ageBelow', 'traits', 'placeKind', 'levels', 'isCommunity'],
  ]);
  const levels = readOptional(when, 'levels', (at, name) => {
    const value = at.value[name];
    const isLevels =
      Array.isArray(value) && value.length > 0 && value.every((n) => n === 1 || n === 2 || n === 3);
    if (!isLevels) problem(at, name, 'must be a list of hospital levels 1, 2, 3');
    return isLevels ? (value as number[]) : [];
  });
  const parts = {
    personTypes: readOptional(when, 'personTypes', readTexts),
    ageFrom: readOptional(when, 'ageFrom', readWhole),
    ageBelow: readOptional(when, 'ageBelow', readWhole),
    traits: readOptional(when, 'traits', readTexts),
    placeKind: readOptional(when, 'placeKind', (at, name) =>
      readOneOf(at, name, ['hospital', 'pharmacy']),
    ),
    levels,
    isCommunity: readOptional(when, 'isCommunity', readBoolean),
  };
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  if (present.length === 0) problem(reader, key, 'must name at least one condition');
  return Object.fromEntries(present) as Condition;
}

/**
 * Reads alternatives; all but the last must be conditional, and the last must not be, so that one
 * always applies.
 */
export function readChoices<T extends Choice>(
  reader: Reader,
  keys: readonly string[],
  read: (entry: Reader) => T,
): readonly T[] {
  const entries = openList(reader, 'choices', [...CHOICE_KEYS, ...keys]);
  entries.forEach((entry, index) => {
    const isLast = index === entries.length - 1;
    if (isLast && entry.value['when'] !== undefined)
      problem(entry, 'when', 'the last choice must apply to everybody');
    if (!isLast && entry.value['when'] === undefined)
      problem(entry, 'when', 'missing: the choices after it never apply');
  });
  return entries.map(read);
}

export function readChoice(reader: Reader, book: Book, commonTrust?: string): Choice {
  return {
    ...readRule(reader, book, commonTrust),
    when: readOptional(reader, 'when', readCondition),
  };
}
