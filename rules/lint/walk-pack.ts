/** Looks into every corner of a pack file, with the place of each find. */
import type { PackFile } from '../model/pack-file.ts';
import type { ConditionFile } from '../model/pack-file-condition.ts';

type JsonObject = Readonly<Record<string, unknown>>;
export type Placed<T> = { readonly path: string; readonly value: T };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object of a document, outermost first, with its place ("payers[0].caps[1]"). */
export function objectsOf(value: unknown, path = ''): readonly Placed<JsonObject>[] {
  if (Array.isArray(value))
    return value.flatMap((entry: unknown, index) => objectsOf(entry, `${path}[${index}]`));
  if (!isObject(value)) return [];
  const below = Object.entries(value).flatMap(([key, entry]) =>
    objectsOf(entry, path === '' ? key : `${path}.${key}`),
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

/** Every rule with its words: whatever has an id, a source and both languages. */
export function rulesOf(file: PackFile): readonly Placed<RuleWords>[] {
  return objectsOf(file).filter((one): one is Placed<JsonObject & RuleWords> =>
    ['id', 'source', 'zh', 'en'].every((key) => typeof one.value[key] === 'string'),
  );
}

/** Every condition of a part of a pack. */
export function conditionsOf(part: unknown): readonly ConditionFile[] {
  return objectsOf(part).flatMap(({ value }) =>
    isObject(value['when']) ? [value['when'] as ConditionFile] : [],
  );
}

/** Every name that an amount, a ratio or a condition asks for: figures, facts, "total", "age". */
export function namesUsed(part: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { path, value } of objectsOf(part)) {
    const { of, facts } = value;
    if (typeof of === 'string') names.add(of);
    if (Array.isArray(of)) for (const factor of of) names.add(String(factor));
    if (path.endsWith('when') && isObject(facts))
      for (const name of Object.keys(facts)) names.add(name);
  }
  return names;
}
