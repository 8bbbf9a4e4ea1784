import type { Fen } from '../../base/money/fen.ts';
import { fen } from '../../base/money/fen.ts';
import type { CardStanding } from '../../domain/card/card-standing.ts';
import type { InvalidListHit } from '../../domain/card/invalid-list.ts';
import type { AccountStatus } from '../../domain/person/person.ts';

/**
 * The people of the sandbox, each in one situation. All are invented, without ID numbers. Amounts are fen.
 * Terms: 11xx in service, 12xx retired (人员类别 psn_type); 310 employees (险种 insutype).
 */
export type SandboxPerson = {
  /** Value of `yikatong sell --person`. */
  readonly id: string;
  readonly serial: number;
  readonly name: string;
  readonly latinName: string;
  readonly sex: '1' | '2';
  readonly birthDate: string;
  readonly region: string;
  readonly scheme: string;
  readonly personType: string;
  readonly traits: readonly string[];
  readonly accountStatus: AccountStatus;
  readonly accountBalance: Fen;
  /** Accumulators at the start, by the names of the region's packs. */
  readonly opening: Readonly<Record<string, Fen>>;
  /** Of the card: "3.00" (SM4) or "2.00" (3DES). */
  readonly specVersion: string;
  readonly cardStatus: CardStanding;
  readonly expiresOn: string | undefined;
  readonly medicalPin: string;
  readonly bankPin: string;
  readonly bankBalance: Fen;
  readonly listed: Omit<InvalidListHit, 'version'> | undefined;
  readonly situation: { readonly zh: string; readonly en: string };
};

/** The PINs of all sandbox cards except the card with its initial PIN. */
export const SANDBOX_MEDICAL_PIN = '528719';
export const SANDBOX_BANK_PIN = '147369';
/** The initial PIN (初始密码); it must be changed before the account pays. */
const INITIAL_PIN = '123456';

const yuan = (amount: bigint): Fen => fen(amount * 100n);

const usual = {
  sex: '1',
  birthDate: '1988-05-20',
  scheme: '310',
  personType: '1101',
  traits: [],
  accountStatus: 'active',
  accountBalance: yuan(800n),
  opening: {},
  specVersion: '3.00',
  cardStatus: 'active',
  expiresOn: '2036-01-01',
  medicalPin: SANDBOX_MEDICAL_PIN,
  bankPin: SANDBOX_BANK_PIN,
  bankBalance: yuan(5000n),
  listed: undefined,
} as const;

const beijing = { ...usual, region: '110000' } as const;
const dongguan = { ...usual, region: '441900' } as const;

export const sandboxPeople: readonly SandboxPerson[] = [
  {
    ...beijing,
    id: 'beijing-over-deductible',
    serial: 1,
    name: '测试甲',
    latinName: 'CESHI/JIA',
    opening: {
      'outpatient-in-scope': yuan(2500n),
      'outpatient-deductible': yuan(1800n),
      'outpatient-fund-paid': yuan(490n),
    },
    situation: {
      zh: '北京在职，本年已过起付线（1800元）',
      en: "Beijing, in service, past this year's deductible of 1800 yuan",
    },
  },
  {
    ...beijing,
    id: 'beijing-fresh',
    serial: 2,
    name: '测试乙',
    latinName: 'CESHI/YI',
    sex: '2',
    situation: { zh: '北京在职，本年首次就医', en: 'Beijing, in service, first visit of the year' },
  },
  {
    ...beijing,
    id: 'beijing-retired',
    serial: 3,
    name: '测试丙',
    latinName: 'CESHI/BING',
    birthDate: '1958-03-08',
    personType: '1201',
    accountBalance: yuan(1500n),
    opening: {
      'outpatient-in-scope': yuan(1300n),
      'outpatient-deductible': yuan(1300n),
    },
    situation: {
      zh: '北京退休，刚达到起付线（1300元）',
      en: 'Beijing, retired, just at the deductible of 1300 yuan',
    },
  },
  {
    ...dongguan,
    id: 'dongguan-family-doctor',
    serial: 4,
    name: '测试丁',
    latinName: 'CESHI/DING',
    sex: '2',
    traits: ['main-point@H44190099001', 'family-doctor'],
    situation: {
      zh: '东莞在职，在主点就医并已签约家庭医生',
      en: 'Dongguan, in service, at the main point, with a family-doctor contract',
    },
  },
  {
    ...dongguan,
    id: 'dongguan-pharmacy-buyer',
    serial: 5,
    name: '测试戊',
    latinName: 'CESHI/WU',
    accountBalance: yuan(320n),
    situation: {
      zh: '东莞在职，凭个人账户在药店购药',
      en: 'Dongguan, in service, buys at a pharmacy with the personal account',
    },
  },
  {
    ...dongguan,
    id: 'card-expired',
    serial: 6,
    name: '测试己',
    latinName: 'CESHI/JI',
    expiresOn: '2024-12-31',
    situation: { zh: '卡已过有效期', en: 'The card has expired' },
  },
  {
    ...dongguan,
    id: 'listed-city',
    serial: 7,
    name: '测试庚',
    latinName: 'CESHI/GENG',
    listed: { level: 'city', region: '441900', reason: 'damaged' },
    situation: { zh: '卡在市级无效卡名单中', en: "The card is on the city's invalid list" },
  },
  {
    ...dongguan,
    id: 'listed-provincial',
    serial: 8,
    name: '测试辛',
    latinName: 'CESHI/XIN',
    listed: { level: 'provincial', region: '440000', reason: 'lost' },
    situation: { zh: '卡在省级无效卡名单中', en: 'The card is on the provincial invalid list' },
  },
  {
    ...beijing,
    id: 'listed-national',
    serial: 9,
    name: '测试壬',
    latinName: 'CESHI/REN',
    listed: { level: 'national', region: '000000', reason: 'expired' },
    situation: { zh: '卡在国家级无效卡名单中', en: 'The card is on the national invalid list' },
  },
  {
    ...beijing,
    id: 'initial-pin',
    serial: 10,
    name: '测试癸',
    latinName: 'CESHI/GUI',
    cardStatus: 'initial-pin',
    medicalPin: INITIAL_PIN,
    situation: { zh: '初始密码未修改', en: 'The first PIN has not been changed' },
  },
  {
    ...beijing,
    id: 'oral-loss',
    serial: 11,
    name: '测试子',
    latinName: 'CESHI/ZI',
    cardStatus: 'oral-loss',
    situation: {
      zh: '已口头挂失，5个自然日后自动失效',
      en: 'Reported lost by telephone; the report lapses after 5 days',
    },
  },
  {
    ...beijing,
    id: 'account-frozen',
    serial: 12,
    name: '测试丑',
    latinName: 'CESHI/CHOU',
    accountStatus: 'frozen',
    situation: { zh: '个人账户已冻结', en: 'The medical personal account is frozen' },
  },
  {
    ...beijing,
    id: 'bank-poor',
    serial: 13,
    name: '测试寅',
    latinName: 'CESHI/YIN',
    accountBalance: fen(0n),
    bankBalance: yuan(1n),
    situation: {
      zh: '个人账户无余额，金融账户仅1元',
      en: 'Nothing in the personal account, and 1 yuan in the bank account',
    },
  },
  {
    ...dongguan,
    id: 'old-chip',
    serial: 14,
    name: '测试卯',
    latinName: 'CESHI/MAO',
    specVersion: '2.00',
    accountStatus: 'none',
    accountBalance: fen(0n),
    traits: ['second-point@H44190099002'],
    situation: {
      zh: '东莞在职，第二代卡（3DES），无个人账户，在次点就医',
      en: 'Dongguan, in service, card of the second generation (3DES), no account, second point',
    },
  },
];

/** The person with this id, or undefined. */
export function findSandboxPerson(id: string): SandboxPerson | undefined {
  return sandboxPeople.find((person) => person.id === id);
}
