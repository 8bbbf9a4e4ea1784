/**
 * Groups of 医疗类别 `med_type`, its first two digits, in the national interface and its local editions: 11–19
 * outpatient, 21–29 inpatient, 31 and 71 at home, 41–42 pharmacy, 51–54 maternity, 91–93 and 99 others.
 */
const groups = [
  ...['11', '12', '13', '14', '15', '16', '17', '18', '19'],
  ...['21', '22', '23', '24', '25', '26', '27', '28', '29'],
  ...['31', '41', '42', '51', '52', '53', '54', '71', '91', '92', '93', '99'],
];

export const careTypeWords = {
  rule: `is no care type med_type: it begins with one of ${groups.join(', ')}`,
  zh: `不是医疗类别 med_type：前两位应为 ${groups.join('、')} 之一`,
};

/** May care types begin with this prefix? */
export function isCareTypePrefix(prefix: string): boolean {
  return groups.some((group) => group.startsWith(prefix.slice(0, 2)));
}
