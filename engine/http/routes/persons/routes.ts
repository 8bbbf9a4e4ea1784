import { formatFen } from '../../../base/money/fen.ts';
import { isoTime } from '../../../base/time/calendar.ts';
import { AccountDocument, PersonParams, RelationsDocument } from '../../../contract/person.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import type { FileKey } from '../../../domain/files/file-key.ts';
import type { RelationSpan } from '../../../domain/insurance/relation.ts';
import { relationSpans } from '../../../domain/insurance/relation.ts';
import type { PersonDesk } from '../../../flows/person/read-person.ts';
import { readAccount, readRelations } from '../../../flows/person/read-person.ts';
import { keyOfPerson } from '../../../flows/registry/registers.ts';
import type { RecordedRelationChange } from '../../../ports/insurance.ts';
import type { AccountRecord, PersonRecords } from '../../../ports/persons.ts';
import { requireOperator, sendOfficeRefusal } from '../../auth/operator-auth.ts';
import type { OperatorScope } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';

/** /v1/persons/…, for officers of the person's insured region; each read leaves an audit row. */
export function registerPersons(
  { app, office, authenticate }: OperatorScope,
  persons: PersonRecords,
): void {
  // With each request: the reference of the routes is written without an office.
  const desk = (): PersonDesk => ({ ...office, persons });
  app.get(
    '/v1/persons/:personNo/insurance',
    {
      preValidation: authenticate,
      schema: {
        operationId: 'personInsurance',
        summary: 'Insurance relations of a person, and their history',
        params: PersonParams,
        response: { 200: RelationsDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const read = await readRelations(desk(), by, keyOfPerson(request.params.personNo));
      if (!read.ok) return sendOfficeRefusal(reply, read.error);
      return sendJson(reply, 200, relationsDocument(read.value));
    },
  );
  app.get(
    '/v1/persons/:personNo/account',
    {
      preValidation: authenticate,
      schema: {
        operationId: 'personAccount',
        summary: 'Medical personal account of a person, and what moved it last',
        params: PersonParams,
        response: { 200: AccountDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal: by } = requireOperator(request);
      const read = await readAccount(desk(), by, keyOfPerson(request.params.personNo));
      if (!read.ok) return sendOfficeRefusal(reply, read.error);
      return sendJson(reply, 200, accountDocument(read.value));
    },
  );
}

function relationsDocument(changes: readonly RecordedRelationChange[]): RelationsDocument {
  return {
    relations: [...relationSpans(changes).values()].flat().map(spanDocument),
    history: changes.map(({ file, line, recordedAt, ...change }) => ({
      ...spanDocument(change),
      ...{ file: fileText(file), line, recordedAt: isoTime(recordedAt) },
    })),
  };
}

function spanDocument({ relationNo, state, from, until, region, ...rest }: RelationSpan) {
  const { scheme, personType, employer } = rest;
  return {
    ...{ relationNo, state, from, until: until ?? null, region },
    ...{ scheme, personType, employer: employer ?? null },
  };
}

function accountDocument(account: AccountRecord): AccountDocument {
  const { status, balance, held, opening, credits, payments } = account;
  return {
    ...{ status, balance: formatFen(balance), held: formatFen(held), opening: formatFen(opening) },
    credits: credits.map(({ id, at, kind, amount, balanceAfter, file, reverses }) => ({
      ...{ creditId: id, at: isoTime(at), kind, amount: formatFen(amount) },
      ...{
        balanceAfter: formatFen(balanceAfter),
        file: fileText(file),
        reverses: reverses ?? null,
      },
    })),
    payments: payments.map(({ accountPay, ...payment }) => ({
      ...payment,
      accountPay: formatFen(accountPay),
    })),
  };
}

function fileText({ source, date, number }: FileKey): string {
  return `${source}/${date}/${number}`;
}
