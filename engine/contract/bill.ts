import { type Static, Type } from 'typebox';

import { closed, Day, list, Money, orNull } from './values.ts';

export const LineNo = Type.String({ pattern: '^[0-9A-Za-z_-]{1,30}$' });

/** How many lines a bill may have. */
export const LINES_MAX = 200;

export const BillLineBody = closed({
  lineNo: LineNo,
  code: orNull(Type.String({ pattern: '^[0-9A-Za-z._-]{1,50}$' })),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  quantity: Type.String({ pattern: '^(0|[1-9][0-9]{0,7})(\\.[0-9]{1,4})?$', examples: ['1'] }),
  unitPrice: Type.String({ pattern: '^(0|[1-9][0-9]{0,9})(\\.[0-9]{1,6})?$', examples: ['13.55'] }),
  amount: Money,
});
export type BillLineBody = Static<typeof BillLineBody>;

const DiseaseCode = Type.String({ pattern: '^[0-9A-Za-z.]{1,20}$', examples: ['M01600'] });

export const BillBody = closed({
  careType: Type.String({
    pattern: '^(11|41|14[0-9]{0,4})$',
    description:
      '医疗类别 med_type: 11 outpatient, 41 pharmacy, 14… outpatient care of a chronic or special ' +
      'disease (门诊慢特病)',
  }),
  serviceDate: Day,
  totalAmount: Money,
  lines: list(BillLineBody, { minItems: 1, maxItems: LINES_MAX }),
  diseases: Type.Optional(
    list(DiseaseCode, {
      maxItems: 20,
      description: '病种 dise_codg of a chronic or special disease; the first is the one treated',
    }),
  ),
  diagnoses: Type.Optional(
    list(DiseaseCode, { maxItems: 20, description: 'Diagnosis codes, the main one first' }),
  ),
  prescriptionNo: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z_-]{1,40}$' })),
});
export type BillBody = Static<typeof BillBody>;
