import { fen } from '../../base/money/fen.ts';
import { businessDateOf, yearOf } from '../../base/time/calendar.ts';
import type { Accumulator, PersonRecord } from '../../domain/person/person.ts';
import { emptyAccumulator } from '../../domain/person/person.ts';
import type { IssuedCard, IssuingKeys } from '../issuer/issue-card.ts';
import { issueCard } from '../issuer/issue-card.ts';
import type { SandboxPerson } from './sandbox-people.ts';

/** A sandbox person with card, for engine, bank and chip. */
export type PersonOnRecord = IssuedCard & {
  readonly person: PersonRecord;
  readonly accumulators: readonly Accumulator[];
};

const ISSUED_ON = '2021-01-01';
/** An oral loss report (口头挂失) lapses after five calendar days. */
const ORAL_LOSS_MS = 5 * 24 * 60 * 60 * 1000;

/**
 * Creates the person's records and issues the card.
 * @param seededAt ms; the year of the opening totals and the start of an oral loss report
 */
export function issueToPerson(
  sandboxPerson: SandboxPerson,
  keys: IssuingKeys,
  seededAt: number,
): PersonOnRecord {
  const { serial, region, name, latinName, sex, birthDate } = sandboxPerson;
  const isReportedLost = sandboxPerson.cardStatus === 'oral-loss';
  const issued = issueCard(
    {
      serial,
      region,
      holder: { name, latinName, sex, birthDate },
      specVersion: sandboxPerson.specVersion,
      issuedOn: ISSUED_ON,
      expiresOn: sandboxPerson.expiresOn,
      standing: sandboxPerson.cardStatus,
      oralLossUntil: isReportedLost ? seededAt + ORAL_LOSS_MS : undefined,
      medicalPin: sandboxPerson.medicalPin,
      bankPin: sandboxPerson.bankPin,
      bankBalance: sandboxPerson.bankBalance,
    },
    keys,
  );
  const { key } = issued.card;
  const { scheme, personType, traits, accountStatus, accountBalance } = sandboxPerson;
  const amounts = new Map(Object.entries(sandboxPerson.opening));
  const year = yearOf(businessDateOf(seededAt));
  return {
    ...issued,
    person: {
      ...{
        key,
        name,
        region,
        scheme,
        personType,
        birthDate,
        traits,
        accountStatus,
        accountBalance,
      },
      insured: true,
      accountHeld: fen(0n),
      version: 0,
    },
    accumulators:
      amounts.size === 0 ? [] : [{ ...emptyAccumulator({ key, year, scheme }), amounts }],
  };
}
