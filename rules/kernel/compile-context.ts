/**
 * State shared while one pack is compiled: the file, the ids and sources used, the problems found.
 */
import type { Rule } from '../model/pack.ts';
import type { PackFile } from '../model/pack-file.ts';
import { type Problem, shortJson } from './problem.ts';
import type { ProblemWords } from './schema-words.ts';

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

export function reportProblem(
  context: CompileContext,
  path: string,
  value: unknown,
  words: ProblemWords,
): void {
  context.problems.push({ path, value: shortJson(value), ...words });
}

type RuleFile = {
  readonly id: string;
  readonly source: string;
  readonly doubt?: string;
  readonly zh: string;
  readonly en: string;
};

/** A rule with the text of its source; a value that is not verified is marked there. */
export function compileRule(context: CompileContext, file: RuleFile, path: string): Rule {
  if (context.ids.has(file.id))
    reportProblem(context, `${path}.id`, file.id, {
      rule: 'this id stands twice',
      zh: '编号出现两次',
    });
  context.ids.add(file.id);
  const { id, zh, en } = file;
  return { id, source: sourceText(context, file, path), zh, en };
}

/** The text of a source; "[unverified: …]" is added for a weak grade or a doubt. */
export function sourceText(
  context: CompileContext,
  { source, doubt }: Pick<RuleFile, 'source' | 'doubt'>,
  path: string,
): string {
  const { sources } = context.file;
  // A source may be called "constructor": inherited properties must not be found.
  const found = Object.hasOwn(sources, source) ? sources[source] : undefined;
  if (found === undefined) {
    reportProblem(context, `${path}.source`, source, {
      rule: 'is not among the sources of the pack',
      zh: '不在规则包的来源（sources）之中',
    });
    return '';
  }
  context.usedSources.add(source);
  const isVerified = VERIFIED.includes(found.grade);
  if (isVerified && doubt === undefined) return found.text;
  context.unverified += 1;
  const why = [isVerified ? undefined : `source is ${found.grade}`, doubt];
  return `${found.text} [unverified: ${why.filter((each) => each !== undefined).join('; ')}]`;
}
