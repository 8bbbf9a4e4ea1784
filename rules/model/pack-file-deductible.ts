/** The deductible (起付线) of a pack: how often it is due, how much, and when not. */
import { type Static, Type } from 'typebox';
import { ConditionFile, when } from './pack-file-condition.ts';
import {
  AccumulatorNameFile,
  AmountFile,
  closed,
  fraction,
  list,
  NAME,
  oneOf,
  WORDS,
  yuan,
} from './pack-file-values.ts';

export const DEDUCTIBLE_MODES = [
  'per-visit',
  'per-admission',
  'per-year',
  'per-hospital-year',
  'per-quarter',
  'per-month',
  'highest-level-once-a-year',
] as const;
export const DeductibleFile = Type.Object(
  {
    mode: oneOf(
      DEDUCTIBLE_MODES,
      'How often the standard is due. highest-level-once-a-year: the year owes the highest standard ' +
        'met so far; moving up adds the difference.',
    ),
    counter: Type.Optional(
      Type.String({ pattern: NAME, description: 'Total of what was consumed; not for per-visit.' }),
    ),
    alsoCounts: Type.Optional(
      list(oneOf(['prior-self-pay', 'out-of-area'], 'A part of the bill.'), 'Fills it too.'),
    ),
    merges: Type.Optional(
      list(
        oneOf(['mid', 'transfer'], 'Kind of settlement.'),
        'These settlements continue the admission: what it has paid already counts. Any other is an ' +
          'admission of its own, as where each cycle of 90 days is one.',
      ),
    ),
    yearlyCeiling: Type.Optional(
      Type.Object({ amount: AmountFile, counter: AccumulatorNameFile, ...WORDS }, closed),
    ),
    waivers: Type.Optional(
      list(Type.Object({ when: ConditionFile, ...WORDS }, closed), 'None due.'),
    ),
    choices: list(
      Type.Object(
        {
          when,
          amount: AmountFile,
          repeat: Type.Optional(
            Type.Union([
              Type.Object({ amounts: list(yuan, '2nd, 3rd …; the last stays.') }, closed),
              Type.Object({ factors: list(fraction, '2nd, 3rd …; the last stays.') }, closed),
              Type.Object({ less: yuan, floor: yuan }, closed),
              Type.Object({ lessShare: fraction, floor: yuan }, closed),
            ]),
          ),
          ...WORDS,
        },
        closed,
      ),
      'The first that holds; the last holds always. `repeat`: for the 2nd admission and on.',
    ),
  },
  closed,
);

export type DeductibleFile = Static<typeof DeductibleFile>;
