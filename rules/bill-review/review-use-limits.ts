import {
  type BillFacts,
  type CodedLine,
  type FoundBreach,
  isInpatient,
  type ReviewKind,
} from './review-model.ts';
import { findLimits, type ReviewRules, type UseLimit } from './review-rules.ts';

/** Whether a limit holds; undefined when the facts do not decide it. */
type Verdict = boolean | undefined;
type Test = {
  readonly kind: Exclude<ReviewKind, 'exclusion' | 'text'>;
  readonly holds: Verdict;
  readonly zh: string;
  readonly en: string;
};

/** Limits of use of the items on a bill: scheme, care place, care, sex, age, disease, frequency. */
export function reviewUseLimits(
  lines: readonly CodedLine[],
  facts: BillFacts,
  rules: ReviewRules,
): readonly FoundBreach[] {
  return lines.flatMap((line) =>
    findLimits(rules, line.code).flatMap((limit) => [
      ...runTests(limit, facts, line.line.quantityE4).flatMap((test) =>
        findBreach(test, line, limit),
      ),
      ...(limit.texts ?? []).map((text) => quotation(text, line, limit)),
    ]),
  );
}

function findBreach(test: Test, { line }: CodedLine, { source }: UseLimit): readonly FoundBreach[] {
  if (test.holds === true) return [];
  const zh = `“${line.name}”${test.zh}`;
  const en = `“${line.name}” ${test.en}`;
  const origin = { lineNos: [line.lineNo], source };
  if (test.holds === false) return [{ kind: test.kind, zh, en, ...origin }];
  return [{ kind: 'text', zh: `请核对：${zh}`, en: `Please check: ${en}`, ...origin }];
}

function quotation(text: string, { line }: CodedLine, { source }: UseLimit): FoundBreach {
  const zh = `请核对：“${line.name}”${text}`;
  const en = `Please check: “${line.name}” is limited: ${text}`;
  return { kind: 'text', lineNos: [line.lineNo], zh, en, source };
}

function runTests(limit: UseLimit, facts: BillFacts, quantityE4: bigint): readonly Test[] {
  const tests: Test[] = [];
  const { insurance, levelFrom, departments, sex, ageGroup, diseases, timesPerDay } = limit;
  if (insurance !== undefined)
    tests.push({ kind: 'insurance', ...insuranceTest(insurance, facts) });
  if (levelFrom !== undefined) {
    const { kind, level } = facts.carePlace;
    const holds = kind === 'hospital' && level !== undefined && level >= levelFrom;
    const zh = levelFrom === 3 ? '限三级医疗机构' : '限二级及以上医疗机构';
    tests.push({
      kind: 'place',
      holds,
      zh,
      en: `is for hospitals of level ${levelFrom} and above`,
    });
  }
  if (limit.inpatient === true) {
    const holds = isInpatient(facts.careType);
    tests.push({ kind: 'care', holds, zh: '限住院使用', en: 'is for inpatients' });
  }
  if (departments !== undefined) {
    // 急诊 is a department and a kind of care (med_type 13).
    const isEmergency = departments.includes('急诊') && facts.careType.startsWith('13');
    const holds = isEmergency || mentions(facts.department, departments);
    const list = departments.join('、');
    tests.push({ kind: 'department', holds, zh: `限专科：${list}`, en: `is for: ${list}` });
  }
  if (sex !== undefined) {
    const holds = facts.sex === undefined ? undefined : facts.sex === sex;
    const zh = sex === 'female' ? '限女性' : '限男性';
    tests.push({ kind: 'sex', holds, zh, en: `is for ${sex} persons` });
  }
  if (ageGroup !== undefined) tests.push({ kind: 'age', ...ageTest(ageGroup, facts) });
  if (diseases !== undefined) {
    const holds = mentions(facts.diagnoses?.join('\n'), diseases);
    const list = diseases.join('、');
    tests.push({ kind: 'disease', holds, zh: `限疾病：${list}`, en: `is for: ${list}` });
  }
  if (timesPerDay !== undefined) {
    const isOneDay = !isInpatient(facts.careType);
    const isWithin = quantityE4 <= BigInt(timesPerDay) * 10_000n;
    const holds = isWithin ? true : isOneDay ? false : undefined;
    const en = `may be charged ${timesPerDay} time(s) a day`;
    tests.push({ kind: 'frequency', holds, zh: `限每日${timesPerDay}次`, en });
  }
  return tests;
}

type Words = Omit<Test, 'kind'>;

/** Maternity insurance is part of the employees' since 2019; the care type decides there. */
function insuranceTest(insurance: NonNullable<UseLimit['insurance']>, facts: BillFacts): Words {
  if (insurance === 'work-injury')
    return {
      holds: facts.scheme === '410',
      zh: '限工伤保险',
      en: 'is paid by work-injury insurance',
    };
  const holds = facts.scheme === '510' || facts.careType.startsWith('5');
  return { holds, zh: '限生育保险', en: 'is paid by maternity insurance' };
}

/** The sources do not say where childhood ends; 18 refuses nobody who may be meant. */
const CHILD_BELOW_YEARS = 18;
const INFANT_BELOW_YEARS = 3;
const NEWBORN_DAYS_MAX = 28;

function ageTest(group: NonNullable<UseLimit['ageGroup']>, facts: BillFacts): Words {
  const { ageYears, ageDays } = facts;
  if (group === 'child')
    return { holds: ageYears < CHILD_BELOW_YEARS, zh: '限儿童', en: 'is for children' };
  if (group === 'infant')
    return { holds: ageYears < INFANT_BELOW_YEARS, zh: '限婴幼儿', en: 'is for infants' };
  const isInFirstDays = ageDays === undefined ? undefined : ageDays <= NEWBORN_DAYS_MAX;
  return { holds: ageYears > 0 ? false : isInFirstDays, zh: '限新生儿', en: 'is for newborns' };
}

function mentions(text: string | undefined, words: readonly string[]): Verdict {
  return text === undefined ? undefined : words.some((word) => text.includes(word));
}
