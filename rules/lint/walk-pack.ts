/** Collects objects, rules, conditions and names from a pack file, with their paths. */
import type { PackFile } from '../model/pack-file.ts';
import type { ConditionFile } from '../model/pack-file-condition.ts';

type JsonObject = Readonly<Record<string, unknown>>;
export type Located<T> = { readonly path: string; readonly value: T };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object of a document, outermost first, with its path ("payers[0].caps[1]"). */
export function collectObjects(value: unknown, path = ''): readonly Located<JsonObject>[] {
  if (Array.isArray(value))
    return value.flatMap((entry: unknown, index) => collectObjects(entry, `${path}[${index}]`));
  if (!isObject(value)) return [];
  const below = Object.entries(value).flatMap(([key, entry]) =>
    collectObjects(entry, path === '' ? key : `${path}.${key}`),
  );
  return [{ path, value }, ...below];
}

export type RuleWords = {
  readonly id: string;
  readonly source: string;
  readonly doubt?: string;
  readonly zh: string;
  readonly en: string;
};

/** Every rule: each object that has an id, a source and both languages. */
export function collectRules(file: PackFile): readonly Located<RuleWords>[] {
  return collectObjects(file).filter((each): each is Located<JsonObject & RuleWords> =>
    ['id', 'source', 'zh', 'en'].every((key) => typeof each.value[key] === 'string'),
  );
}

/** Every condition of a part of a pack. */
export function collectConditions(part: unknown): readonly ConditionFile[] {
  return collectObjects(part).flatMap(({ value }) =>
    isObject(value['when']) ? [value['when'] as ConditionFile] : [],
  );
}

/** Every name that an amount, a ratio or a condition uses: figures, facts, "total", "age". */
export function namesUsed(part: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, value } of collectObjects(part)) {
    const { of, facts } = value;
    if (typeof of === 'string') names.add(of);
    if (Array.isArray(of)) for (const factor of of) names.add(String(factor));
    if (path.endsWith('when') && isObject(facts))
      for (const name of Object.keys(facts)) names.add(name);
  }
  return names;
}
