/** What can be put on record from a file: the columns of each register, and a row as the engine keeps it. */
import type { CareType } from '../../../rules/model/bill.ts';
import type { CardId, InstitutionCode, PersonNo, TerminalId } from '../../base/ids/ids.ts';
import { shardOf } from '../../base/ids/ids.ts';
import { type Fen, parseFen, ZERO } from '../../base/money/fen.ts';
import type { CardRecord } from '../../domain/card/card.ts';
import type { CardStanding } from '../../domain/card/card-standing.ts';
import { lifeFromElsewhere } from '../../domain/card/card-standing.ts';
import type { AccountStatus, Person, PersonRecord } from '../../domain/person/person.ts';
import type { Institution } from '../../ports/reference.ts';
import { personIdOf } from './person-id.ts';
import { type Cells, column, forms, optional, personName } from './record.ts';

const institutionCode = {
  pattern: /^[HP]\d{11}$/,
  zh: 'H 或 P 加 11 位数字',
  en: 'H or P and eleven digits',
};
const personNo = {
  pattern: /^[0-9A-Za-z]{1,30}$/,
  zh: '1 至 30 位字母或数字',
  en: '1 to 30 letters or digits',
};

/** 定点医药机构: the national register's code and the level by which packs tell places apart. */
export const institutionColumns = [
  column('code', { zh: '机构编号 fixmedins_code', en: 'code' }, institutionCode),
  column('name', { zh: '名称', en: 'name' }, forms.text),
  column('region', { zh: '统筹区', en: 'region' }, forms.region),
  column(
    'kind',
    { zh: '类别', en: 'kind' },
    { pattern: /^(hospital|pharmacy)$/, zh: 'hospital 或 pharmacy', en: 'hospital or pharmacy' },
  ),
  optional(
    column(
      'level',
      { zh: '等级', en: 'level' },
      { pattern: /^[123]$/, zh: '1 至 3', en: '1 to 3' },
    ),
  ),
  optional(column('community', { zh: '社区机构', en: 'community flag' }, forms.flag)),
] as const;

/** @param cells fit `institutionColumns` */
export function institutionOf(cells: Cells): Institution {
  const { code = '', name = '', region = '', kind, level, community } = cells;
  const levels: Readonly<Record<string, 1 | 2 | 3>> = { 1: 1, 2: 2, 3: 3 };
  return {
    ...{ code: code as InstitutionCode, name, region },
    carePlace: {
      kind: kind === 'pharmacy' ? 'pharmacy' : 'hospital',
      level: levels[level ?? ''],
      isCommunity: community === '1',
    },
  };
}

export const terminalColumns = [
  column(
    'id',
    { zh: '终端号', en: 'terminal id' },
    {
      pattern: /^[A-Za-z0-9_.-]{1,64}$/,
      zh: '1 至 64 位字母、数字或 _ . -',
      en: '1 to 64 letters, digits or _ . -',
    },
  ),
  column('institution', { zh: '机构编号', en: 'institution code' }, institutionCode),
  column(
    'care_types',
    { zh: '医疗类别 med_type', en: 'care types' },
    {
      pattern: /^\d{2,6}(;\d{2,6})*$/,
      zh: '类别代码，用分号隔开，如 11;14',
      en: 'codes divided by semicolons, such as 11;14',
    },
  ),
  column(
    'bank_terminal_id',
    { zh: '银行终端号（41 域）', en: 'bank terminal id (field 41)' },
    {
      pattern: /^[0-9A-Za-z]{8}$/,
      zh: '8 位字母或数字',
      en: 'eight letters or digits',
    },
  ),
  column(
    'bank_merchant_id',
    { zh: '银行商户号（42 域）', en: 'bank merchant id (field 42)' },
    {
      pattern: /^[0-9A-Za-z]{15}$/,
      zh: '15 位字母或数字',
      en: 'fifteen letters or digits',
    },
  ),
  optional(
    column(
      'public_key',
      { zh: '设备公钥（SPKI DER，base64）', en: 'public key of the device (SPKI DER, base64)' },
      {
        pattern: /^[A-Za-z0-9+/]{56,80}={0,2}$/,
        zh: 'Ed25519 公钥的 base64',
        en: 'an Ed25519 key in base64',
      },
    ),
  ),
] as const;

export type TerminalRecord = {
  readonly id: TerminalId;
  readonly institution: InstitutionCode;
  readonly careTypes: readonly CareType[];
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
  /** Undefined: a device key is made for it, with the master key. */
  readonly publicKey: string | undefined;
};

/** @param cells fit `terminalColumns` */
export function terminalOf(cells: Cells): TerminalRecord {
  return {
    id: (cells['id'] ?? '') as TerminalId,
    institution: (cells['institution'] ?? '') as InstitutionCode,
    careTypes: (cells['care_types'] ?? '').split(';') as CareType[],
    bankTerminalId: cells['bank_terminal_id'] ?? '',
    bankMerchantId: cells['bank_merchant_id'] ?? '',
    publicKey: cells['public_key'] || undefined,
  };
}

const accountStatuses: readonly AccountStatus[] = ['active', 'none', 'frozen', 'closed'];

/** 参保人员: who pays how much depends on region, scheme, person type and traits. */
export const personColumns = [
  column('person_no', { zh: '人员编号 psn_no', en: 'person number' }, personNo),
  personName,
  column('region', { zh: '参保地 insuplc_admdvs', en: 'region of the insurance' }, forms.region),
  column(
    'scheme',
    { zh: '险种 insutype', en: 'scheme' },
    { pattern: /^\d{3}$/, zh: '3 位数字', en: 'three digits' },
  ),
  column(
    'person_type',
    { zh: '人员类别 psn_type', en: 'person type' },
    { pattern: /^\d{2,6}$/, zh: '2 至 6 位数字', en: 'two to six digits' },
  ),
  column('birth_date', { zh: '出生日期', en: 'birth date' }, forms.day),
  optional(
    column(
      'traits',
      { zh: '特征', en: 'traits' },
      {
        pattern: /^[a-z0-9-]+(@[HP]\d{11})?(;[a-z0-9-]+(@[HP]\d{11})?)*$/,
        zh: '政策包中的特征名，用分号隔开',
        en: 'names from the policy packs, divided by semicolons',
      },
    ),
  ),
  optional(column('insured', { zh: '在保', en: 'insured flag' }, forms.flag)),
  column(
    'account_status',
    { zh: '个人账户状态', en: 'state of the personal account' },
    {
      pattern: new RegExp(`^(${accountStatuses.join('|')})$`),
      zh: accountStatuses.join('、'),
      en: accountStatuses.join(', '),
    },
  ),
  optional(
    column('account_balance', { zh: '个人账户余额', en: 'balance of the account' }, forms.yuan),
  ),
] as const;

/** The person as first put on record; the balance becomes the opening balance. @param cells fit `personColumns` */
export function personOf(cells: Cells): PersonRecord {
  const { traits = '', insured, account_status: status, account_balance: balance = '' } = cells;
  return {
    key: keyOfPerson(cells['person_no'] ?? ''),
    ...{ name: cells['name'] ?? '', region: cells['region'] ?? '' },
    scheme: cells['scheme'] ?? '',
    personType: cells['person_type'] ?? '',
    birthDate: cells['birth_date'] ?? '',
    id: personIdOf(cells['id_type'], cells['id_number']),
    traits: traits === '' ? [] : traits.split(';'),
    insured: insured !== '0',
    accountStatus: accountStatuses.find((known) => known === status) ?? 'none',
    accountBalance: parseFen(balance) ?? ZERO,
    accountHeld: ZERO,
    version: 0,
  };
}

export function keyOfPerson(text: string): Person['key'] {
  const no = text as PersonNo;
  return { shard: shardOf(no), personNo: no };
}

/** This year's totals in the earlier system, a row for each name. */
export const openingColumns = [
  column('person_no', { zh: '人员编号 psn_no', en: 'person number' }, personNo),
  column('year', { zh: '年度', en: 'year' }, forms.year),
  column(
    'name',
    { zh: '累计名称', en: 'name of the accumulator' },
    {
      pattern: /^[A-Za-z0-9/-]{1,60}$/,
      zh: '政策包中的累计名称',
      en: 'a name from the policy packs',
    },
  ),
  column('amount', { zh: '金额', en: 'amount' }, forms.yuan),
] as const;

export type OpeningRow = {
  readonly key: Person['key'];
  readonly year: number;
  readonly name: string;
  readonly amount: Fen;
};

/** @param cells fit `openingColumns` */
export function openingOf(cells: Cells): OpeningRow {
  return {
    key: keyOfPerson(cells['person_no'] ?? ''),
    year: Number(cells['year']),
    name: cells['name'] ?? '',
    amount: parseFen(cells['amount'] ?? '') ?? ZERO,
  };
}

const cardStandings: readonly CardStanding[] = ['not-activated', 'suspended', 'cancelled'];

/** 社会保障卡. The medical PIN is never in a file: it is set with the card (`yikatong card pin`). */
export const cardColumns = [
  column(
    'card_id',
    { zh: '卡识别码', en: 'card id' },
    {
      pattern: /^[0-9A-F]{32}$/,
      zh: '32 位大写十六进制数',
      en: '32 upper-case hexadecimal digits',
    },
  ),
  column('person_no', { zh: '人员编号 psn_no', en: 'person number' }, personNo),
  column(
    'card_number',
    { zh: '卡号', en: 'card number' },
    {
      pattern: /^[0-9A-Za-z]{1,32}$/,
      zh: '1 至 32 位数字或字母',
      en: '1 to 32 digits or letters',
    },
  ),
  column(
    'card_class',
    { zh: '卡的类别', en: 'card class' },
    { pattern: /^[0-9]$/, zh: '1 位数字', en: 'one digit' },
  ),
  column(
    'spec_version',
    { zh: '规范版本', en: 'specification version' },
    {
      pattern: /^[123]\.\d{2}$/,
      zh: '如 3.00',
      en: 'such as 3.00',
    },
  ),
  optional(column('expires_on', { zh: '有效期', en: 'end date' }, forms.day)),
  optional(
    column(
      'status',
      { zh: '状态', en: 'state' },
      {
        pattern: new RegExp(`^(${cardStandings.join('|')})$`),
        zh: cardStandings.join('、'),
        en: cardStandings.join(', '),
      },
    ),
  ),
] as const;

/** A card before its PIN is set: it pays nothing. @param cells fit `cardColumns` */
export function cardOf(cells: Cells): CardRecord {
  const { status } = cells;
  return {
    key: keyOfPerson(cells['person_no'] ?? ''),
    cardId: (cells['card_id'] ?? '') as CardId,
    cardNumber: cells['card_number'] ?? '',
    cardClass: cells['card_class'] ?? '',
    specVersion: cells['spec_version'] ?? '',
    expiresOn: cells['expires_on'] || undefined,
    ...lifeFromElsewhere(cardStandings.find((known) => known === status) ?? 'not-activated'),
    pinVerifier: '',
    pinWrongTries: 0,
    lastChallenge: 0,
    lastAtc: 0,
  };
}
