import { oddParity } from '../../../base/crypto/block-cipher.ts';
import { toHex } from '../../../base/crypto/bytes.ts';
import type { KeyCabinet, KeyDomain, KeyRecord } from '../key-cabinet.ts';
import { keyLabel, readKeyLabel } from '../key-cabinet.ts';
import type { KeyKind } from '../key-catalogue.ts';
import { checkValueOf, keyBytes, newKey } from '../key-catalogue.ts';
import { refusedKey } from '../keystore-errors.ts';
import type { Attribute } from './cryptoki.ts';
import { attribute as a, keyType, mechanism, objectClass } from './cryptoki.ts';
import type { Token, TokenSession } from './token.ts';
import type { ClassName } from './token-objects.ts';
import {
  findByLabel,
  handleOf,
  insideOnly,
  keepWrapped,
  kept,
  labelsOf,
  openWrapped,
  readAttribute,
  WRAPPING_KEY,
} from './token-objects.ts';

/** Ed25519, RFC 8410; the point is an OCTET STRING of 34 bytes. */
const ED25519 = Buffer.from('06032b6570', 'hex');
const SPKI_HEADER = Buffer.from('302a300506032b6570032100', 'hex');
const POINT_HEADER_BYTES = 2;
const CHECK_VALUE_BYTES = 3;

/** Of which class the object is that stands for a key. */
const classOf = {
  '3des': 'secretKey',
  ed25519: 'privateKey',
  sm4: 'data',
  'hmac-sm3': 'data',
} as const satisfies Readonly<Record<KeyKind, ClassName>>;

/** The keys of a token. What the module can use stays in it; SM4 and HMAC-SM3 keys are kept wrapped. */
export function createTokenCabinet(
  token: Token,
  domain: KeyDomain,
  kinds: Readonly<Record<string, KeyKind>>,
): KeyCabinet {
  const kindOf = (name: string): KeyKind => {
    const kind = kinds[name];
    if (kind === undefined) throw refusedKey(name);
    return kind;
  };
  return {
    ...{ domain, kinds, close: token.close },
    list: () => token.run((session) => listKeys(session, kinds)),
    generate: (name) =>
      token.run((session) => {
        const label = keyLabel(name, nextVersion(listKeys(session, kinds), name));
        const kind = kindOf(name);
        if (kind === 'ed25519') makePair(session, label);
        else if (kind === '3des') make3des(session, label);
        else {
          makeWrappingKey(session);
          keepAndWipe(session, label, newKey(kind));
        }
        return recordOf(session, kinds, label);
      }),
    install: (name, value) =>
      token.run((session) => {
        const label = keyLabel(name, nextVersion(listKeys(session, kinds), name));
        const kind = kindOf(name);
        if (keyBytes(kind) !== value.length) throw refusedKey(name);
        if (kind === '3des') put3des(session, label, value);
        else {
          makeWrappingKey(session);
          keepAndWipe(session, label, value);
        }
        return recordOf(session, kinds, label);
      }),
    destroy: (name, version) =>
      token.run((session) => destroyKey(session, kindOf(name), keyLabel(name, version))),
  };
}

/** SPKI DER of a key pair's public key. */
export function publicKeyOf(session: TokenSession, label: string): Uint8Array {
  const point = readAttribute(session, handleOf(session, 'publicKey', label), a.ecPoint);
  return Buffer.concat([SPKI_HEADER, point.subarray(POINT_HEADER_BYTES)]);
}

function listKeys(
  session: TokenSession,
  kinds: Readonly<Record<string, KeyKind>>,
): readonly KeyRecord[] {
  const classes = new Set(Object.values(kinds).map((kind) => classOf[kind]));
  return [...classes]
    .flatMap((className) => labelsOf(session, className))
    .filter((label) => kinds[readKeyLabel(label)?.name ?? ''] !== undefined)
    .toSorted()
    .map((label) => recordOf(session, kinds, label));
}

function recordOf(
  session: TokenSession,
  kinds: Readonly<Record<string, KeyKind>>,
  label: string,
): KeyRecord {
  const read = readKeyLabel(label);
  const kind = kinds[read?.name ?? ''];
  if (read === undefined || kind === undefined) throw refusedKey(label);
  return { ...read, kind, checkValue: checkValue(session, kind, label) };
}

function checkValue(session: TokenSession, kind: KeyKind, label: string): string {
  if (kind === '3des') {
    const value = readAttribute(session, handleOf(session, 'secretKey', label), a.checkValue);
    return toHex(value.subarray(0, CHECK_VALUE_BYTES));
  }
  if (kind === 'ed25519') return checkValueOf(kind, publicKeyOf(session, label));
  const key = openWrapped(session, label);
  try {
    return checkValueOf(kind, key);
  } finally {
    key.fill(0);
  }
}

function nextVersion(records: readonly KeyRecord[], name: string): number {
  const versions = records.filter((record) => record.name === name).map(({ version }) => version);
  return Math.max(0, ...versions) + 1;
}

/** Master keys only encipher (to derive), the link key only deciphers (to open). */
const uses3des: readonly Attribute[] = [
  { type: a.encrypt, value: true },
  { type: a.decrypt, value: true },
];

function make3des({ cryptoki, session }: TokenSession, label: string): void {
  const template = [...kept(label), ...insideOnly, ...uses3des];
  cryptoki.C_GenerateKey(session, { mechanism: mechanism.des2KeyGen }, template);
}

function put3des({ cryptoki, session }: TokenSession, label: string, value: Uint8Array): void {
  const key = Buffer.from(oddParity(value));
  value.fill(0);
  try {
    cryptoki.C_CreateObject(session, [
      { type: a.class, value: objectClass.secretKey },
      { type: a.keyType, value: keyType.des2 },
      ...kept(label),
      ...insideOnly,
      ...uses3des,
      { type: a.value, value: key },
    ]);
  } finally {
    key.fill(0);
  }
}

function makePair({ cryptoki, session }: TokenSession, label: string): void {
  cryptoki.C_GenerateKeyPair(
    session,
    { mechanism: mechanism.ecEdwardsKeyPairGen },
    [...kept(label), { type: a.verify, value: true }, { type: a.ecParams, value: ED25519 }],
    [...kept(label), ...insideOnly, { type: a.sign, value: true }],
  );
}

function makeWrappingKey(session: TokenSession): void {
  if (findByLabel(session, 'secretKey', WRAPPING_KEY).length > 0) return;
  session.cryptoki.C_GenerateKey(session.session, { mechanism: mechanism.aesKeyGen }, [
    ...kept(WRAPPING_KEY),
    ...insideOnly,
    { type: a.valueLength, value: 32 },
    { type: a.wrap, value: true },
    { type: a.unwrap, value: true },
  ]);
}

function keepAndWipe(session: TokenSession, label: string, value: Uint8Array): void {
  keepWrapped(session, label, value);
  value.fill(0);
}

function destroyKey(session: TokenSession, kind: KeyKind, label: string): boolean {
  const handles = findByLabel(session, classOf[kind], label);
  const pair = kind === 'ed25519' ? findByLabel(session, 'publicKey', label) : [];
  for (const handle of [...handles, ...pair]) {
    session.cryptoki.C_DestroyObject(session.session, handle);
  }
  session.handles.clear();
  return handles.length > 0;
}
