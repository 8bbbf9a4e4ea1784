/**
 * Sources and their grades, the two languages of the rules, and unused sources, figures and facts.
 */
import { type Finding, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';
import { collectObjects, collectRules, namesUsed } from './walk-pack.ts';

const CHINESE = /\p{Script=Han}/u;
/** Words that show an authority or its document. */
const AUTHORITY =
  /gov\.cn|[〔［[（(]\d{4}[〕］\]）)]|令|号|办法|局|厅|委员会|国务院|通知|条例|规定|notice|order|measures/i;
const RECORD = /record|slip|settlement|结算|实测|回执|reply|replies|verif/i;
const WEAK =
  /not compared|not read|unread|from memory|third-party page|machine-written|assumed|secondary|未核对|转述|二手|记忆/i;

export function lintSources(scope: LintScope): readonly Finding[] {
  return [
    ...lintUse(scope),
    ...lintGrades(scope),
    ...lintLaterSources(scope),
    ...lintWords(scope),
    ...lintFigures(scope),
    ...lintFacts(scope),
  ];
}

function lintUse({ file }: LintScope): readonly Finding[] {
  const used = new Set(collectObjects(file).map(({ value }) => value['source']));
  return Object.keys(file.sources)
    .filter((name) => !used.has(name))
    .map((name) =>
      findWarning(`sources.${name}`, name, {
        en: 'no rule names this source',
        zh: '没有规则引用该依据',
      }),
    );
}

/** Grades that the source's own text does not support. */
function lintGrades({ file }: LintScope): readonly Finding[] {
  return Object.entries(file.sources).flatMap(([name, { grade, text }]) => {
    const path = `sources.${name}.grade`;
    const isVerified = grade === 'official' || grade === 'recorded' || grade === 'reprint';
    if (isVerified && WEAK.test(text)) {
      return findWarning(path, text, {
        en: `${grade}, but its own words say that it was not seen or compared`,
        zh: `标为 ${grade}，但依据文字表明未见原文或未经核对`,
      });
    }
    if ((grade === 'official' || grade === 'reprint') && !AUTHORITY.test(text)) {
      return findWarning(path, text, {
        en: `${grade}, but neither an authority nor a document is named`,
        zh: `标为 ${grade}，但未写明发布机关或文号`,
      });
    }
    if (grade === 'recorded' && !RECORD.test(text)) {
      return findWarning(path, text, {
        en: 'recorded, but it does not say which settlements were recorded',
        zh: '标为 recorded，但未写明记录自何种结算',
      });
    }
    return [];
  });
}

const IN_FORCE = /in force from (\d{4}-\d{2}-\d{2})/;

/** Values of a document that is in force only after the pack has begun, where no doubt says so. */
function lintLaterSources({ file }: LintScope): readonly Finding[] {
  return collectObjects(file).flatMap(({ path, value: { source, doubt } }) => {
    if (typeof source !== 'string' || doubt !== undefined) return [];
    const from = IN_FORCE.exec(file.sources[source]?.text ?? '')?.[1];
    if (from === undefined || from <= file.effectiveFrom) return [];
    return findWarning(`${path}.source`, source, {
      en: `is in force from ${from}, and the pack from ${file.effectiveFrom}: was the value the same before?`,
      zh: `自 ${from} 起施行，规则包自 ${file.effectiveFrom} 起：此前是否为同一数值？`,
    });
  });
}

/** Explanations are read in both languages. */
function lintWords({ file }: LintScope): readonly Finding[] {
  return collectRules(file).flatMap(({ path, value }) => {
    const findings: Finding[] = [];
    if (!CHINESE.test(value.zh)) {
      const words = { en: 'the Chinese words are not Chinese', zh: '中文说明不是中文' };
      findings.push(findWarning(`${path}.zh`, value.zh, words));
    }
    if (CHINESE.test(value.en)) {
      const words = { en: 'the English words are Chinese', zh: '英文说明含中文' };
      findings.push(findWarning(`${path}.en`, value.en, words));
    }
    return findings;
  });
}

function lintFigures({ file }: LintScope): readonly Finding[] {
  const used = namesUsed(file);
  return Object.keys(file.figures ?? {})
    .filter((name) => !used.has(name))
    .map((name) =>
      findWarning(`figures.${name}`, name, {
        en: 'no amount uses this figure',
        zh: '没有金额用到该数值',
      }),
    );
}

function lintFacts({ file }: LintScope): readonly Finding[] {
  const used = namesUsed(file);
  return Object.keys(file.facts ?? {})
    .filter((name) => !used.has(name))
    .map((name) =>
      findWarning(`facts.${name}`, name, {
        en: 'the pack asks for this fact and uses it nowhere',
        zh: '规则包要求该事实但从未使用',
      }),
    );
}
