import type { CareType } from '../../../rules/model/bill.ts';
import type { InstitutionCode, TerminalId } from '../../base/ids/ids.ts';
import type { Institution } from '../../ports/reference.ts';

/**
 * The sandbox's designated institutions and their terminals. Codes have the form of the national register
 * (H or P, county, five digits); serials from 99001 on mark them as invented, and names say that they are
 * for tests.
 */
export type SandboxTerminal = {
  readonly id: TerminalId;
  readonly institution: InstitutionCode;
  readonly careTypes: readonly CareType[];
  /** Eight and fifteen characters, fields 41 and 42 of the bank's messages. */
  readonly bankTerminalId: string;
  readonly bankMerchantId: string;
};

const code = (text: string) => text as InstitutionCode;

/** By name, so that people and bills can refer to them. */
export const sandboxInstitutions = {
  beijingHospital: {
    code: code('H11010199001'),
    name: '测试三级医院（北京沙盒）',
    region: '110000',
    carePlace: { kind: 'hospital', level: 3, isCommunity: false },
  },
  beijingCommunity: {
    code: code('H11010199002'),
    name: '测试社区卫生服务中心（北京沙盒）',
    region: '110000',
    carePlace: { kind: 'hospital', level: 1, isCommunity: true },
  },
  dongguanCommunity: {
    code: code('H44190099001'),
    name: '测试社区卫生服务中心（东莞沙盒，主点）',
    region: '441900',
    carePlace: { kind: 'hospital', level: 1, isCommunity: true },
  },
  dongguanHospital: {
    code: code('H44190099002'),
    name: '测试三级医院（东莞沙盒，次点）',
    region: '441900',
    carePlace: { kind: 'hospital', level: 3, isCommunity: false },
  },
  dongguanPharmacy: {
    code: code('P44190099001'),
    name: '测试大药房（东莞沙盒）',
    region: '441900',
    carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
  },
  beijingPharmacy: {
    code: code('P11010199001'),
    name: '测试大药房（北京沙盒）',
    region: '110000',
    carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
  },
} as const satisfies Record<string, Institution>;

export type InstitutionName = keyof typeof sandboxInstitutions;

/** One terminal for each institution. */
export const sandboxTerminals: Readonly<Record<InstitutionName, SandboxTerminal>> = {
  beijingHospital: institutionTerminal('BJ-HOSPITAL-01', 'beijingHospital', 1),
  beijingCommunity: institutionTerminal('BJ-COMMUNITY-01', 'beijingCommunity', 2),
  dongguanCommunity: institutionTerminal('DG-COMMUNITY-01', 'dongguanCommunity', 3),
  dongguanHospital: institutionTerminal('DG-HOSPITAL-01', 'dongguanHospital', 4),
  dongguanPharmacy: institutionTerminal('DG-PHARMACY-01', 'dongguanPharmacy', 5),
  beijingPharmacy: institutionTerminal('BJ-PHARMACY-01', 'beijingPharmacy', 6),
};

function institutionTerminal(id: string, name: InstitutionName, serial: number): SandboxTerminal {
  const isPharmacy = sandboxInstitutions[name].carePlace.kind === 'pharmacy';
  return sandboxTerminal({
    id,
    institution: sandboxInstitutions[name].code,
    careTypes: isPharmacy ? ['41'] : ['11', '14'],
    serial,
  });
}

/** A terminal with bank numbers derived from a serial; also for the load generator. */
export function sandboxTerminal(options: {
  readonly id: string;
  readonly institution: InstitutionCode;
  readonly careTypes: readonly CareType[];
  readonly serial: number;
}): SandboxTerminal {
  return {
    id: options.id as TerminalId,
    institution: options.institution,
    careTypes: options.careTypes,
    bankTerminalId: `99${options.serial.toString().padStart(6, '0')}`,
    bankMerchantId: `9990000${options.serial.toString().padStart(8, '0')}`,
  };
}
