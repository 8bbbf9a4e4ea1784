/**
 * Goal: what is sealed comes back for its column and its keys only, older keys still open, a hash finds equal
 * texts and tells nothing without the key.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPersonalData } from '../../../../../engine/ops/keystore/personal-data.ts';
import { keyVersionOf, type PersonalData } from '../../../../../engine/ports/personal-data.ts';

const secretOf = (first: number) => Uint8Array.from({ length: 32 }, (_, i) => (first + i) % 256);

/** Stands for the keystore's storage key. */
const plainly = {
  seal: (plain: Uint8Array) => Buffer.from(plain).toString('hex'),
  open: (sealed: string) => Buffer.from(sealed, 'hex'),
};

function dataOf(versions: readonly number[], hashing = 200): PersonalData {
  const sealing = new Map(versions.map((version) => [version, secretOf(version)]));
  return createPersonalData({ sealing, hashing: secretOf(hashing) }, plainly);
}

const old = dataOf([1]);
const rotated = dataOf([2, 1]);
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const column = fc.constantFrom<'person.name' | 'person.id_number' | 'card.card_number'>(
  'person.name',
  'person.id_number',
  'card.card_number',
);

describe('sealing', () => {
  test('any text comes back, also after the key was rotated', () => {
    fc.assert(
      fc.property(text, column, (given, of) => {
        expect(old.open(of, old.seal(of, given))).toBe(given);
        expect(rotated.open(of, rotated.seal(of, given))).toBe(given);
        expect(rotated.open(of, old.seal(of, given))).toBe(given);
      }),
    );
  });

  test('the newest key seals, and the text says which', () => {
    expect(keyVersionOf(old.seal('person.name', '张三'))).toBe(1);
    expect(keyVersionOf(rotated.seal('person.name', '张三'))).toBe(2);
    expect(rotated.keyVersion).toBe(2);
  });

  test('a text sealed for one column opens for no other', () => {
    fc.assert(
      fc.property(text, column, column, (given, of, other) => {
        fc.pre(of !== other);
        expect(() => old.open(other, old.seal(of, given))).toThrow('another column');
      }),
    );
  });

  test('no change of a sealed text goes unseen', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, flip) => {
        const [version = '', content = ''] = old.seal('person.name', given).split('.');
        const bytes = Buffer.from(content, 'base64url');
        const i = at % bytes.length;
        bytes[i] = (bytes[i] ?? 0) ^ flip;
        expect(() =>
          old.open('person.name', `${version}.${bytes.toString('base64url')}`),
        ).toThrow();
      }),
    );
  });

  test('a text of one version does not pass for one of another', () => {
    const [, content = ''] = old.seal('person.name', '张三').split('.');
    expect(() => rotated.open('person.name', `2.${content}`)).toThrow('altered');
  });

  test('a key that is not here is told, not guessed', () => {
    expect(() => old.open('person.name', rotated.seal('person.name', '张三'))).toThrow('not here');
    expect(() => old.open('person.name', '张三')).toThrow('not here');
  });

  test('other keys open nothing', () => {
    const sealing = new Map([[1, secretOf(77)]]);
    const other = createPersonalData({ sealing, hashing: secretOf(200) }, plainly);
    expect(() => other.open('person.name', old.seal('person.name', '张三'))).toThrow('other keys');
  });

  test('equal texts do not look equal, and a sealed text holds nothing of them', () => {
    const name = '欧阳娜娜';
    const sealed = [old.seal('person.name', name), old.seal('person.name', name)];
    expect(sealed[0]).not.toBe(sealed[1]);
    const [, content = ''] = sealed[0]?.split('.') ?? [];
    expect(Buffer.from(content, 'base64url').includes(Buffer.from(name))).toBe(false);
  });

  test('a new key is random, seals once it is taken, and another process takes the same', () => {
    const [here, there] = [dataOf([1]), dataOf([1])];
    const { key, value, sealedKey } = here.newKey();
    expect(here.newKey().value).not.toBe(value);
    expect([key, here.keyVersion]).toEqual(['seal-2', 1]);
    here.takeKey(key, sealedKey);
    there.takeKey(key, sealedKey);
    there.takeKey(key, sealedKey);
    expect(here.checks).toContainEqual({ key, value });
    expect(there.checks).toEqual(here.checks);
    const sealed = here.seal('person.name', '张三');
    expect(keyVersionOf(sealed)).toBe(2);
    expect(there.open('person.name', sealed)).toBe('张三');
  });

  test('secrets are wiped once the keys are made', () => {
    const sealing = secretOf(1);
    const hashing = secretOf(2);
    createPersonalData({ sealing: new Map([[1, sealing]]), hashing }, plainly);
    expect([...sealing, ...hashing].every((byte) => byte === 0)).toBe(true);
  });
});

describe('keyed hash', () => {
  test('equal texts have equal hashes under all versions of the sealing key; others have not', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const hash = old.keyedHash('id-number', one);
        expect(hash).toMatch(/^[\w-]{22}$/);
        expect(rotated.keyedHash('id-number', one)).toBe(hash);
        expect(old.keyedHash('id-number', other) === hash).toBe(one === other);
      }),
    );
  });

  test('the same digits as another kind, or under another key, have another hash', () => {
    const hash = old.keyedHash('id-number', 'A12345678');
    expect(old.keyedHash('card-number', 'A12345678')).not.toBe(hash);
    expect(dataOf([1], 9).keyedHash('id-number', 'A12345678')).not.toBe(hash);
  });
});

describe('stored data outlive the code', () => {
  // Made by this program's first version of the format, and not again since.
  test('a text that was sealed before still opens', () => {
    expect(old.open('person.name', '1.J7VaD6wP36Rq5tO5bPUtpq2LkDcrVAvaouiMwL2IY0MG4ga6SV4')).toBe(
      '张三',
    );
  });

  test('a hash that was stored before still finds', () => {
    expect(old.keyedHash('card-number', 'A12345678')).toBe('0pT0Dm3IkqJy6nvDW941yg');
  });

  test('check values differ for each key and do not change', () => {
    expect(rotated.checks).toEqual([
      { key: 'hash', value: 'DA9B6AF9CAE4182B' },
      { key: 'seal-2', value: '0F045154735BFD16' },
      { key: 'seal-1', value: '7430B19F4A145ABA' },
    ]);
  });
});
