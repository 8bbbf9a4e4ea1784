/** What every keystore does for those who look after its keys, and with the bank's link key. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encryptBlocks, kcv } from '../../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../../engine/base/crypto/bytes.ts';
import type { KeyCabinet } from '../../../engine/ops/keystore/key-cabinet.ts';
import { financialKeys, socialSecurityKeys } from '../../../engine/ops/keystore/key-catalogue.ts';
import type { BankLinkKeys } from '../../../engine/ports/keys.ts';

/** The empty cabinets of both domains. */
export type Cabinets = { readonly socialSecurity: KeyCabinet; readonly financial: KeyCabinet };

/** A key with odd parity, of which the check value is known from anybody's 3DES. */
export const KNOWN_KEY = '0123456789ABCDEFFEDCBA9876543210';
const KNOWN_CHECK = '08D7B4';

/** Declares the tests. @param open opens both cabinets, empty, for all of them */
export function describeCabinet(name: string, open: () => Promise<Cabinets>): void {
  describe(`the cabinets of the ${name} keystore`, () => {
    let cabinets: Cabinets;
    beforeAll(async () => {
      cabinets = await open();
    });
    afterAll(async () => {
      for (const cabinet of Object.values(cabinets)) await cabinet.close();
    });

    test('every key is made, listed with a check value, and has a second version', async () => {
      const { socialSecurity } = cabinets;
      for (const key of Object.keys(socialSecurityKeys)) {
        const made = await socialSecurity.generate(key);
        expect(made).toMatchObject({ name: key, version: 1 });
        expect(made.checkValue).toMatch(/^[0-9A-F]{6}$/);
        expect(await socialSecurity.list()).toContainEqual(made);
      }
      expect(await socialSecurity.list()).toHaveLength(Object.keys(socialSecurityKeys).length);
      const second = await socialSecurity.generate('answer');
      expect(second.version).toBe(2);
      expect(await socialSecurity.destroy('answer', 1)).toBe(true);
      expect(await socialSecurity.destroy('answer', 1)).toBe(false);
      const left = (await socialSecurity.list()).filter((record) => record.name === 'answer');
      expect(left).toEqual([second]);
      // A number is never used again while a later one is there.
      expect((await socialSecurity.generate('answer')).version).toBe(3);
    });

    test('a key that is installed has the check value of its components, and is wiped', async () => {
      const value = fromHex(KNOWN_KEY);
      const installed = await cabinets.financial.install('linkKey', value);
      expect(installed).toMatchObject({ kind: '3des', version: 1, checkValue: KNOWN_CHECK });
      expect([...value].every((byte) => byte === 0)).toBe(true);
      const sm4 = await cabinets.socialSecurity.install('cardMasterSm4', fromHex(KNOWN_KEY));
      expect(sm4.checkValue).toBe(toHex(kcv('sm4', fromHex(KNOWN_KEY), 3)));
    });

    test('keys of the other domain, of another length and key pairs are not installed', async () => {
      const { financial, socialSecurity } = cabinets;
      const refused = { code: 'KEYSTORE_KEY_REFUSED' };
      await expect(financial.generate('pinVerifier')).rejects.toMatchObject(refused);
      await expect(socialSecurity.generate('linkKey')).rejects.toMatchObject(refused);
      for (const [key, bytes] of [
        ['challenge', 16],
        ['storageCipher', 32],
        ['answer', 48],
      ] as const) {
        const value = new Uint8Array(bytes);
        await expect(socialSecurity.install(key, value)).rejects.toMatchObject(refused);
      }
      const names = new Set((await financial.list()).map((record) => record.name));
      expect([...names]).toEqual(Object.keys(financialKeys));
    });
  });
}

/** Declares the tests of the link key. @param open with the link key KNOWN_KEY */
export function describeLinkKeys(name: string, open: () => Promise<BankLinkKeys>): void {
  describe(`the bank's link keys of the ${name} keystore`, () => {
    const macKey = fromHex('2332455467768998ABBACDDCEFFE0110');
    const blob = (kcvBytes: number) =>
      toHex(encryptBlocks('3des', fromHex(KNOWN_KEY), macKey)) +
      toHex(kcv('3des', macKey, kcvBytes));

    test.each([3, 4])('a MAC key with a check value of %i bytes is opened', async (kcvBytes) => {
      const keys = await open();
      const opened = await keys.unwrapMacKey(blob(kcvBytes));
      expect(opened.ok && toHex(opened.value.key)).toBe(toHex(macKey));
      await keys.close();
    });

    test('one whose check value is wrong, or that is cut, is malformed', async () => {
      const keys = await open();
      for (const bad of [`${blob(3).slice(0, -2)}00`, blob(4).slice(2), '']) {
        expect(await keys.unwrapMacKey(bad)).toEqual({ ok: false, error: 'malformed' });
      }
      await keys.close();
    });
  });
}
