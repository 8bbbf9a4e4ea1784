import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type {
  CardId,
  InstitutionCode,
  PersonKey,
  PersonNo,
  RequestKey,
  TerminalId,
} from '../../../../engine/base/ids/ids.ts';
import { makeSettlementId, shardOf } from '../../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../../engine/base/money/fen.ts';
import { negateFen, subtractFen, ZERO } from '../../../../engine/base/money/fen.ts';
import type { Card, CardRecord } from '../../../../engine/domain/card/card.ts';
import { lifeFromElsewhere } from '../../../../engine/domain/card/card-standing.ts';
import type { PersonCommand } from '../../../../engine/domain/command.ts';
import type { Decision, Facts, Writes } from '../../../../engine/domain/decision.ts';
import { withoutWrites, withWrites } from '../../../../engine/domain/decision.ts';
import type { Person, PersonRecord } from '../../../../engine/domain/person/person.ts';
import {
  accountAvailable,
  addToAccumulator,
  emptyAccumulator,
} from '../../../../engine/domain/person/person.ts';
import type { Answer } from '../../../../engine/domain/request/answer.ts';
import { storedAnswer } from '../../../../engine/domain/request/answer.ts';
import type { RequestWrite } from '../../../../engine/domain/request/request-write.ts';
import type { SettleBill } from '../../../../engine/domain/settlement/settle-bill.ts';
import type { Settlement } from '../../../../engine/domain/settlement/settlement.ts';
import type { Store } from '../../../../engine/ports/store.ts';
import type { StoreOptions } from '../../../../engine/store/create-store.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';

/** A counter with one rule: the personal account pays the whole bill, or the bill is refused. */

export const at = Date.UTC(2026, 10, 22, 2, 0, 0);
export const terminalId = 'P44190000001-01' as TerminalId;
export const institution = 'P44190000001' as InstitutionCode;

export function keyOf(personNo: string): PersonKey {
  return { shard: shardOf(personNo as PersonNo), personNo: personNo as PersonNo };
}

export function cardIdOf(personNo: string): CardId {
  return Buffer.from(personNo).toString('hex').toUpperCase().padStart(32, '0') as CardId;
}

export function person(personNo: string, balance: bigint): PersonRecord {
  return {
    key: keyOf(personNo),
    name: '持卡人',
    region: '441900',
    scheme: '310',
    personType: '1101',
    insured: true,
    birthDate: '1980-01-01',
    traits: ['main-point'],
    accountStatus: 'active',
    accountBalance: balance as Fen,
    accountHeld: ZERO,
    version: 0,
  };
}

export function card(personNo: string): Card & CardRecord {
  const cardNumber = `A${personNo}`;
  return {
    key: keyOf(personNo),
    cardId: cardIdOf(personNo),
    cardNumber,
    ...{
      cardNumberHash: testPersonalData.keyedHash('card-number', cardNumber),
      sealedCardNumber: '',
    },
    cardClass: '3',
    specVersion: '3.00',
    expiresOn: undefined,
    ...lifeFromElsewhere('active'),
    pinVerifier: '00',
    pinWrongTries: 0,
    lastChallenge: 0,
    lastAtc: 0,
  };
}

/** Puts persons with a card each on record: person number to balance in fen. */
export async function seed(url: string, balances: { [personNo: string]: bigint }): Promise<void> {
  const store = await openSeedStore(url, testPersonalData);
  await store.insertPersons(Object.entries(balances).map(([no, balance]) => person(no, balance)));
  await store.insertCards(Object.keys(balances).map(card));
  await store.close();
}

/** A bill of one line; `item` is its name. */
export function bill(
  personNo: string,
  amount: bigint,
  options: { readonly key?: string; readonly item?: string; readonly terminal?: TerminalId } = {},
): SettleBill {
  const key = keyOf(personNo);
  const requestKey = (options.key ?? randomBytes(12).toString('hex')) as RequestKey;
  const terminal = options.terminal ?? terminalId;
  return {
    type: 'settle-bill',
    key,
    at,
    request: { terminalId: terminal, requestKey, fingerprint: `${amount}` },
    settlementId: makeSettlementId(key.shard, at, randomBytes(10)),
    cardId: cardIdOf(personNo),
    presented: { ...card(personNo), issuedOn: '20260101' },
    objection: undefined,
    chip: { challenge: 1, challengeExpired: false, isGenuine: true },
    pin: { kind: 'verifier', verifier: '00' },
    institution,
    careRegion: '441900',
    carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
    careType: '41',
    serviceDate: '2026-11-22',
    businessDate: '2026-11-22',
    visit: undefined,
    prescriptionNo: undefined,
    confirmation: undefined,
    lines: [
      {
        lineNo: '1',
        code: undefined,
        name: options.item ?? 'medicine',
        quantityE4: 10_000n,
        priceE6: amount * 10_000n,
        amount: amount as Fen,
        selfPayE4: 10_000,
        priceLimitE6: undefined,
        itemClass: '03',
        chargeType: '09',
      },
    ],
    useAccount: true,
    tender: { kind: 'cash', expected: undefined },
    reservationMs: 30_000,
  };
}

/** An answer in words of its own: the store takes any bytes. */
function answer(outcome: 'approved' | 'declined', text: string): Answer {
  const code = outcome === 'declined' ? 'BANK_FUNDS_SHORT' : undefined;
  const status = outcome === 'approved' ? 201 : 422;
  return storedAnswer({ outcome, status, body: JSON.stringify(text), code });
}

/**
 * The one rule. The answer tells the balance after it, so that tests see the order of decisions.
 */
export function decideBill(given: PersonCommand, facts: Facts): Decision {
  if (given.type !== 'settle-bill') throw new Error('a counter takes bills only');
  const command = given as SettleBill;
  const known = facts.requests.find(
    ({ requestKey, cardId, answer: stored }) =>
      stored && requestKey === command.request.requestKey && cardId === command.cardId,
  );
  if (known?.answer) return withoutWrites(storedAnswer(known.answer));
  const holder = facts.person;
  if (!holder) return withoutWrites(answer('declined', 'no person'));
  const amount = command.lines.reduce((sum, line) => sum + line.amount, 0n) as Fen;
  const isShort = amount > accountAvailable(holder);
  const said = isShort
    ? answer('declined', `balance ${holder.accountBalance}`)
    : answer('approved', `balance ${holder.accountBalance - amount}`);
  const request: RequestWrite = {
    ...command.request,
    key: command.key,
    cardId: command.cardId,
    settlementId: isShort ? undefined : command.settlementId,
    state: 'final',
    answer: said,
    at: command.at,
  };
  const writes = isShort
    ? { request }
    : { request, ...paid(command, { ...facts, person: holder }, amount) };
  return withWrites(said, writes);
}

function paid(command: SettleBill, facts: Facts & { person: Person }, amount: Fen): Writes {
  const { key } = command;
  const known = facts.accumulators[0] ?? emptyAccumulator({ key, year: 2026, scheme: '310' });
  return {
    person: { ...facts.person, accountBalance: subtractFen(facts.person.accountBalance, amount) },
    accumulator: addToAccumulator(known, new Map([['paid', amount]]), 1n),
    settlement: { from: undefined, to: settlementOf(command, facts.person, amount) },
    posting: {
      settlementId: command.settlementId,
      postingNo: 0,
      entries: [
        { account: 'person', amount: negateFen(amount) },
        { account: `institution:${institution}`, amount },
      ],
    },
    outbox: [
      { topic: 'settlement.posted', settlementId: command.settlementId, payload: { a: '1' } },
    ],
  };
}

function settlementOf(command: SettleBill, holder: Person, amount: Fen): Settlement {
  return {
    key: command.key,
    id: command.settlementId,
    state: 'posted',
    requestKey: command.request.requestKey,
    terminalId: command.request.terminalId,
    institution: command.institution,
    cardId: command.cardId,
    careType: command.careType,
    prescriptionNo: command.prescriptionNo,
    confirmation: command.confirmation,
    careRegion: command.careRegion,
    insuredRegion: holder.region,
    acceptedAt: command.at,
    businessDate: command.businessDate,
    postedAt: command.at,
    tender: 'none',
    packId: '441900-pharmacy',
    listSet: undefined,
    accumulatorNo: 1,
    input: {
      careType: command.careType,
      serviceDate: command.serviceDate,
      lines: command.lines,
      carePlace: command.carePlace,
      insured: { scheme: '310', personType: '1101', ageYears: 46, traits: new Set(['main-point']) },
      accumulators: new Map([['paid', ZERO]]),
      accountAvailable: accountAvailable(holder),
    },
    amounts: {
      total: amount,
      fundTotal: ZERO,
      otherTotal: ZERO,
      accountPay: amount,
      patientPay: ZERO,
    },
    warnings: [],
    refundedLines: [],
    balanceAfter: subtractFen(holder.accountBalance, amount),
    deadline: undefined,
  };
}

/** A store with the one rule; `options` change what a test is about. */
export function openStore(
  url: string,
  options: Partial<StoreOptions> = {},
): Store & { close(): Promise<void> } {
  return createStore({
    url,
    decide: decideBill,
    now: () => performance.now(),
    log: () => undefined,
    ...options,
  });
}

/** Runs one statement as an auditor would, on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** What the database's own audit finds wrong. */
export function ledgerProblems(url: string): Promise<Record<string, unknown>[]> {
  return query(url, 'select * from yikatong_ledger_problems()');
}

/** The answers' bodies, or why there is none, in the order of the commands. */
export async function answers(results: ReturnType<Store['execute']>[]): Promise<string[]> {
  const settled = await Promise.all(results);
  return settled.map((result) => (result.ok ? result.value.rendered.body : result.error.kind));
}
