import { createHash, randomBytes } from 'node:crypto';
import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { internalAuthCryptogram } from '../../engine/base/crypto/card-key.ts';
import {
  encodePinBlock4,
  pinAccountDigits,
  sm4Cipher,
} from '../../engine/base/crypto/pin-block.ts';
import { hmacSm3 } from '../../engine/base/crypto/sm3.ts';
import { invariant } from '../../engine/base/errors/result.ts';
import { parseFen } from '../../engine/base/money/fen.ts';
import {
  ACCEPT_TREE,
  contentDigestOf,
  requestSignatureBase,
  requestSignatureInput,
  signatureHeader,
} from '../../engine/base/signatures/signature-base.ts';
import type { BillBody } from '../../engine/contract/bill.ts';
import type { ChallengeDocument } from '../../engine/contract/challenge.ts';
import type { SettlementRequest, TenderBody } from '../../engine/contract/settlement.ts';
import { loadTerminalKeys } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { SANDBOX_BANK_PIN } from '../../engine/sandbox/seed/sandbox-people.ts';
import type { PopulationMember } from '../../engine/sandbox/seed/seed-population.ts';
import { openCounterCard } from '../../terminal-adapter/agent/counter-card.ts';
import type { PinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { createEngineClient } from '../../terminal-adapter/client/engine-client.ts';
import { unwrapKey } from '../../terminal-adapter/client/unwrap-key.ts';
import { createSimulatedReader } from '../../terminal-adapter/readers/simulated-reader.ts';
import type { VirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { benchBill, ownPayBill } from './bench-bills.ts';
import type { BenchCounter } from './bench-population.ts';

export type Tender = 'cash' | 'bank-debit';

/** A counter that is signed in and makes whole, signed HTTP requests. */
export type LoadCounter = {
  challengeRequest(member: PopulationMember, tender: Tender): Buffer;
  /** `challenge`: the engine's answer to the challenge request. Cash: no bank takes part. */
  settleRequest(member: PopulationMember, challenge: ChallengeDocument): Buffer;
  /** A settlement of `lines` lines in steps, for wrong PINs and repeated requests. */
  openSale(member: PopulationMember, lines: number): OpenSale;
  refundRequest(settlementId: string): Buffer;
  /** The bank pays a bill of which no fund pays anything. `chip`: the member's own, with its counter. */
  debitRequest(
    member: PopulationMember,
    chip: VirtualCard,
    challenge: ChallengeDocument,
  ): Promise<Buffer>;
};

export type OpenSale = {
  challengeRequest(): Buffer;
  /** Each call signs the same key and body with a new nonce. */
  settle(challenge: ChallengeDocument, medicalPin?: string): () => Buffer;
};

const EXCHANGE_MS = 30_000;
const clock = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };
const TRACE_NUMBERS = 99_999_999;

/** Signs a terminal in, as a real one does, and keeps its session keys. */
export async function openLoadCounter(
  counter: BenchCounter,
  options: { readonly url: string; readonly folder: string },
): Promise<LoadCounter> {
  const { id } = counter.terminal;
  const keys = loadTerminalKeys(options.folder, counter.terminal);
  const client = createEngineClient({
    baseUrls: [options.url],
    terminal: {
      terminalId: id,
      privateKey: Buffer.from(keys.deviceKey).toString('base64'),
      masterKey: toHex(keys.masterKey),
    },
    clock,
    timeoutMs: EXCHANGE_MS,
  });
  const signedIn = await client.signIn();
  if (signedIn.kind !== 'approved') throw new Error(`terminal ${id} cannot sign in`);
  const { macKey: wrappedMacKey, pinKey: wrappedPinKey, businessDate } = signedIn.body;
  const unwrap = (wrapped: string) =>
    unwrapKey({ algorithm: 'sm4', masterKey: keys.masterKey, wrapped });
  const [macKey, pinKey] = [unwrap(wrappedMacKey), unwrap(wrappedPinKey)];
  invariant(macKey !== undefined && pinKey !== undefined, 'a sign-in brings the session keys');
  const bill = benchBill(counter.careType, businessDate);
  const bankBill = ownPayBill(counter.careType, businessDate);
  const pinPad = createSoftwarePinPad({
    masterKey: keys.masterKey,
    bankMasterKey: keys.bankPinPadKey,
    clock,
    askPin: async () => SANDBOX_BANK_PIN,
  });
  pinPad.loadKeys(signedIn.body);
  const { host } = new URL(options.url);
  const post = (path: string, body: object) =>
    signedPost({ host, path, body: JSON.stringify(body), terminalId: id, macKey });
  return {
    challengeRequest({ card: { cardId } }, tender) {
      const { totalAmount } = tender === 'cash' ? bill : bankBill;
      return post('/v1/challenges', { cardId, totalAmount });
    },
    settleRequest: (member, challenge) =>
      post('/v1/settlements', settlement(member, challenge, { bill, pinKey })),
    openSale(member, lines) {
      const { cardId } = member.card;
      const basket = benchBill(counter.careType, businessDate, lines);
      return {
        challengeRequest: () => post('/v1/challenges', { cardId, totalAmount: basket.totalAmount }),
        settle(challenge, medicalPin = member.medicalPin) {
          const holder = { ...member, medicalPin };
          const request = settlement(holder, challenge, { bill: basket, pinKey });
          return () => post('/v1/settlements', request);
        },
      };
    },
    refundRequest: (settlementId) =>
      post(`/v1/settlements/${settlementId}/refunds`, { requestKey: newRequestKey() }),
    async debitRequest(member, chip, challenge) {
      const tender = await debit(chip, pinPad, {
        totalAmount: bankBill.totalAmount,
        serial: counter.terminal.bankTerminalId,
      });
      const request = settlement(member, challenge, { bill: bankBill, pinKey });
      return post('/v1/settlements', { ...request, useAccount: false, tender });
    },
  };
}

function settlement(
  member: PopulationMember,
  { challenge, factor, source }: ChallengeDocument,
  { bill, pinKey }: { readonly bill: BillBody; readonly pinKey: Uint8Array },
): SettlementRequest {
  const { card } = member;
  const cryptogram = internalAuthCryptogram({
    algorithm: 'sm4',
    cardKey: member.cardKey(),
    factor8: fromHex(factor),
    source8: fromHex(source),
  });
  const block = encodePinBlock4({
    pin: member.medicalPin,
    pan: pinAccountDigits(card.cardId),
    random: randomBytes(8),
    cipher: sm4Cipher(pinKey),
  });
  return {
    requestKey: newRequestKey(),
    card: { ...card, expiresOn: card.expiresOn ?? null },
    chip: { challenge, cryptogram: toHex(cryptogram) },
    pin: { block: toHex(block) },
    bill,
    useAccount: true,
    tender: { kind: 'cash' },
  };
}

/** The data of chip and PIN pad for the bank. */
async function debit(
  chip: VirtualCard,
  pinPad: PinPad,
  { totalAmount, serial }: { readonly totalAmount: string; readonly serial: string },
): Promise<TenderBody> {
  const connection = await createSimulatedReader({ card: chip }).connect();
  const traceNumber = (Date.now() % TRACE_NUMBERS) + 1;
  const card = openCounterCard({ connection, clock, serial, traceNumber });
  const amount = parseFen(totalAmount);
  invariant(amount !== undefined, 'the bill has a total');
  const bank = await card.authorise(amount);
  invariant(bank.ok, 'the bank application answers');
  const pinBlock = await pinPad.bankPinBlock(bank.value.pan);
  invariant(pinBlock !== undefined, 'the PIN pad has the key of the bank');
  return { kind: 'bank-debit', expected: totalAmount, pinBlock, ...bank.value };
}

function newRequestKey(): string {
  return randomBytes(18).toString('base64url');
}

type Post = {
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly terminalId: string;
  readonly macKey: Uint8Array;
};

/** A request with its RFC 9421 signature, as bytes for a socket. */
function signedPost({ host, path, body, terminalId, macKey }: Post): Buffer {
  const contentDigest = contentDigestOf(createHash('sha256').update(body).digest('base64'));
  const input = {
    created: Math.ceil(Date.now() / 1000),
    nonce: randomBytes(16).toString('base64url'),
    keyId: terminalId,
    algorithm: 'hmac-sm3',
  } as const;
  const base = requestSignatureBase({ ...input, method: 'POST', path, query: '', contentDigest });
  const signature = Buffer.from(hmacSm3(macKey, Buffer.from(base))).toString('base64');
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Content-Digest: ${contentDigest}`,
    `Signature-Input: ${requestSignatureInput(input)}`,
    `Signature: ${signatureHeader(signature)}`,
    // As terminal-adapter sends it.
    `Accept-Signature: ${ACCEPT_TREE}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}
