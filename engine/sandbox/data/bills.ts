import type { CareType } from '../../../rules/model/bill.ts';
import { invariant } from '../../base/errors/result.ts';
import { addFen, formatFen, parseFen } from '../../base/money/fen.ts';
import type { InstitutionName } from '../seed/sandbox-institutions.ts';

/**
 * Bills for demonstrations, with real national codes and names. Each line names the source of its price,
 * which is an example and not a tariff.
 */
export type SandboxBill = {
  /** Value of `yikatong sell --bill`. */
  readonly id: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly careType: CareType;
  readonly diagnoses: readonly string[];
  readonly lines: readonly SandboxBillLine[];
};

export type SandboxBillLine = {
  readonly lineNo: string;
  /** 医疗目录编码; null: an item without a code, full own-pay. */
  readonly code: string | null;
  readonly name: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
  readonly priceSource: string;
};

const HOSPITAL_LIST = 'a hospital formulary in public code, listed about 2026-03';
const HARBIN_NOTICE = 'public notice of a tertiary hospital in Harbin, citing 黑医保发〔2022〕60号';
const ZHEJIANG_BILL = 'sample bill of a tertiary hospital in Zhejiang, in a public kiosk client';

/** 高血压, ICD-10 with the national extension, as a public outpatient client sends it. */
const HYPERTENSION = 'I10.x00x002';

export const sandboxBills: readonly SandboxBill[] = [
  {
    id: 'pharmacy',
    title: { zh: '药店购药：降压药和阿司匹林', en: 'Pharmacy: blood-pressure tablets and aspirin' },
    careType: '41',
    diagnoses: [],
    lines: [
      {
        lineNo: '1',
        code: 'XC08CAX066A011010100002',
        name: '硝苯地平控释片',
        quantity: '1',
        unitPrice: '78.00',
        amount: '78.00',
        priceSource: 'order of an online pharmacy in Shanghai, test environment',
      },
      {
        lineNo: '2',
        code: 'XB01ACA056A012020279489',
        name: '阿司匹林肠溶片',
        quantity: '2',
        unitPrice: '13.55',
        amount: '27.10',
        priceSource: HOSPITAL_LIST,
      },
      {
        lineNo: '3',
        code: 'XC08CAB037A001030180517',
        name: '盐酸贝尼地平片',
        quantity: '1',
        unitPrice: '26.90',
        amount: '26.90',
        priceSource: HOSPITAL_LIST,
      },
    ],
  },
  {
    id: 'outpatient',
    title: {
      zh: '门诊：诊查、检验和降压药',
      en: 'Outpatient: consultation, laboratory and tablets',
    },
    careType: '11',
    diagnoses: [HYPERTENSION],
    lines: [
      {
        lineNo: '1',
        code: '001102000010000',
        name: '普通门诊诊查费',
        quantity: '1',
        unitPrice: '7.00',
        amount: '7.00',
        priceSource: HARBIN_NOTICE,
      },
      {
        lineNo: '2',
        code: null,
        name: '一次性真空采血器 检验',
        quantity: '1',
        unitPrice: '1.20',
        amount: '1.20',
        priceSource: ZHEJIANG_BILL,
      },
      {
        lineNo: '3',
        code: '002503100050000',
        name: '血清促黄体生成素测定',
        quantity: '1',
        unitPrice: '32.00',
        amount: '32.00',
        priceSource: ZHEJIANG_BILL,
      },
      {
        lineNo: '4',
        code: '002503100040000',
        name: '血清促卵泡刺激素测定',
        quantity: '1',
        unitPrice: '32.00',
        amount: '32.00',
        priceSource: ZHEJIANG_BILL,
      },
      {
        lineNo: '5',
        code: 'XC08CAB037A001020180517',
        name: '盐酸贝尼地平片',
        quantity: '2',
        unitPrice: '27.13',
        amount: '54.26',
        priceSource: HOSPITAL_LIST,
      },
    ],
  },
];

/** The settlements of the demonstration: person, bill and institution for every situation. */
export const sandboxSettlements: readonly {
  readonly person: string;
  readonly bill: string;
  readonly institution: InstitutionName;
  /** How the patient's part is paid. */
  readonly pay: 'cash' | 'bank';
}[] = [
  {
    person: 'beijing-over-deductible',
    bill: 'outpatient',
    institution: 'beijingHospital',
    pay: 'cash',
  },
  { person: 'beijing-fresh', bill: 'outpatient', institution: 'beijingHospital', pay: 'bank' },
  { person: 'beijing-retired', bill: 'outpatient', institution: 'beijingCommunity', pay: 'bank' },
  {
    person: 'dongguan-family-doctor',
    bill: 'outpatient',
    institution: 'dongguanCommunity',
    pay: 'cash',
  },
  {
    person: 'dongguan-pharmacy-buyer',
    bill: 'pharmacy',
    institution: 'dongguanPharmacy',
    pay: 'cash',
  },
  { person: 'card-expired', bill: 'pharmacy', institution: 'dongguanPharmacy', pay: 'cash' },
  { person: 'listed-city', bill: 'pharmacy', institution: 'dongguanPharmacy', pay: 'cash' },
  { person: 'listed-provincial', bill: 'pharmacy', institution: 'dongguanPharmacy', pay: 'cash' },
  { person: 'listed-national', bill: 'outpatient', institution: 'beijingHospital', pay: 'cash' },
  { person: 'initial-pin', bill: 'outpatient', institution: 'beijingHospital', pay: 'cash' },
  { person: 'oral-loss', bill: 'outpatient', institution: 'beijingHospital', pay: 'cash' },
  { person: 'account-frozen', bill: 'outpatient', institution: 'beijingHospital', pay: 'cash' },
  { person: 'bank-poor', bill: 'outpatient', institution: 'beijingHospital', pay: 'bank' },
  { person: 'old-chip', bill: 'outpatient', institution: 'dongguanHospital', pay: 'cash' },
];

/** The bill in the form of the wire contract. `serviceDate`: the business date, "2026-11-22". */
export function toWireBill(bill: SandboxBill, serviceDate: string) {
  const amounts = bill.lines.map((line) => {
    const amount = parseFen(line.amount);
    invariant(amount !== undefined, 'an amount of a sandbox bill has two decimals');
    return amount;
  });
  return {
    careType: bill.careType,
    serviceDate,
    totalAmount: formatFen(addFen(...amounts)),
    lines: bill.lines.map(({ priceSource: _source, ...line }) => line),
    ...(bill.diagnoses.length > 0 && { diagnoses: bill.diagnoses }),
  };
}
