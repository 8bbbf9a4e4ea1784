import type { FileKey } from '../../domain/files/file-key.ts';
import { insuredSpans } from '../../domain/insurance/relation.ts';
import type { InsuredSpan } from '../../domain/person/insured-span.ts';
import type { EarlierSettlement, InsuranceRecords } from '../../ports/insurance.ts';

/** A settlement that a file would have decided otherwise. It stays as it is. */
export type AffectedSettlement = EarlierSettlement & {
  /** How the person was insured on that day by what is known now; undefined: not at all. */
  readonly now: Pick<InsuredSpan, 'region' | 'scheme' | 'personType'> | undefined;
};

/**
 * Settlements of before a file came whose person, by what is known now, was insured otherwise on the day
 * of the service: whoever decides about them (recovery, a later claim) begins here. None of them is
 * changed.
 */
export async function* affectedSettlements(
  records: Pick<InsuranceRecords, 'settlementsBefore'>,
  file: FileKey,
): AsyncGenerator<AffectedSettlement> {
  for await (const part of records.settlementsBefore(file)) {
    for (const { settlement, changes } of part) {
      const { serviceDate: day, region, scheme, personType } = settlement;
      const now = insuredSpans(changes).filter(
        ({ from, until }) => from <= day && (until === undefined || day <= until),
      );
      const asSettled = now.some(
        (span) =>
          span.region === region && span.scheme === scheme && span.personType === personType,
      );
      if (!asSettled) yield { ...settlement, now: now[0] };
    }
  }
}
