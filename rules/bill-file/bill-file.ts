/**
 * The format of a bill file: everything that decides who pays for one bill, as JSON, so that the
 * rules can be run without an engine, a card or a database. This schema is the format's definition;
 * the JSON Schema and the reference page are written from it.
 */
import { type Static, Type } from 'typebox';
import { BIRTHS, DISTANCES, TRAVELS } from '../model/pack-file-condition.ts';

/** The version of this format. A file of another version is refused. */
export const BILL_FORMAT = 1;

const closed = { additionalProperties: false } as const;
const oneOf = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { description });
const text = (description: string) => Type.String({ minLength: 1, pattern: '\\S', description });

const NAME = '^[a-z][a-z0-9-]*$';
const day = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
    description: `${description} Like "2026-11-22".`,
  });
const yuan = (description: string) =>
  Type.String({
    pattern: '^(0|[1-9]\\d{0,11})\\.\\d{2}$',
    description: `${description} Yuan as text with two decimals, "1800.00".`,
  });
const decimal = (decimals: number, description: string) =>
  Type.String({
    pattern: `^(0|[1-9]\\d{0,9})(\\.\\d{1,${decimals}})?$`,
    description: `${description} A number as text with at most ${decimals} decimals.`,
  });

const PersonFile = Type.Object(
  {
    region: Type.Optional(
      Type.String({
        pattern: '^\\d{6}$',
        description:
          'Where the person is insured (参保地, six digits of GB/T 2260); picks the pack when none ' +
          'is named.',
      }),
    ),
    scheme: Type.String({
      pattern: '^\\d{3}$',
      description: '险种 insutype: 310 employees, 390 residents, 410 work injury, 510 maternity.',
    }),
    personType: Type.String({
      pattern: '^\\d{2,6}$',
      description: '人员类别 psn_type: 11 in service, 12 retired, 13 veteran cadres …',
    }),
    age: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 150,
        description: 'Whole years on the day of service. Either this or `birthDate`.',
      }),
    ),
    birthDate: Type.Optional(day('Day of birth, instead of `age`.')),
    traits: Type.Optional(
      Type.Array(Type.String({ pattern: NAME, description: 'Name of a trait.' }), {
        uniqueItems: true,
        description: 'What the pack distinguishes: "family-doctor", "poor", "tier-2" …',
      }),
    ),
    facts: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), decimal(4, 'Value of the fact.'), {
        description: 'Numbers that the pack asks for: "insured-months", "own-wage" (yuan) …',
      }),
    ),
  },
  { ...closed, description: 'The insured person.' },
);

const PlaceFile = Type.Object(
  {
    kind: oneOf(['hospital', 'pharmacy'], 'What sells the items.'),
    level: Type.Optional(
      Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)], {
        description: 'Hospital level 1, 2 or 3; absent for pharmacies and unrated hospitals.',
      }),
    ),
    isCommunity: Type.Optional(
      Type.Boolean({ description: 'A community or township centre; default false.' }),
    ),
    code: Type.Optional(text('定点医药机构编号 fixmedins_code.')),
    marks: Type.Optional(
      Type.Array(Type.String({ pattern: NAME, description: 'Name of a mark.' }), {
        uniqueItems: true,
        description: 'What the pack distinguishes: "provincial", "top", "psychiatric" …',
      }),
    ),
  },
  { ...closed, description: 'The hospital or pharmacy.' },
);

const VisitFile = Type.Object(
  {
    dischargeDate: Type.Optional(day('Day of discharge of a stay.')),
    travel: Type.Optional(
      oneOf(TRAVELS, 'Why the person is treated where she is not insured; default local.'),
    ),
    distance: Type.Optional(
      oneOf(DISTANCES, 'Where the place lies, seen from the place of insurance; default in-city.'),
    ),
    diseases: Type.Optional(
      Type.Array(text('病种 dise_codg or a diagnosis code (ICD-10).'), {
        description: 'The special disease of a chronic or special outpatient bill comes first.',
      }),
    ),
    continues: Type.Optional(
      Type.Object(
        {
          kind: oneOf(
            ['mid', 'transfer'],
            'A settlement in the middle of a stay, or after a transfer.',
          ),
          deductiblePaid: yuan('What the earlier parts of this stay paid of the deductible.'),
        },
        { ...closed, description: 'Earlier settlements of the same stay.' },
      ),
    ),
    birth: Type.Optional(oneOf(BIRTHS, 'Kind of birth, of maternity care.')),
    dischargeCondition: Type.Optional(text('离院方式 dscg_way.')),
  },
  { ...closed, description: 'What is special about the visit; a plain visit at home has none.' },
);

const LineFile = Type.Object(
  {
    lineNo: Type.Optional(
      text('费用明细流水号 feedetl_sn, unique in the bill; default its place: "1", "2" …'),
    ),
    code: Type.Optional(text('医疗目录编码 med_list_codg; without one the line is all own-pay.')),
    name: text('Name of the item as on the bill.'),
    quantity: decimal(4, 'Quantity cnt.'),
    unitPrice: decimal(6, 'Unit price pric in yuan.'),
    amount: yuan('det_item_fee_sumamt = quantity × unit price, half a fen up; checked.'),
    ownPayShare: Type.Optional(
      Type.String({
        pattern: '^(0(\\.\\d{1,4})?|1(\\.0{1,4})?)$',
        description:
          '自付比例 selfpay_prop: "0" class A, "0.10" class B, "1" all own-pay. Absent: as the ' +
          'catalogue says; all own-pay when that does not know the code either.',
      }),
    ),
    priceLimit: Type.Optional(
      decimal(
        6,
        '定价上限 pric_uplmt_amt in yuan; 999999 and more mean none. Absent: as the catalogue says.',
      ),
    ),
    class: Type.Optional(
      oneOf(['01', '02', '03'], '收费项目等级 chrgitm_lv: A, B, C. For the receipt only.'),
    ),
    chargeType: Type.Optional(
      Type.String({
        pattern: '^\\d{2}$',
        description:
          '医疗收费项目类别 med_chrgitm_type: 09 western medicine … For the receipt only.',
      }),
    ),
  },
  { ...closed, description: 'One line of the bill.' },
);

export const BillFile = Type.Object(
  {
    $schema: Type.Optional(Type.String({ description: 'For editors: bill-file.schema.json.' })),
    format: Type.Literal(BILL_FORMAT, { description: 'Version of this format.' }),
    about: Type.Optional(
      Type.Array(text('A sentence.'), {
        description: 'What the bill shows, and where its codes and prices come from.',
      }),
    ),
    person: PersonFile,
    place: PlaceFile,
    careType: Type.String({
      pattern: '^\\d{2,6}$',
      description:
        '医疗类别 med_type: 11 outpatient, 14 chronic and special outpatient, 21 inpatient, ' +
        '41 pharmacy, 52 maternity inpatient …',
    }),
    serviceDate: day('Day of service; of a stay, the day of admission.'),
    visit: Type.Optional(VisitFile),
    lines: Type.Array(LineFile, {
      description: 'What was sold; may be empty where the pack has benefits beside the bill.',
    }),
    totalAmount: Type.Optional(yuan('medfee_sumamt: the sum of the lines; checked.')),
    yearSoFar: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9-]*(/[A-Za-z0-9.-]+)*$' }),
        Type.Union([
          yuan('A sum of money.'),
          Type.Integer({ minimum: 0, maximum: 9999, description: 'A count: admissions.' }),
        ]),
        {
          description:
            'Running totals of the benefit year before this bill, by the names that the pack ' +
            'gives its counters: money as text, the number of admissions as a number. A counter ' +
            'with a suffix names the period: "outpatient-paid/2026-11". Missing names are zero.',
        },
      ),
    ),
    account: Type.Optional(
      Type.Object(
        {
          available: yuan('What the medical personal account (个人账户) can give.'),
          currentYear: Type.Optional(yuan('The part of it that was credited this year.')),
          family: Type.Optional(yuan('共济: what relatives’ accounts can give.')),
        },
        { ...closed, description: 'Absent: no account, or not to be used.' },
      ),
    ),
  },
  { ...closed, $id: 'https://yikatong.invalid/bill-file-1', title: 'Bill file, format 1' },
);

export type BillFile = Static<typeof BillFile>;
export type BillLineFile = Static<typeof LineFile>;
