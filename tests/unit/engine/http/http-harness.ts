// A whole HTTP surface on fakes: real keys and signatures, a clock that stands where it is put, and
// answers in place of flows.

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { hmacSm3 } from '../../../../engine/base/crypto/sm3.ts';
import { wrapWorkKeys } from '../../../../engine/base/crypto/work-keys.ts';
import type { InstitutionCode, TerminalId } from '../../../../engine/base/ids/ids.ts';
import {
  contentDigestOf,
  type RequestAlgorithm,
  requestSignatureBase,
  requestSignatureInput,
  signatureHeader,
} from '../../../../engine/base/signatures/signature-base.ts';
import type { Answer } from '../../../../engine/domain/request/answer.ts';
import { storedAnswer } from '../../../../engine/domain/request/answer.ts';
import type { RunFlow } from '../../../../engine/failpoints/wrap.ts';
import type { Answered } from '../../../../engine/flows/execute-command.ts';
import { type AppDeps, buildApp } from '../../../../engine/http/build-app.ts';
import type { MeasuredRequest } from '../../../../engine/http/measure-requests.ts';
import type { Refusal } from '../../../../engine/http/refusals.ts';
import type { Terminal } from '../../../../engine/ports/reference.ts';

export const terminalId = 'T0000001' as TerminalId;
export const masterKey = '0123456789ABCDEFFEDCBA9876543210';
export const pinKey = '11111111111111112222222222222222';
export const macKey = '33333333333333334444444444444444';
export const startedAt = Date.parse('2026-11-22T08:00:00+08:00');

export const deviceKey = generateKeyPairSync('ed25519');
export const answerKey = generateKeyPairSync('ed25519');

function spki(key: typeof deviceKey): string {
  return key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

export const answerPublicKey = spki(answerKey);
export const devicePrivateKey = deviceKey.privateKey
  .export({ format: 'der', type: 'pkcs8' })
  .toString('base64');

export function answer(status: number, body: object): Answer {
  const outcome = status === 202 ? 'unknown' : status < 400 ? 'approved' : 'declined';
  return storedAnswer({ outcome, status, body: JSON.stringify(body), code: undefined });
}

const baseTerminal: Terminal = {
  id: terminalId,
  institution: 'P11010500001' as InstitutionCode,
  isEnabled: true,
  careTypes: ['41'],
  publicKey: spki(deviceKey),
  sealedMasterKey: masterKey,
  session: { signNo: 'S1', sealedPinKey: pinKey, sealedMacKey: macKey, signedInAt: startedAt },
  bankTerminalId: '12345678',
  bankMerchantId: '123456789012345',
  bankKeys: undefined,
};

function signInBody(at: number): object {
  const keys = { pik: fromHex(pinKey), mak: fromHex(macKey), tdk: undefined };
  const layout = { algorithm: 'sm4', masterKey: fromHex(masterKey), kcvBytes: 4 } as const;
  const wrapped = toHex(wrapWorkKeys(layout, keys));
  return {
    signNo: 'S1',
    serverTime: new Date(at).toISOString(),
    businessDate: '2026-11-22',
    pinKey: wrapped.slice(0, 40),
    macKey: wrapped.slice(40),
    bankPinKey: null,
    bankTerminalId: '12345678',
    bankMerchantId: '123456789012345',
    answerKey: { keyId: 'A1', algorithm: 'ed25519', publicKey: answerPublicKey },
  };
}

/** What flows come to, by the names under which the routes run them. */
export type FlowResults = { readonly [flow: string]: () => Promise<Answer | Answered> };

export type HarnessOptions = {
  readonly terminal?: Partial<Terminal>;
  /** What is remembered of the terminal, where another engine has changed it since. */
  readonly remembered?: Partial<Terminal>;
  readonly flows?: FlowResults;
  readonly acceptOnce?: AppDeps['reference']['acceptOnce'];
  readonly settings?: AppDeps['settings'];
  readonly signAnswer?: AppDeps['keys']['signAnswer'];
  /** Without them the surface has the routes of terminals only. */
  readonly offices?: Pick<AppDeps, 'office' | 'lists' | 'cards' | 'persons'>;
};

/**
 * The surface on fakes. `calls` lists the flows that were run, by name; `signed` what the answer key was
 * given to sign; `refusals` and `measured` what an observer was told.
 */
export async function createHarness(options: HarnessOptions = {}) {
  const clock = { at: startedAt, now: () => clock.at };
  const calls: string[] = [];
  const signed: Uint8Array[] = [];
  const refusals: Refusal[] = [];
  const measured: MeasuredRequest[] = [];
  const terminal = { ...baseTerminal, ...options.terminal };
  const settled = { outcome: 'approved', requestKey: 'K' };
  const flows: FlowResults = {
    'sign-in': async () => answer(200, signInBody(clock.at)),
    challenge: async () => answer(201, { challenge: 'c' }),
    quote: async () => answer(200, { outcome: 'quote' }),
    settle: async () => ({ answer: answer(200, settled), isReplay: false }),
    refund: async () => ({ answer: answer(200, settled), isReplay: false }),
    read: async () => answer(200, settled),
    enquire: async () => answer(200, { serverTime: '2026-11-22T08:00:00+08:00', items: [] }),
    ...options.flows,
  };
  const run: RunFlow = async (flow) => {
    calls.push(flow);
    return (await flows[flow]?.()) as never;
  };
  const app = await buildApp({
    run,
    readiness: async () => ({
      ready: true,
      mode: 'sandbox',
      detail: 'ok',
      checks: [{ name: 'database', ok: true }],
    }),
    clock,
    ...options.offices,
    reference: {
      findTerminal: async (id, ageMaxMs) => {
        if (id !== terminal.id) return undefined;
        return ageMaxMs === undefined ? { ...terminal, ...options.remembered } : terminal;
      },
      acceptOnce: options.acceptOnce ?? (async () => 'new'),
      findInstitution: async (code) => ({
        code,
        name: '安心大药房',
        region: '110105',
        carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
      }),
    },
    keys: {
      sessionMac: (sealed, data) => hmacSm3(fromHex(sealed), data),
      signAnswer: async (data) => {
        signed.push(data);
        return options.signAnswer?.(data) ?? sign(null, data, answerKey.privateKey);
      },
      answerKeyId: 'A1',
      answerPublicKey,
    },
    onRefused: (refusal) => void refusals.push(refusal),
    onMeasured: (request) => void measured.push(request),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  return { app, clock, calls, signed, refusals, measured };
}

export type Harness = Awaited<ReturnType<typeof createHarness>>;

export type SignedRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: string;
  readonly created?: number;
  readonly nonce?: string;
  readonly algorithm?: RequestAlgorithm;
  readonly keyId?: string;
};

let nonces = 0;

/** Headers of an honest terminal for this request, made at `at` (ms). */
export function signedHeaders(request: SignedRequest, at: number): Record<string, string> {
  const [path = '', query] = request.url.split(/(?=\?)/);
  const contentDigest = contentDigestOf(
    createHash('sha256')
      .update(request.body ?? '')
      .digest('base64'),
  );
  const input = {
    created: request.created ?? Math.ceil(at / 1000),
    nonce: request.nonce ?? `nonce-${String(++nonces).padStart(12, '0')}`,
    keyId: request.keyId ?? terminalId,
    algorithm: request.algorithm ?? 'hmac-sm3',
  };
  const base = Buffer.from(
    requestSignatureBase({
      ...input,
      method: request.method,
      path,
      query: query ?? '',
      contentDigest,
    }),
  );
  const signature =
    input.algorithm === 'ed25519'
      ? sign(null, base, deviceKey.privateKey)
      : hmacSm3(fromHex(macKey), base);
  return {
    'content-digest': contentDigest,
    'signature-input': requestSignatureInput(input),
    signature: signatureHeader(Buffer.from(signature).toString('base64')),
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

/** Sends a signed request; `change` may spoil its headers first. */
export async function send(
  { app, clock }: Harness,
  request: SignedRequest,
  change: Record<string, string> = {},
) {
  return app.inject({
    method: request.method,
    url: request.url,
    headers: { ...signedHeaders(request, clock.at), ...change },
    ...(request.body === undefined ? {} : { payload: request.body }),
  });
}

export const card = {
  cardId: '991000D15600000500000000000000FF',
  cardNumber: 'A12345678',
  cardClass: '1',
  specVersion: '3.00',
  issuedOn: '2026-01-01',
  expiresOn: '2036-01-01',
};

export const bill = {
  careType: '41',
  serviceDate: '2026-11-22',
  totalAmount: '13.55',
  lines: [
    {
      lineNo: '1',
      code: 'XA02BCA001A001010101445',
      name: '阿莫西林胶囊',
      quantity: '1',
      unitPrice: '13.55',
      amount: '13.55',
    },
  ],
};

export const settlement = {
  requestKey: 'sale-0000000000000001',
  card,
  chip: { challenge: 'c', cryptogram: '0011223344556677' },
  pin: { block: '00112233445566778899AABBCCDDEEFF' },
  bill,
  useAccount: true,
  tender: { kind: 'cash' },
};
