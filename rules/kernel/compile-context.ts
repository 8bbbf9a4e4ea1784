/** What the compilation of one pack shares: its sources, the names in use, the problems found. */
import type { Rule } from '../model/pack.ts';
import type { PackFile } from '../model/pack-file.ts';
import { type Problem, shortJson } from './problem.ts';

const VERIFIED = ['official', 'recorded', 'reprint'];

export type CompileContext = {
  readonly file: PackFile;
  readonly problems: Problem[];
  readonly ids: Set<string>;
  readonly usedSources: Set<string>;
  unverified: number;
};

export function openCompileContext(file: PackFile): CompileContext {
  return { file, problems: [], ids: new Set(), usedSources: new Set(), unverified: 0 };
}

export function report(context: CompileContext, path: string, value: unknown, rule: string): void {
  context.problems.push({ path, value: shortJson(value), rule });
}

type Words = {
  readonly id: string;
  readonly source: string;
  readonly doubt?: string;
  readonly zh: string;
  readonly en: string;
};

/** A rule with its source as text; anything that is not verified is marked there. */
export function ruleOf(context: CompileContext, words: Words, path: string): Rule {
  if (context.ids.has(words.id)) report(context, `${path}.id`, words.id, 'this id stands twice');
  context.ids.add(words.id);
  const { id, zh, en } = words;
  return { id, source: sourceOf(context, words, path), zh, en };
}

/** The text of a source, with "[unverified: …]" where its grade or a doubt asks for it. */
export function sourceOf(
  context: CompileContext,
  { source, doubt }: Pick<Words, 'source' | 'doubt'>,
  path: string,
): string {
  const { sources } = context.file;
  // Names are free: "constructor" must not find what every object inherits.
  const found = Object.hasOwn(sources, source) ? sources[source] : undefined;
  if (found === undefined) {
    report(context, `${path}.source`, source, 'is not among the sources of the pack');
    return '';
  }
  context.usedSources.add(source);
  const isVerified = VERIFIED.includes(found.grade);
  if (isVerified && doubt === undefined) return found.text;
  context.unverified += 1;
  const why = [isVerified ? undefined : `source is ${found.grade}`, doubt];
  return `${found.text} [unverified: ${why.filter((each) => each !== undefined).join('; ')}]`;
}
