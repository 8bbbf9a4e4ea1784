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
import type { BankSale } from '../../ports/bank.ts';
import type { Institution } from '../../ports/reference.ts';
import { chipProof, pinProof } from '../card/card-proofs.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import { execute } from '../execute-command.ts';
import { readAtc } from '../leg/application-counter.ts';
import { authoriseSale } from '../leg/authorise-bank-leg.ts';
import { sealReference } from '../leg/sealed-card.ts';
import { presentedCard } from './quote-bill.ts';
import type { ReadBill } from './read-bill.ts';
import { mayBill, readBill } from './read-bill.ts';

/**
 * The sale at the counter, in one round trip: proofs of chip and PIN are gathered, one command decides and
 * posts (or reserves), and only then is the bank asked, with no database connection held.
 * @param fingerprint SHA-256 of the raw body, hex
 */
export async function settleBill(
  deps: FlowDeps,
  caller: Caller,
  body: SettlementRequest,
  fingerprint: string,
): Promise<Answered> {
  const presented = presentedCard(body.card);
  const owner = await deps.store.findCardOwner(presented.cardId);
  const at = deps.clock.now();
  const today = businessDateOf(at);
  const bill = readBill(deps, caller.institution, body.bill, today);
  const tender = await readTender(deps, caller, body.tender);
  const isAllowed = mayBill(caller.terminal, body.bill.careType);
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
    ...identityOf(deps, caller, owner, { body, fingerprint, at }),
    ...placeOf(caller),
    cardId: presented.cardId,
    presented,
    objection,
    chip: chipProof(deps, entry),
    pin: pinProof(deps, entry),
    ...(bill.ok ? bill.value : unreadBill(body.bill, caller.institution)),
    businessDate: today,
    useAccount: body.useAccount,
    tender: tender.tender,
    reservationMs: deps.settings.reservationMs,
  };
  return executeAndAskBank(deps, caller, command, tender.sale);
}

/** A bill with an objection: nothing will be computed from it. */
function unreadBill({ careType, serviceDate }: BillBody, { carePlace }: Institution): ReadBill {
  return { careType, serviceDate, visit: undefined, carePlace, lines: [] };
}

async function executeAndAskBank(
  deps: FlowDeps,
  caller: Caller,
  command: SettleBill,
  sale: BankSale | undefined,
): Promise<Answered> {
  const executed = await execute(deps, command, command.request.requestKey);
  const leg = executed.writes?.bankLeg;
  if (leg === undefined || sale === undefined) return executed;
  const answered = await authoriseSale(deps, caller.terminal, leg, { ...sale, amount: leg.amount });
  return answered ?? { ...executed, isReplay: false };
}

function identityOf(
  deps: FlowDeps,
  caller: Caller,
  owner: PersonKey,
  from: { readonly body: SettlementRequest; readonly fingerprint: string; readonly at: number },
): Pick<SettleBill, 'request' | 'settlementId'> {
  return {
    request: {
      terminalId: caller.terminal.id,
      requestKey: from.body.requestKey as RequestKey,
      fingerprint: from.fingerprint,
    },
    settlementId: makeSettlementId(owner.shard, from.at, deps.clock.randomBytes(10)),
  };
}

function placeOf({ institution }: Caller): Pick<SettleBill, 'institution' | 'careRegion'> {
  return { institution: institution.code, careRegion: institution.region };
}

type ReadTender = {
  readonly tender: Tender;
  /** What will be sent to the bank once the reservation stands; the PIN block lives only here. */
  readonly sale: BankSale | undefined;
  readonly objection: ErrorCode | undefined;
};

async function readTender(deps: FlowDeps, caller: Caller, body: TenderBody): Promise<ReadTender> {
  if (body.kind === 'cash') {
    const expected = body.expected === undefined ? undefined : parseFen(body.expected);
    // An amount that cannot be read must not pass for "whatever it is".
    const isUnread = body.expected !== undefined && expected === undefined;
    const objection = isUnread ? 'REQUEST_INVALID' : undefined;
    return { tender: { kind: 'cash', expected }, sale: undefined, objection };
  }
  const { terminal } = caller;
  const expected = parseFen(body.expected);
  const atc = readAtc(body.chipData);
  if (expected === undefined || atc === undefined) return withoutBankDetails;
  const { stan, batch } = await deps.store.nextTrace();
  const { bankTerminalId, bankMerchantId } = terminal;
  const { pan, panSequence, expiry, track2, pinBlock, chipData, entryMode } = body;
  const trace = { stan, batch, terminalId: bankTerminalId, merchantId: bankMerchantId };
  const card = { pan, panSequence, expiry, track2, pinBlock, chipData, entryMode };
  const sale: BankSale = { ...trace, ...card, amount: expected };
  const reference = deps.bank.referenceOf(sale);
  if (!reference.ok) return withoutBankDetails;
  const sealedReference = sealReference(deps.keys, reference.value);
  const bankTerminal = { bankTerminalId, bankMerchantId };
  return {
    tender: { kind: 'bank-debit', expected, atc, stan, batch, ...bankTerminal, sealedReference },
    sale,
    objection: undefined,
  };
}

const withoutBankDetails: ReadTender = {
  tender: { kind: 'cash', expected: undefined },
  sale: undefined,
  objection: 'BANK_DETAILS_MISSING',
};
