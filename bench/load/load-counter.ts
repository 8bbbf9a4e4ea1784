import { createHash, randomBytes } from 'node:crypto';
import { fromHex, toHex } from '../../engine/domain/chip/bytes.ts';
import { internalAuthCryptogram } from '../../engine/domain/chip/card-key.ts';
import {
  encodePinBlock4,
  pinAccountDigits,
  sm4Cipher,
} from '../../engine/domain/chip/pin-block.ts';
import { hmacSm3 } from '../../engine/domain/chip/sm3.ts';
import { invariant } from '../../engine/domain/errors/result.ts';
import {
  contentDigestOf,
  requestSignatureBase,
  requestSignatureInput,
  signatureHeader,
} from '../../engine/domain/wire/signature-base.ts';
import { loadTerminalKeys } from '../../engine/sandbox/keys/sandbox-keys.ts';
import type { CrowdMember } from '../../engine/sandbox/seed/seed-crowd.ts';
import { createEngineClient } from '../../terminal-adapter/client/engine-client.ts';
import { unwrapKey } from '../../terminal-adapter/client/unwrap-key.ts';
import type { Challenge, SettleRequest, WireBill } from '../../terminal-adapter/client/wire.ts';
import { benchBill } from './bench-bills.ts';
import type { BenchCounter } from './bench-crowd.ts';

/** A counter that is signed in and makes whole, signed HTTP requests. */
export type LoadCounter = {
  challengeRequest(member: CrowdMember): Buffer;
  /** `challenge`: the engine's answer to the former. Cash: no bank takes part. */
  settleRequest(member: CrowdMember, challenge: Challenge): Buffer;
};

const EXCHANGE_MS = 30_000;

/** Signs a terminal in, as a real one does, and keeps its session keys. */
export async function openLoadCounter(
  counter: BenchCounter,
  options: { readonly url: string; readonly folder: string },
): Promise<LoadCounter> {
  const { id } = counter.terminal;
  const keys = loadTerminalKeys(options.folder, counter.terminal);
  const client = createEngineClient({
    baseUrl: options.url,
    terminal: {
      terminalId: id,
      privateKey: Buffer.from(keys.deviceKey).toString('base64'),
      masterKey: toHex(keys.masterKey),
    },
    clock: { now: () => Date.now(), randomBytes: (count) => randomBytes(count) },
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
  const { host } = new URL(options.url);
  const post = (path: string, body: object) =>
    signedPost({ host, path, body: JSON.stringify(body), terminalId: id, macKey });
  return {
    challengeRequest: ({ card: { cardId } }) =>
      post('/v1/challenges', { cardId, totalAmount: bill.totalAmount }),
    settleRequest: (member, challenge) =>
      post('/v1/settlements', settlement(member, challenge, { bill, pinKey })),
  };
}

function settlement(
  member: CrowdMember,
  { challenge, factor, source }: Challenge,
  { bill, pinKey }: { readonly bill: WireBill; readonly pinKey: Uint8Array },
): SettleRequest {
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
    requestKey: randomBytes(18).toString('base64url'),
    card: { ...card, expiresOn: card.expiresOn ?? null },
    chip: { challenge, cryptogram: toHex(cryptogram) },
    pin: { block: toHex(block) },
    bill,
    useAccount: true,
    tender: { kind: 'cash' },
  };
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
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}
