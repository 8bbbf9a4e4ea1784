import type { PersonNo } from '../../base/ids/ids.ts';
import { cardRegionOf } from '../../domain/card/card-regions.ts';
import { coversRegion } from '../../domain/principal/region.ts';
import type { Agreement, Applicant, BatchRow, IntakeRecords } from '../../ports/intake.ts';
import type { Rejection, SourceRow } from '../registry/import-register.ts';
import type { RowProblem } from '../registry/record.ts';
import { problemsOfCells } from '../registry/record.ts';
import { keyOfPerson } from '../registry/registers.ts';
import { applicationColumns, applicationNoOf } from './application-rows.ts';

export type ReadBatch = {
  readonly rows: readonly BatchRow[];
  readonly rejected: readonly Rejection[];
};

/**
 * Holds the rows of a batch against what is on record: form, person and name, the region of the
 * agreement, the bank. The bank is the one that the employer or the person's group is bound to, else the
 * one in the row.
 */
export async function readBatch(
  records: Pick<IntakeRecords, 'findApplicants'>,
  agreement: Agreement,
  { batchNo, source }: { readonly batchNo: string; readonly source: readonly SourceRow[] },
): Promise<ReadBatch> {
  const wellFormed = source.map((row) => problemsOfCells(applicationColumns, row.cells)[0]);
  const numbers = source.flatMap(({ cells }, i) =>
    wellFormed[i] === undefined ? [(cells['person_no'] ?? '') as PersonNo] : [],
  );
  const applicants = await records.findApplicants([...new Set(numbers)]);
  const seen = new Map<string, number>();
  const rows: BatchRow[] = [];
  const rejected: Rejection[] = [];
  for (const [i, row] of source.entries()) {
    const personNo = row.cells['person_no'] ?? '';
    const applicant = applicants.get(personNo as PersonNo);
    const bank = bankOf(agreement, applicant, row);
    const problem =
      wellFormed[i] ?? twice(seen.get(personNo)) ?? problemOf(agreement, applicant, row, bank);
    seen.set(personNo, seen.get(personNo) ?? row.line);
    if (problem !== undefined || bank === undefined) {
      rejected.push({ ...(problem ?? noBank), line: row.line });
      continue;
    }
    rows.push({
      ...{ key: keyOfPerson(personNo), line: row.line, bank, photo: row.cells['photo'] ?? '' },
      applicationNo: applicationNoOf(batchNo, row),
    });
  }
  return { rows, rejected };
}

const noBank: RowProblem = {
  column: 'bank',
  zh: '须选择发卡银行：单位与人员类别都没有指定银行',
  en: 'a bank is to be chosen: neither the employer nor the person type is bound to one',
};

function twice(line: number | undefined): RowProblem | undefined {
  if (line === undefined) return undefined;
  return { column: 'person_no', zh: `与第 ${line} 行重复`, en: `the same as in line ${line}` };
}

function bankOf(
  { bank }: Agreement,
  applicant: Applicant | undefined,
  { cells }: SourceRow,
): string | undefined {
  return bank ?? applicant?.boundBank ?? (cells['bank'] || undefined);
}

function problemOf(
  agreement: Agreement,
  applicant: Applicant | undefined,
  { cells }: SourceRow,
  bank: string | undefined,
): RowProblem | undefined {
  if (applicant === undefined) {
    return { column: 'person_no', zh: '该人员尚未登记', en: 'this person is not on record' };
  }
  if (applicant.name !== cells['name']) {
    return { column: 'name', zh: '姓名与登记不一致', en: 'the name is not the one on record' };
  }
  if (!coversRegion(agreement.region, applicant.region)) {
    return {
      column: 'person_no',
      zh: '参保地不在协议的统筹区内',
      en: 'the person is insured outside the region of the agreement',
    };
  }
  return bank === undefined ? undefined : problemOfBank(applicant, cells['bank'], bank);
}

function problemOfBank(
  { region }: Applicant,
  asked: string | undefined,
  bank: string,
): RowProblem | undefined {
  const { banks } = cardRegionOf(region);
  if (banks !== undefined && !banks.includes(bank)) {
    return {
      column: 'bank',
      zh: `银行 ${bank} 不在该统筹区名单内：${banks.join('、')}`,
      en: `bank ${bank} is not on the region’s list: ${banks.join(', ')}`,
    };
  }
  if (asked === undefined || asked === '' || asked === bank) return undefined;
  return {
    column: 'bank',
    zh: `该单位或人员类别指定银行 ${bank}`,
    en: `this employer or person type is bound to bank ${bank}`,
  };
}
