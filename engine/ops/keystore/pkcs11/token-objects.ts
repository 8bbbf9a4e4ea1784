/** Keys as objects of a token: which object is which key, and how each kind is kept. */
import { KeystoreUnavailable } from '../../../ports/keys.ts';
import type { Attribute, Handle, Template } from './cryptoki.ts';
import { attribute as a, keyType, mechanism, objectClass } from './cryptoki.ts';
import type { TokenSession } from './token.ts';

/** Marks data objects of this program among others' on the token. */
const APPLICATION = 'yikatong';
/** AES-256, never leaves the token; SM4 and HMAC-SM3 keys, which the token cannot use, are kept under it. */
export const WRAPPING_KEY = 'wrapping';
const OBJECTS_MAX = 1_000;
const WRAPPED_BYTES_MAX = 64;

/** Attributes of an object that stays on the token, and is seen after the login only. */
export function kept(label: string): readonly Attribute[] {
  return [
    { type: a.token, value: true },
    { type: a.private, value: true },
    { type: a.label, value: label },
  ];
}

/** A key that is used inside and cannot be read. */
export const insideOnly: readonly Attribute[] = [
  { type: a.sensitive, value: true },
  { type: a.extractable, value: false },
];

export function find({ cryptoki, session }: TokenSession, template: Template): readonly Handle[] {
  cryptoki.C_FindObjectsInit(session, template);
  try {
    return cryptoki.C_FindObjects(session, OBJECTS_MAX);
  } finally {
    cryptoki.C_FindObjectsFinal(session);
  }
}

/** Finds an object once for each opening of the token. @throws KeystoreUnavailable when it is missing */
export function handleOf(session: TokenSession, className: ClassName, label: string): Handle {
  const name = `${className} ${label}`;
  const known = session.handles.get(name);
  if (known !== undefined) return known;
  const [handle] = findByLabel(session, className, label);
  if (handle === undefined) throw new KeystoreUnavailable(`the token has no ${label}`);
  session.handles.set(name, handle);
  return handle;
}

export type ClassName = keyof typeof objectClass;

export function findByLabel(
  session: TokenSession,
  className: ClassName,
  label: string,
): readonly Handle[] {
  return find(session, [
    { type: a.class, value: objectClass[className] },
    { type: a.label, value: label },
  ]);
}

export function readAttribute(
  { cryptoki, session }: TokenSession,
  object: Handle,
  type: number,
): Buffer {
  const [found] = cryptoki.C_GetAttributeValue(session, object, [{ type }]);
  if (found === undefined) throw new KeystoreUnavailable('the token does not tell an attribute');
  return found.value;
}

/** Stores a key's value under the wrapping key. The value is not wiped here. */
export function keepWrapped(session: TokenSession, label: string, value: Uint8Array): void {
  const { cryptoki } = session;
  const key = cryptoki.C_CreateObject(session.session, [
    { type: a.class, value: objectClass.secretKey },
    { type: a.keyType, value: keyType.genericSecret },
    { type: a.token, value: false },
    { type: a.extractable, value: true },
    { type: a.value, value: Buffer.from(value.buffer, value.byteOffset, value.length) },
  ]);
  try {
    const wrapped = cryptoki.C_WrapKey(
      session.session,
      { mechanism: mechanism.aesKeyWrap },
      handleOf(session, 'secretKey', WRAPPING_KEY),
      key,
      Buffer.alloc(WRAPPED_BYTES_MAX),
    );
    cryptoki.C_CreateObject(session.session, [
      { type: a.class, value: objectClass.data },
      ...kept(label),
      { type: a.application, value: APPLICATION },
      { type: a.value, value: wrapped },
    ]);
  } finally {
    cryptoki.C_DestroyObject(session.session, key);
  }
}

/** The value of a wrapped key: it leaves the token here. The caller wipes it. */
export function openWrapped(session: TokenSession, label: string): Uint8Array {
  const { cryptoki } = session;
  const wrapped = readAttribute(session, handleOf(session, 'data', label), a.value);
  const key = cryptoki.C_UnwrapKey(
    session.session,
    { mechanism: mechanism.aesKeyWrap },
    handleOf(session, 'secretKey', WRAPPING_KEY),
    wrapped,
    [
      { type: a.class, value: objectClass.secretKey },
      { type: a.keyType, value: keyType.genericSecret },
      { type: a.token, value: false },
      { type: a.sensitive, value: false },
      { type: a.extractable, value: true },
    ],
  );
  try {
    return readAttribute(session, key, a.value);
  } finally {
    cryptoki.C_DestroyObject(session.session, key);
  }
}

/** Labels of this program's objects of a class. */
export function labelsOf(session: TokenSession, className: ClassName): readonly string[] {
  const handles = find(session, [{ type: a.class, value: objectClass[className] }]);
  return handles.map((handle) => readAttribute(session, handle, a.label).toString('utf8'));
}
