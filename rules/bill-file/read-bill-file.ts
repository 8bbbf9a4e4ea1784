/** Reads a bill file into the kernel's input, or reports every problem in it. */

import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';
import { type Fen, fen, formatFen, parseFen, ZERO } from '../../engine/base/money/fen.ts';
import { isDay, wholeYearsBetween } from '../../engine/base/time/calendar.ts';
import { type Problem, schemaProblems, shortJson } from '../kernel/problem.ts';
import type { Accumulators, CarePlace, Insured, SplitInput, Visit } from '../model/bill.ts';
import type { Catalogue } from '../model/catalogue.ts';
import { BillFile } from './bill-file.ts';
import { parseYuan, scaled } from './decimal-text.ts';
import { type Notice, readLines } from './read-lines.ts';

export type ReadBill = {
  readonly input: SplitInput;
  /** Region of the person's insurance, if the file has it. */
  readonly region: string | undefined;
  /** Names of totals given as whole numbers: counts, not money. */
  readonly counts: ReadonlySet<string>;
  /** Assumptions made where the file lacks a value. */
  readonly notices: readonly Notice[];
};

/**
 * Checks a parsed bill file and prices its lines: own-pay share, price limit and class come from
 * the line, else from the catalogue; an item that neither knows is all own-pay, with a notice.
 * Amounts must be quantity × unit price, rounded half up to the fen.
 */
export function readBillFile(
  json: unknown,
  catalogue?: Catalogue,
): Result<ReadBill, readonly Problem[]> {
  const breaches = schemaProblems(BillFile, json);
  if (breaches.length > 0) return fail(breaches);
  const file = json as BillFile;
  const problems: Problem[] = [...placeProblems(file), ...dayProblems(file)];
  const carePlace = readPlace(file);
  const insured = readInsured(file, problems);
  const { serviceDate, careType } = file;
  const bill = { carePlace, insured, serviceDate };
  const { lines, notices } = readLines({ ...bill, lines: file.lines, catalogue, problems });
  checkTotal(
    file,
    lines.reduce((sum, { amount }) => sum + amount, 0n),
    problems,
  );
  const account = readAccount(file, problems);
  const accumulators = readTotals(file);
  if (problems.length > 0) return fail(problems);
  const visit = file.visit === undefined ? {} : { visit: readVisit(file.visit) };
  const input: SplitInput = { ...bill, ...visit, ...account, careType, lines, accumulators };
  return ok({ input, region: file.person.region, counts: readCounts(file), notices });
}

function readPlace({ place }: BillFile): CarePlace {
  const { kind, level, isCommunity = false, code, marks } = place;
  return {
    kind,
    level,
    isCommunity,
    ...(code === undefined ? {} : { code }),
    ...(marks === undefined ? {} : { marks }),
  };
}

function placeProblems({ place }: BillFile): readonly Problem[] {
  if (place.kind !== 'pharmacy' || place.level === undefined) return [];
  return [
    {
      path: 'place.level',
      value: String(place.level),
      rule: 'a pharmacy has no level',
      zh: '药店没有等级',
    },
  ];
}

function dayProblems(file: BillFile): readonly Problem[] {
  const days: readonly (readonly [string, string | undefined])[] = [
    ['serviceDate', file.serviceDate],
    ['person.birthDate', file.person.birthDate],
    ['visit.dischargeDate', file.visit?.dischargeDate],
  ];
  return days.flatMap(([path, day]) =>
    day === undefined || isDay(day)
      ? []
      : [
          {
            path,
            value: shortJson(day),
            rule: 'must be a day of the calendar',
            zh: '须为日历上的日期',
          },
        ],
  );
}

function readInsured({ person, serviceDate }: BillFile, problems: Problem[]): Insured {
  const { scheme, personType, age, birthDate, traits = [], facts } = person;
  const isOne = (age === undefined) !== (birthDate === undefined);
  const ageYears = age ?? (birthDate === undefined ? 0 : wholeYearsBetween(birthDate, serviceDate));
  if (!isOne || ageYears < 0) {
    const words = isOne
      ? { rule: 'must not be after the day of service', zh: '不得晚于服务日期' }
      : {
          rule: 'exactly one of age and birthDate must be given',
          zh: 'age 与 birthDate 须且只能填写一项',
        };
    const path = isOne ? 'person.birthDate' : 'person';
    problems.push({ path, value: shortJson({ age, birthDate }), ...words });
  }
  const insured = { scheme, personType, ageYears, traits: new Set(traits) };
  if (facts === undefined) return insured;
  const factsE4 = new Map(Object.entries(facts).map(([name, text]) => [name, scaled(text, 4)]));
  return { ...insured, factsE4 };
}

function readVisit(file: NonNullable<BillFile['visit']>): Visit {
  const { continues, ...visit } = file;
  if (continues === undefined) return visit;
  const { kind, deductiblePaid } = continues;
  return { ...visit, continues: { kind, deductiblePaid: parseYuan(deductiblePaid) } };
}

type Account = Pick<SplitInput, 'accountAvailable' | 'accountCurrentYear' | 'familyAvailable'>;

function readAccount({ account }: BillFile, problems: Problem[]): Account {
  if (account === undefined) return { accountAvailable: ZERO };
  const accountAvailable = parseYuan(account.available);
  const thisYear = account.currentYear === undefined ? undefined : parseYuan(account.currentYear);
  if (thisYear !== undefined && thisYear > accountAvailable) {
    const value = shortJson(account.currentYear);
    const words = {
      rule: `must not exceed account.available, ${account.available}`,
      zh: `不得超过 account.available ${account.available}`,
    };
    problems.push({ path: 'account.currentYear', value, ...words });
  }
  return {
    accountAvailable,
    ...(thisYear === undefined ? {} : { accountCurrentYear: thisYear }),
    ...(account.family === undefined ? {} : { familyAvailable: parseYuan(account.family) }),
  };
}

function readTotals({ yearSoFar = {} }: BillFile): Accumulators {
  return new Map(
    Object.entries(yearSoFar).map(([name, value]): [string, Fen] => [
      name,
      typeof value === 'number' ? fen(BigInt(value)) : parseYuan(value),
    ]),
  );
}

function readCounts({ yearSoFar = {} }: BillFile): ReadonlySet<string> {
  const isCount = ([, value]: readonly [string, unknown]) => typeof value === 'number';
  return new Set(
    Object.entries(yearSoFar)
      .filter(isCount)
      .map(([name]) => name),
  );
}

function checkTotal({ lines, totalAmount }: BillFile, sum: bigint, problems: Problem[]): void {
  if (problems.length > 0) return;
  if (sum === 0n && lines.length > 0) {
    const words = {
      rule: 'the lines of a bill must come to more than nothing',
      zh: '账单各行合计须大于零',
    };
    problems.push({ path: 'lines', value: '"0.00"', ...words });
  }
  if (totalAmount !== undefined && parseFen(totalAmount) !== sum) {
    const words = {
      rule: `must be the sum of the lines, ${formatFen(fen(sum))}`,
      zh: `须为各行之和 ${formatFen(fen(sum))}`,
    };
    problems.push({ path: 'totalAmount', value: shortJson(totalAmount), ...words });
  }
}
