/**
 * Which rule a refused signature broke, for whoever writes a terminal. It is read from the request alone, so
 * it tells nobody more than the request did; a signature of the right form with a wrong value is only called
 * that.
 */
import type { RequestAlgorithm } from '../../base/signatures/signature-base.ts';

export type SignatureHeaders = {
  /** Value of Signature-Input, "" when it is missing. */
  readonly input: string;
  /** Value of Signature. */
  readonly signature: string;
  /** Value of Content-Digest. */
  readonly digest: string;
};

type Rule = { readonly pattern: RegExp; readonly text: string };

/** The parts of Signature-Input in their order; each pattern begins where the last one ended. */
const inputRules: readonly Rule[] = [
  { pattern: /^y=/, text: 'Signature-Input has the label y' },
  {
    pattern: /^\("@method" "@path" "@query" "content-digest"\)/,
    text: 'Signature-Input covers ("@method" "@path" "@query" "content-digest"), in this order',
  },
  {
    pattern: /^;created=[1-9]\d{9}(?=;)/,
    text: 'the first parameter of Signature-Input is created: seconds since 1970, 10 digits',
  },
  {
    pattern: /^;nonce="[A-Za-z0-9_-]{16,64}"/,
    text: 'the second parameter is nonce: 16 to 64 of A-Z a-z 0-9 _ - in quotes (base64url, not base64)',
  },
  {
    pattern: /^;keyid="[A-Za-z0-9_.-]{1,64}"/,
    text: 'the third parameter is keyid: the id of the terminal in quotes',
  },
  {
    pattern: /^;alg="(hmac-sm3|ed25519)"/,
    text: 'the fourth parameter is alg: "hmac-sm3" or "ed25519"',
  },
  { pattern: /^$/, text: 'nothing follows alg: one label, four parameters' },
];

/** Base64 of 32 and of 64 bytes, with its padding. */
const signatureForms: Readonly<Record<RequestAlgorithm, Rule>> = {
  'hmac-sm3': {
    pattern: /^y=:[A-Za-z0-9+/]{43}=:$/,
    text: 'Signature is y=:…: with the base64 of 32 bytes (HMAC-SM3)',
  },
  ed25519: {
    pattern: /^y=:[A-Za-z0-9+/]{86}==:$/,
    text: 'Signature is y=:…: with the base64 of 64 bytes (Ed25519)',
  },
};

/**
 * The first rule that the request breaks, in English, as `detail` of a refusal.
 * @param algorithm that the route demands
 * @param digestOfBody Content-Digest that the body as received has
 */
export function describeSignatureFault(
  { input, signature, digest }: SignatureHeaders,
  algorithm: RequestAlgorithm,
  digestOfBody: string,
): string {
  if (input === '') return 'the header Signature-Input is missing';
  const broken = brokenInputRule(input);
  if (broken !== undefined) return broken;
  if (!input.endsWith(`alg="${algorithm}"`)) return `this route takes alg="${algorithm}"`;
  if (signature === '') return 'the header Signature is missing';
  const form = signatureForms[algorithm];
  if (!form.pattern.test(signature)) return form.text;
  if (digest === '') return 'the header Content-Digest is missing';
  if (digest !== digestOfBody) {
    return 'Content-Digest is sha-256=:…: with the base64 of the SHA-256 of the body as sent';
  }
  return 'the signature is not that of the signature base under the key of this terminal';
}

function brokenInputRule(input: string): string | undefined {
  let rest = input;
  for (const { pattern, text } of inputRules) {
    const match = pattern.exec(rest);
    if (match === null) return text;
    rest = rest.slice(match[0].length);
  }
  return undefined;
}
