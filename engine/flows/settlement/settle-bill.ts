import { readAtc } from '../../base/crypto/chip-tags.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { PersonKey, RequestKey } from '../../base/ids/ids.ts';
import { makeSettlementId } from '../../base/ids/ids.ts';
import { parseFen } from '../../base/money/fen.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { BillBody } from '../../contract/bill.ts';
import type { SettlementRequest, TenderBody } from '../../contract/settlement.ts';
import { checkPresentedCard } from '../../domain/card/check-presented-card.ts';
import { declinedAnswer } from '../../domain/request/answer.ts';
import type { SettleBill, Tender } from '../../domain/settlement/settle-bill.ts';
import type { BankDebit } from '../../ports/bank.ts';
import type { Institution } from '../../ports/reference.ts';
import { chipProof, pinProof } from '../card/card-proofs.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import { execute } from '../execute-command.ts';
import { authoriseDebit } from '../leg/authorise-bank-leg.ts';
import { sealCard } from '../leg/sealed-card.ts';
import { readPresentedCard } from './quote-bill.ts';
import type { ReadBill } from './read-bill.ts';
import { isCareTypeAllowed, readBill } from './read-bill.ts';

/**
 * 结算 at the counter, in one round trip. Proofs of chip and PIN are gathered, one command decides and posts
 * (or reserves), and then the bank is asked, while no database connection is held.
 * @param fingerprint see `requestFingerprint`
 */
export async function settleBill(
  deps: FlowDeps,
  caller: Caller,
  body: SettlementRequest,
  fingerprint: string,
): Promise<Answered> {
  const presented = readPresentedCard(deps.keys, body.card);
  const owner = await deps.store.findCardOwner(presented.cardId);
  const at = deps.environment.now();
  const today = businessDateOf(at);
  const bill = readBill(deps, caller.institution, body.bill, today);
  const tender = await readTender(deps, caller, body.tender);
  const isAllowed = isCareTypeAllowed(caller.terminal, body.bill.careType);
  const objection =
    (isAllowed ? undefined : 'TERMINAL_NOT_ALLOWED') ??
    checkPresentedCard(presented, deps.settings.cardRules, today) ??
    (bill.ok ? undefined : bill.error) ??
    tender.objection;
  if (owner === undefined) {
    const { requestKey } = body;
    return {
      answer: declinedAnswer(objection ?? 'CARD_UNKNOWN', { requestKey }),
      isReplay: false,
    };
  }
  const entry = { terminal: caller.terminal, card: presented, body, at };
  const command: SettleBill = {
    type: 'settle-bill',
    key: owner,
    at,
    ...newIdentity(deps, caller, owner, { body, fingerprint, at }),
    ...institutionFields(caller),
    cardId: presented.cardId,
    presented,
    objection,
    chip: await chipProof(deps, entry),
    pin: await pinProof(deps, entry),
    ...(bill.ok ? bill.value : emptyBill(body.bill, caller.institution)),
    businessDate: today,
    useAccount: body.useAccount,
    tender: tender.tender,
    confirmation: body.confirmation,
    reservationMs: deps.settings.reservationMs,
  };
  return executeAndAuthorise(deps, caller, command, tender.bankDebit);
}

/** Stands for a bill that was refused: nothing is computed from it. */
function emptyBill({ careType, serviceDate }: BillBody, { carePlace }: Institution): ReadBill {
  const nothing = { visit: undefined, prescriptionNo: undefined, lines: [] };
  return { careType, serviceDate, carePlace, ...nothing };
}

async function executeAndAuthorise(
  deps: FlowDeps,
  caller: Caller,
  command: SettleBill,
  bankDebit: BankDebit | undefined,
): Promise<Answered> {
  const executed = await execute(deps, command, command.request.requestKey);
  const leg = executed.writes?.bankLeg;
  if (leg === undefined || bankDebit === undefined) return executed;
  const debit = { ...bankDebit, amount: leg.amount };
  const answered = await authoriseDebit(deps, caller.terminal, leg, debit);
  return answered ?? { ...executed, isReplay: false };
}

function newIdentity(
  deps: FlowDeps,
  caller: Caller,
  owner: PersonKey,
  request: { readonly body: SettlementRequest; readonly fingerprint: string; readonly at: number },
): Pick<SettleBill, 'request' | 'settlementId'> {
  return {
    request: {
      terminalId: caller.terminal.id,
      requestKey: request.body.requestKey as RequestKey,
      fingerprint: request.fingerprint,
    },
    settlementId: makeSettlementId(owner.shard, request.at, deps.environment.randomBytes(10)),
  };
}

function institutionFields({
  institution,
}: Caller): Pick<SettleBill, 'institution' | 'careRegion'> {
  return { institution: institution.code, careRegion: institution.region };
}

type ReadTender = {
  readonly tender: Tender;
  /** The message to the bank, sent once the reservation is durable. Only it contains the PIN block. */
  readonly bankDebit: BankDebit | undefined;
  readonly objection: ErrorCode | undefined;
};

async function readTender(deps: FlowDeps, caller: Caller, body: TenderBody): Promise<ReadTender> {
  if (body.kind === 'cash') {
    const expected = body.expected === undefined ? undefined : parseFen(body.expected);
    // An unreadable amount must not count as absent, which means any amount.
    const isUnread = body.expected !== undefined && expected === undefined;
    const objection = isUnread ? 'REQUEST_INVALID' : undefined;
    return { tender: { kind: 'cash', expected }, bankDebit: undefined, objection };
  }
  const { terminal } = caller;
  const expected = parseFen(body.expected);
  const atc = readAtc(body.chipData);
  if (expected === undefined || atc === undefined) return withoutBankDetails;
  const { stan, batch } = await deps.store.nextTrace();
  const { bankTerminalId, bankMerchantId } = terminal;
  const { pan, panSequence, expiry, track2, pinBlock, pinWithoutPan, chipData, entryMode } = body;
  const trace = { stan, batch, terminalId: bankTerminalId, merchantId: bankMerchantId };
  const card = { pan, panSequence, expiry, track2, pinBlock, pinWithoutPan, chipData, entryMode };
  const bankDebit: BankDebit = { ...trace, ...card, amount: expected };
  const reference = deps.bank.referenceOf(bankDebit);
  if (!reference.ok) return withoutBankDetails;
  const sealedReference = sealCard(deps.keys, reference.value);
  const bankTerminal = { bankTerminalId, bankMerchantId };
  return {
    tender: { kind: 'bank-debit', expected, atc, stan, batch, ...bankTerminal, sealedReference },
    bankDebit,
    objection: undefined,
  };
}

const withoutBankDetails: ReadTender = {
  tender: { kind: 'cash', expected: undefined },
  bankDebit: undefined,
  objection: 'BANK_DETAILS_MISSING',
};
