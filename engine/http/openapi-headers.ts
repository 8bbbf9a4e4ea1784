/** Headers of signed requests and of answers, for the API description. */
import { ACCEPT_TREE } from '../base/signatures/signature-base.ts';

const text = { type: 'string' } as const;

const digest = {
  description: 'sha-256=:…:, base64 of the SHA-256 of the body; without a body that of nothing',
  schema: { ...text, pattern: '^sha-256=:[A-Za-z0-9+/]{43}=:$' },
};

/** Parameters of every signed request, by their names in the components. */
export const requestHeaders = {
  ContentDigest: { ...digest, name: 'Content-Digest', in: 'header', required: true },
  SignatureInput: {
    ...{ name: 'Signature-Input', in: 'header', required: true },
    description:
      'y=("@method" "@path" "@query" "content-digest");created=…;nonce="…";keyid="…";alg="…", exactly',
    schema: {
      ...text,
      pattern:
        '^y=\\("@method" "@path" "@query" "content-digest"\\);created=[1-9][0-9]{9};nonce="[A-Za-z0-9_-]{16,64}";keyid="[A-Za-z0-9_.-]{1,64}";alg="(hmac-sm3|ed25519)"$',
    },
  },
  Signature: {
    ...{ name: 'Signature', in: 'header', required: true },
    description: 'y=:…:, base64 of 32 bytes (hmac-sm3) or 64 bytes (ed25519)',
    schema: { ...text, pattern: '^y=:[A-Za-z0-9+/]{43,86}={1,2}:$' },
  },
  AcceptSignature: {
    ...{ name: 'Accept-Signature', in: 'header', required: false },
    description: 'With this value the answer may be signed together with others',
    schema: { ...text, enum: [ACCEPT_TREE] },
  },
};

/** Headers of answers, by their names in the components. */
export const answerHeaders = {
  ContentDigest: digest,
  SignatureInput: {
    description: 'y=("@status" "content-digest" "signature";req;key="y");keyid="…";alg="…"',
    schema: text,
  },
  Signature: {
    description: 'y=:…:, Ed25519 signature, or with ed25519-tree the root’s signature and the path',
    schema: text,
  },
  IdempotentReplay: {
    description: 'true: this answer was given before, to the same request key and body',
    schema: { ...text, enum: ['true'] },
  },
  RetryAfter: { description: 'Seconds to wait before the next try', schema: { type: 'integer' } },
};

const signatures = ['ContentDigest', 'SignatureInput', 'Signature'] as const;
const headerNames: Readonly<Record<keyof typeof answerHeaders, string>> = {
  ContentDigest: 'Content-Digest',
  SignatureInput: 'Signature-Input',
  Signature: 'Signature',
  IdempotentReplay: 'idempotent-replay',
  RetryAfter: 'Retry-After',
};

/** References to the parameters of a signed request. */
export const requestHeaderReferences = Object.keys(requestHeaders).map((name) => ({
  $ref: `#/components/parameters/${name}`,
}));

/** References to the headers of an answer with this status; `isStored`: to a settlement or refund. */
export function answerHeaderReferences(status: string, isStored: boolean) {
  const replay = isStored ? (['IdempotentReplay'] as const) : [];
  const wait = status === '202' || status === 'default' ? (['RetryAfter'] as const) : [];
  return Object.fromEntries(
    [...signatures, ...replay, ...wait].map((name) => [
      headerNames[name],
      { $ref: `#/components/headers/${name}` },
    ]),
  );
}
