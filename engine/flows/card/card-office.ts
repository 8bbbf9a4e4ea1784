import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { CardId, TerminalId } from '../../base/ids/ids.ts';
import type { CardOrderBody, CardOrderRequest } from '../../contract/cards.ts';
import type { CardRegion } from '../../domain/card/card-regions.ts';
import type { CardOrder, CardOrderKind } from '../../domain/card/orders/card-order.ts';
import type { PinProof } from '../../domain/card/pin.ts';
import type { Action } from '../../domain/principal/actions.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import type { RenderedAnswer } from '../../domain/request/request-record.ts';
import type { CardLife, CardLives, CardPerson } from '../../ports/card-lives.ts';
import type { Keys } from '../../ports/keys.ts';
import type { Reference } from '../../ports/reference.ts';
import type { Store } from '../../ports/store.ts';
import { execute } from '../execute-command.ts';
import type { OfficeRefusal } from '../operator/office.ts';
import type { ActDeps } from '../principal/act.ts';
import { actAs, readAs } from '../principal/act.ts';

/** What the card office works with. */
export type CardOfficeDeps = ActDeps & {
  readonly store: Pick<Store, 'execute'>;
  readonly lives: CardLives;
  readonly keys: Pick<Keys, 'pinVerifier' | 'verifierOfPin' | 'personalData'>;
  readonly reference: Pick<Reference, 'findTerminal'>;
  /** The rules of a region, by six digits. */
  readonly regionOf: (region: string) => CardRegion;
};

/** Who may do what is said by actions; some orders share one. */
export const actionOfOrder: { readonly [K in CardOrderKind]: Action } = {
  apply: 'card.apply',
  replace: 'card.replace',
  exchange: 'card.exchange',
  review: 'card.review',
  'pay-fee': 'card.issue',
  personalise: 'card.personalise',
  'send-to-bank': 'card.send-to-bank',
  'bank-review': 'card.bank-review',
  make: 'card.bank-review',
  deliver: 'card.deliver',
  'take-back': 'card.deliver',
  'expire-uncollected': 'card.destroy',
  collect: 'card.collect',
  'activate-medical': 'card.activate-medical',
  'activate-financial': 'card.activate-financial',
  'change-pin': 'card.change-pin',
  'reset-pin': 'card.reset-pin',
  'unlock-pin': 'card.unlock-pin',
  suspend: 'card.suspend',
  resume: 'card.resume',
  'report-loss': 'card.report-loss',
  'cancel-loss': 'card.cancel-loss',
  'lapse-loss': 'card.lapse',
  cancel: 'card.cancel',
  'close-at-bank': 'card.activate-financial',
  return: 'card.return',
  destroy: 'card.destroy',
  'report-death': 'card.suspend',
};

/** PINs that stand for none: the first one (初始密码), rows and single digits. */
const SIMPLE_PINS = [
  ...(['123456', '654321'] as const),
  ...Array.from({ length: 10 }, (_, digit) => String(digit).repeat(6)),
];
const [FIRST_PIN = ''] = SIMPLE_PINS;

/**
 * 用卡业务: an order of a principal on a card, with its audit rows and its step. PINs come as blocks of the
 * window's PIN pad.
 * @returns the answer's bytes, or why it is refused
 */
export async function orderOnCard(
  deps: CardOfficeDeps,
  by: Principal,
  request: CardOrderRequest,
): Promise<Result<RenderedAnswer, OfficeRefusal>> {
  const person = await deps.lives.findPerson(request.personNo);
  const { order, reason } = request;
  const regions = person === undefined ? [] : [person.region];
  const act = {
    ...{ by, action: actionOfOrder[order.kind], evidence: reason ?? undefined },
    scope: { regions, personNo: request.personNo },
    subject: `${order.kind} ${request.orderId}`,
  };
  return actAs(deps, act, async (): Promise<Result<RenderedAnswer, OfficeRefusal>> => {
    if (person === undefined) return fail({ code: 'PERSON_UNKNOWN' });
    const read = await readOrder(deps, person, order);
    if (!read.ok) return read;
    return give(deps, by, { person, request, order: read.value });
  });
}

type Given = {
  readonly person: CardPerson;
  readonly request: Pick<CardOrderRequest, 'orderId' | 'reason' | 'evidence'>;
  readonly order: CardOrder;
};

async function give(
  deps: CardOfficeDeps,
  by: Principal,
  { person, request, order }: Given,
): Promise<Result<RenderedAnswer, OfficeRefusal>> {
  const { orderId, reason, evidence } = request;
  const { answer, rendered, retryAfterMs } = await execute(
    deps,
    {
      ...{ type: 'order-card', key: person.key, at: deps.environment.now(), orderId, order },
      ...{ by: { kind: by.kind, id: by.id }, reason: reason ?? undefined, evidence },
      region: deps.regionOf(person.region),
    },
    orderId,
  );
  if (answer.outcome === 'approved' && rendered !== undefined) return ok(rendered);
  const detail = answer.kind === 'refused' ? answer.extra.detail : undefined;
  return fail({
    code: answer.code ?? 'UNAVAILABLE',
    ...(detail !== undefined && { detail }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

type Read = Result<CardOrder, OfficeRefusal>;

/** The order with verifiers in place of PIN blocks, and a personalised card in the directory. */
async function readOrder(
  deps: CardOfficeDeps,
  { key }: CardPerson,
  body: CardOrderBody,
): Promise<Read> {
  switch (body.kind) {
    case 'personalise': {
      const { kind, applicationNo, cardId: id, expiresOn, cardNumber, ...card } = body;
      const cardId = id as CardId;
      if (!(await deps.lives.enterCard(cardId, key)))
        return refuse('CARD_ALREADY_HELD', 'another person');
      const pinVerifier = await deps.keys.verifierOfPin(cardId, digits(FIRST_PIN));
      const { personalData } = deps.keys;
      const made = {
        ...{ ...card, cardId, expiresOn: expiresOn ?? undefined, pinVerifier },
        cardNumberHash: personalData.keyedHash('card-number', cardNumber),
        sealedCardNumber: personalData.seal('card.card_number', cardNumber),
      };
      return ok({ kind, applicationNo, card: made });
    }
    case 'collect':
    case 'activate-medical':
    case 'change-pin':
    case 'reset-pin':
      return readPins(deps, body);
    default:
      return ok(body as CardOrder);
  }
}

type PinBody = Extract<
  CardOrderBody,
  { readonly kind: 'collect' | 'activate-medical' | 'change-pin' | 'reset-pin' }
>;

async function readPins(deps: CardOfficeDeps, body: PinBody): Promise<Read> {
  const cardId = body.cardId as CardId;
  let pinVerifier: string | undefined;
  if (body.pin !== undefined) {
    const chosen = await proofOf(deps, cardId, body.pin);
    if (chosen.kind === 'malformed') return refuse('PIN_BLOCK_INVALID', 'pin');
    pinVerifier = chosen.verifier;
    if (await isSimple(deps, cardId, pinVerifier)) return refuse('PIN_NOT_NEW', 'too simple');
  }
  switch (body.kind) {
    case 'collect':
      return ok({ kind: body.kind, cardId, pinVerifier });
    case 'reset-pin':
      return ok({ kind: body.kind, cardId, pinVerifier: pinVerifier ?? '' });
    default:
      return ok({
        kind: body.kind,
        cardId,
        pinVerifier,
        oldPin: await proofOf(deps, cardId, body.oldPin),
      });
  }
}

type PinEntry = { readonly terminalId: string; readonly block: string };

/** As at a counter: the block is opened in the keystore only. */
async function proofOf(
  { reference, keys }: CardOfficeDeps,
  cardId: CardId,
  { terminalId, block }: PinEntry,
): Promise<PinProof> {
  const terminal = await reference.findTerminal(terminalId as TerminalId);
  if (terminal?.session === undefined || !terminal.isEnabled) return { kind: 'malformed' };
  const { sealedPinKey } = terminal.session;
  const pinBlock = Buffer.from(block, 'hex');
  const verifier = await keys.pinVerifier({ sealedPinKey, pinBlock, cardId });
  return verifier.ok ? { kind: 'verifier', verifier: verifier.value } : { kind: 'malformed' };
}

async function isSimple(
  { keys }: CardOfficeDeps,
  cardId: CardId,
  verifier: string,
): Promise<boolean> {
  const simple = SIMPLE_PINS.map((pin) => keys.verifierOfPin(cardId, digits(pin)));
  return (await Promise.all(simple)).includes(verifier);
}

function digits(pin: string): Uint8Array {
  return Buffer.from(pin, 'latin1');
}

function refuse(code: ErrorCode, detail: string): Read {
  return fail({ code, detail });
}

/** Everything on record of a person's cards; the reading leaves an audit row. */
export async function readCardLife(
  deps: CardOfficeDeps,
  by: Principal,
  personNo: string,
): Promise<Result<CardLife, OfficeRefusal>> {
  const person = await deps.lives.findPerson(personNo);
  const scope = { regions: person === undefined ? [] : [person.region], personNo };
  const read = await readAs(deps, { by, action: 'card.read', scope }, async () =>
    person === undefined ? undefined : deps.lives.readLife(person.key),
  );
  if (!read.ok) return read;
  return read.value === undefined ? fail({ code: 'PERSON_UNKNOWN' }) : ok(read.value);
}
