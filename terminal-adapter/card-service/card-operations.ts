/**
 * The card in a reader as a few operations in JSON, for terminals in other languages. They say what a
 * terminal would find out from the chip itself, so a vendor compares each of its own steps with them.
 */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { parseFen } from '../../engine/base/money/fen.ts';
import { closed, hex, Money } from '../../engine/contract/values.ts';
import { adviceOf, type CardFailureCode, type Text } from '../agent/advice.ts';
import { type CounterCard, openCounterCard } from '../agent/counter-card.ts';
import { createSoftwarePinPad } from '../agent/pin-pad.ts';
import type { TerminalClock } from '../client/engine-client.ts';
import type { VerifyPinError } from '../commands/verify-pin.ts';
import { type CardConnection, ReaderError } from '../readers/reader.ts';
import { type SessionError, verifyHolder } from '../session/card-session.ts';

/** As the sign-in answer has it. */
const wrappedKey = hex(20);
const Pin = Type.String({ pattern: '^[0-9]{4,12}$' });

const operations = {
  /** Power off and on. */
  reset: closed({ op: Type.Literal('reset') }),
  /** One command APDU as it is. */
  apdu: closed({ op: Type.Literal('apdu'), command: hex(4, 261) }),
  /** Selects the social-security application and reads EF05. */
  select: closed({ op: Type.Literal('select') }),
  /** VERIFY in the chip, for holder services; a settlement does not use it. */
  verify: closed({ op: Type.Literal('verify'), pin: Type.String({ pattern: '^[0-9]{6}$' }) }),
  /** INTERNAL AUTHENTICATE with the bytes of a challenge. */
  prove: closed({ op: Type.Literal('prove'), factor: hex(8), source: hex(8) }),
  /** The medical PIN block under `pinKey` of the sign-in, for the card in the reader. */
  'pin-block': closed({ op: Type.Literal('pin-block'), pin: Pin, key: wrappedKey }),
  /** The bank's PIN block under `bankPinKey` of the sign-in. */
  'bank-pin-block': closed({
    op: Type.Literal('bank-pin-block'),
    pin: Pin,
    key: wrappedKey,
    pan: Type.String({ pattern: '^[0-9]{12,19}$' }),
  }),
  /** First GENERATE AC: what the bank tender of a settlement needs of the card. */
  arqc: closed({
    op: Type.Literal('arqc'),
    amount: Money,
    serial: Type.Optional(Type.String({ pattern: '^[ -~]{8}$' })),
  }),
  /** EXTERNAL AUTHENTICATE and second GENERATE AC: the bank's answer. */
  finish: closed({
    op: Type.Literal('finish'),
    responseCode: Type.String({ pattern: '^[0-9A-Z]{2}$' }),
    issuerAuthData: Type.Optional(hex(8, 16)),
  }),
};

type Operations = { readonly [Op in keyof typeof operations]: Static<(typeof operations)[Op]> };

/** What a client asks of the card. */
export type CardOrder = Operations[keyof Operations];

type OwnCode =
  | 'REQUEST_MALFORMED'
  | 'PIN_WRONG'
  | 'PIN_LOCKED'
  | 'PIN_KEY_REFUSED'
  | 'NO_AUTHORISATION';

/** `ok: false` carries `code` and `message`, PIN_WRONG also `triesLeft`. */
export type CardReply = { readonly ok: boolean; readonly [name: string]: unknown };

export type CardServiceDeps = {
  readonly connect: () => Promise<CardConnection>;
  readonly clock: TerminalClock;
  /** Keys of the terminal's PIN pad; they open the wrapped keys of a sign-in. */
  readonly pinPadKeys: { readonly masterKey: Uint8Array; readonly bankMasterKey: Uint8Array };
};

/** The card while it is in the reader. */
export type CardService = {
  /** Carries out one order; whatever is wrong with it is a reply. */
  run(order: unknown): Promise<CardReply>;
  close(): Promise<void>;
};

type State = {
  connection: CardConnection;
  /** Between `arqc` and `finish`. */
  debit: CounterCard | undefined;
};

/** Powers the card up. Rejects with `ReaderError`. */
export async function openCardService(deps: CardServiceDeps): Promise<CardService> {
  const state: State = { connection: await deps.connect(), debit: undefined };
  return {
    run: async (order) => {
      const asked = orderOf(order);
      if (asked === undefined) return refusal('REQUEST_MALFORMED');
      try {
        return await carryOut(deps, state, asked);
      } catch (error) {
        if (error instanceof ReaderError) return cardFailure(error.code);
        throw error;
      }
    },
    close: () => state.connection.disconnect(),
  };
}

function orderOf(value: unknown): CardOrder | undefined {
  const order = Object.values(operations).find((schema) => Value.Check(schema, value));
  return order === undefined ? undefined : (value as CardOrder);
}

async function carryOut(deps: CardServiceDeps, state: State, order: CardOrder): Promise<CardReply> {
  const { connection } = state;
  switch (order.op) {
    case 'reset':
      await connection.disconnect();
      state.connection = await deps.connect();
      state.debit = undefined;
      return { ok: true };
    case 'apdu':
      return done({ response: toHex(await connection.transmit(fromHex(order.command))) });
    case 'select': {
      const read = await cardOf(deps, connection).read();
      return read.ok ? done({ card: read.value }) : cardFailure(read.error.code);
    }
    case 'verify': {
      const verified = await verifyHolder(connection, order.pin);
      return verified.ok ? { ok: true } : wrongPin(verified.error);
    }
    case 'prove': {
      const proof = await cardOf(deps, connection).prove(order);
      return proof.ok ? done({ cryptogram: proof.value }) : cardFailure(proof.error.code);
    }
    case 'pin-block':
      return medicalPinBlock(deps, connection, order);
    case 'bank-pin-block':
      return bankPinBlock(deps, order);
    case 'arqc':
      return authorise(deps, state, order);
    case 'finish':
      return finish(state, order);
  }
}

function done(values: { readonly [name: string]: unknown }): CardReply {
  return { ok: true, ...values };
}

/** Any eight characters; the bank's number of the terminal where there is one. */
const NO_SERIAL = '00000000';

function cardOf(
  { clock }: CardServiceDeps,
  connection: CardConnection,
  serial = NO_SERIAL,
): CounterCard {
  const traceNumber = (Math.floor(clock.now() / 1000) % 99_999_999) + 1;
  return openCounterCard({ connection, clock, serial, traceNumber });
}

async function medicalPinBlock(
  deps: CardServiceDeps,
  connection: CardConnection,
  { pin, key }: Operations['pin-block'],
): Promise<CardReply> {
  const read = await cardOf(deps, connection).read();
  if (!read.ok) return cardFailure(read.error.code);
  const pad = pinPadOf(deps, pin);
  pad.loadKeys({ pinKey: key, bankPinKey: null });
  return blockReply(await pad.medicalPinBlock(read.value.cardId));
}

async function bankPinBlock(
  deps: CardServiceDeps,
  { pin, key, pan }: Operations['bank-pin-block'],
): Promise<CardReply> {
  const pad = pinPadOf(deps, pin);
  pad.loadKeys({ pinKey: '', bankPinKey: key });
  return blockReply(await pad.bankPinBlock(pan));
}

function pinPadOf({ pinPadKeys, clock }: CardServiceDeps, pin: string) {
  return createSoftwarePinPad({ ...pinPadKeys, clock, askPin: async () => pin });
}

function blockReply(block: string | undefined): CardReply {
  return block === undefined ? refusal('PIN_KEY_REFUSED') : done({ block });
}

async function authorise(
  deps: CardServiceDeps,
  state: State,
  { amount, serial }: Operations['arqc'],
): Promise<CardReply> {
  const amountFen = parseFen(amount);
  if (amountFen === undefined) return refusal('REQUEST_MALFORMED');
  const card = cardOf(deps, state.connection, serial);
  state.debit = undefined;
  const asked = await card.authorise(amountFen);
  if (!asked.ok) return cardFailure(asked.error.code);
  state.debit = card;
  return done({ bank: asked.value });
}

async function finish(
  state: State,
  { responseCode, issuerAuthData }: Operations['finish'],
): Promise<CardReply> {
  const { debit } = state;
  if (debit === undefined) return refusal('NO_AUTHORISATION');
  state.debit = undefined;
  const finished = await debit.finish({ responseCode, issuerAuthData });
  return finished.ok ? done({ approved: finished.value }) : cardFailure(finished.error.code);
}

function wrongPin(error: SessionError | VerifyPinError): CardReply {
  if (error.code === 'PIN_WRONG') return { ...refusal('PIN_WRONG'), triesLeft: error.triesLeft };
  if (error.code === 'PIN_LOCKED') return refusal('PIN_LOCKED');
  return cardFailure(error.code === 'READER_FAILED' ? error.reader : error.code);
}

function cardFailure(code: CardFailureCode): CardReply {
  return { ok: false, code, message: adviceOf(code).message };
}

function refusal(code: OwnCode): CardReply {
  return { ok: false, code, message: texts[code] };
}

const texts: Readonly<Record<OwnCode, Text>> = {
  REQUEST_MALFORMED: {
    zh: '请求不正确：应为一行 JSON，op 及其参数见说明',
    en: 'The request is not one line of JSON with a known op and its members',
  },
  PIN_WRONG: { zh: '密码错误', en: 'The PIN is wrong' },
  PIN_LOCKED: { zh: '密码已锁定', en: 'The PIN is locked' },
  PIN_KEY_REFUSED: {
    zh: '密钥校验值不正确：不是该终端签到所得的密钥',
    en: 'The check value of the key is wrong: it is no key of a sign-in of this terminal',
  },
  NO_AUTHORISATION: {
    zh: '请先执行 arqc',
    en: 'There is no authorisation to finish: arqc comes first',
  },
};
