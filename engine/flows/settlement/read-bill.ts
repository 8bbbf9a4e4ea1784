import type { Visit } from '../../../rules/model/bill.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { BillBody } from '../../contract/bill.ts';
import type { SettleBill } from '../../domain/settlement/settle-bill.ts';
import type { Institution, Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';
import { priceBill } from './price-bill.ts';

/** A bill of a quote or settlement after its form was checked and its items were looked up. */
export type ReadBill = Pick<
  SettleBill,
  'careType' | 'serviceDate' | 'visit' | 'carePlace' | 'lines' | 'prescriptionNo'
>;

/** Checks the form of a bill and prices it. @param today business date */
export function readBill(
  deps: Pick<FlowDeps, 'catalogues' | 'settings'>,
  institution: Institution,
  bill: BillBody,
  today: string,
): Result<ReadBill, ErrorCode> {
  const dates = { today, daysMax: deps.settings.serviceDaysMax };
  const lines = priceBill(bill, institution, deps.catalogues(), dates);
  if (!lines.ok) return fail(lines.error);
  const { careType, serviceDate, prescriptionNo } = bill;
  const { carePlace } = institution;
  const visit = readVisit(bill);
  return ok({ careType, serviceDate, visit, carePlace, prescriptionNo, lines: lines.value });
}

/** All disease codes, the treated disease first: a pack may count by it. */
export function readVisit({ diseases = [], diagnoses = [] }: BillBody): Visit | undefined {
  const all = [...diseases, ...diagnoses];
  return all.length === 0 ? undefined : { diseases: all };
}

/**
 * May this terminal bill this care type? The terminal's types are prefixes: "14" allows every special
 * disease.
 */
export function isCareTypeAllowed(terminal: Terminal, careType: string): boolean {
  return terminal.careTypes.some((prefix) => careType.startsWith(prefix));
}
