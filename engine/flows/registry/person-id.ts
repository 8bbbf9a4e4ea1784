/** ID numbers (证件号码) of persons as a file brings them. */
import type { IdNumber } from '../../base/personal/id-number.ts';
import { parseIdNumber } from '../../base/personal/id-number.ts';
import type { PersonId, PersonRecord } from '../../domain/person/person.ts';
import { column, optional, type RegisterColumn, type RowProblem } from './record.ts';

/** 居民身份证 in the national code list of `psn_cert_type`. */
const RESIDENT_TYPE = '01';
/** Digits that may be an ID number: a person number of another length is none. */
const LIKE_ID_NUMBER = /^(\d{15}|\d{17}[\dXx])$/;

/** Only of files: an argument of a command is seen by whoever lists processes. */
export const idColumns: readonly RegisterColumn[] = [
  optional(
    column(
      'id_type',
      { zh: '证件类型 psn_cert_type', en: 'ID type' },
      { pattern: /^\d{2}$/, zh: '2 位数字，居民身份证为 01', en: 'two digits, 01 for a resident' },
    ),
  ),
  {
    ...{ name: 'id_number', meaning: { zh: '证件号码 certno', en: 'ID number' } },
    form: { zh: '有效的证件号码（含校验码）', en: 'a valid number with its check digit' },
    ...{ isRequired: false, fits: (cell) => parseIdNumber(cell).ok },
  },
];

/** What the cells say, the number in its normal form; undefined: neither is given. */
export function personIdOf(type = '', number = ''): PersonId | undefined {
  if (type === '' && number === '') return undefined;
  return { type, number: parsed(number)?.number ?? '' };
}

/** What is wrong with a person's numbers by themselves. */
export function problemOfId({ key, id, birthDate }: PersonRecord): RowProblem | undefined {
  if (LIKE_ID_NUMBER.test(key.personNo) && parsed(key.personNo) !== undefined) {
    return {
      column: 'person_no',
      zh: '人员编号是证件号码，不能用作编号；请用医保的人员编号，证件号码填入 id_number',
      en: 'the person number is an ID number, which cannot serve as one; give the number of the insurance, and the ID number as id_number',
    };
  }
  if (id === undefined) return undefined;
  if (id.type === '' || id.number === '') {
    return {
      column: id.type === '' ? 'id_type' : 'id_number',
      zh: '证件类型与证件号码须同时给出',
      en: 'the ID type and the ID number come together',
    };
  }
  const number = parsed(id.number);
  if (id.type === RESIDENT_TYPE && number?.kind !== 'resident') {
    return {
      column: 'id_number',
      zh: '不是居民身份证号码，与证件类型 01 不符',
      en: 'it is not the number of a resident, as the ID type 01 says',
    };
  }
  if (number?.birthDate === undefined || number.birthDate === birthDate) return undefined;
  return {
    column: 'birth_date',
    zh: '出生日期与证件号码不一致',
    en: 'the birth date is not the one in the ID number',
  };
}

/** One number of one type belongs to one person. */
export const idTaken: RowProblem = {
  column: 'id_number',
  zh: '该类型的同一证件号码已属于另一人',
  en: 'another person has the same number of the same type',
};

function parsed(text: string): IdNumber | undefined {
  const number = parseIdNumber(text);
  return number.ok ? number.value : undefined;
}
