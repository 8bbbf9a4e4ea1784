/**
 * Goal: the keystore works with a real PKCS#11 library, keeps what it says inside, holds the two domains
 * apart, and comes back after every loss of the module.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { deriveCardKey, internalAuthCryptogram } from '../../engine/base/crypto/card-key.ts';
import type { CardId } from '../../engine/base/ids/ids.ts';
import type { KeyCabinet } from '../../engine/ops/keystore/key-cabinet.ts';
import { socialSecurityKeys } from '../../engine/ops/keystore/key-catalogue.ts';
import {
  attribute,
  flag,
  loadCryptoki,
  mechanism,
  USER,
} from '../../engine/ops/keystore/pkcs11/cryptoki.ts';
import {
  openPkcs11Keys,
  openPkcs11LinkKeys,
  openTokenCabinet,
} from '../../engine/ops/keystore/pkcs11/pkcs11-keystore.ts';
import { openToken } from '../../engine/ops/keystore/pkcs11/token.ts';
import { findByLabel, handleOf } from '../../engine/ops/keystore/pkcs11/token-objects.ts';
import type { Keys } from '../../engine/ports/keys.ts';
import {
  describeCabinet,
  describeLinkKeys,
  KNOWN_KEY,
} from '../support/keystore/cabinet-contract.ts';
import { describeKeys, messageOf } from '../support/keystore/keys-contract.ts';
import { createSoftHsm, SOFTHSM_LIBRARY } from '../support/keystore/softhsm.ts';

const hsm = createSoftHsm();
afterAll(() => hsm.remove());

const PINS = { social: '11112222', financial: '33334444' };
const masters = { sm4: 'FEDCBA98765432100123456789ABCDEF', '3des': KNOWN_KEY };
const answer = Buffer.from('{"outcome":"approved"}');

for (const [label, pin] of [
  ['social', PINS.social],
  ['financial', PINS.financial],
  ['stranger', PINS.social],
  ['empty', PINS.social],
  ['empty-financial', PINS.financial],
] as const) {
  hsm.initToken(label, pin);
}
await withCabinet('social-security', 'social', PINS.social, async (cabinet) => {
  for (const name of Object.keys(socialSecurityKeys)) {
    if (!name.startsWith('cardMaster')) await cabinet.generate(name);
  }
  await cabinet.install('cardMasterSm4', fromHex(masters.sm4));
  await cabinet.install('cardMaster3des', fromHex(masters['3des']));
});
await withCabinet('social-security', 'stranger', PINS.social, async (cabinet) => {
  for (const name of Object.keys(socialSecurityKeys)) await cabinet.generate(name);
});
await withCabinet('financial', 'financial', PINS.financial, async (cabinet) => {
  await cabinet.install('linkKey', fromHex(KNOWN_KEY));
});

async function withCabinet(
  domain: KeyCabinet['domain'],
  label: string,
  pin: string,
  use: (cabinet: KeyCabinet) => Promise<void>,
): Promise<void> {
  const cabinet = await openTokenCabinet(domain, hsm.place(label, pin));
  await use(cabinet);
  await cabinet.close();
}

const openSocial = () => openPkcs11Keys(hsm.place('social', PINS.social));

describeKeys('PKCS#11', async () => ({
  keys: await openSocial(),
  again: await openSocial(),
  stranger: await openPkcs11Keys(hsm.place('stranger', PINS.social)),
  cardMasterKeys: { sm4: fromHex(masters.sm4), '3des': fromHex(masters['3des']) },
}));

describeCabinet('PKCS#11', async () => ({
  socialSecurity: await openTokenCabinet('social-security', hsm.place('empty', PINS.social)),
  financial: await openTokenCabinet('financial', hsm.place('empty-financial', PINS.financial)),
}));

describeLinkKeys('PKCS#11', () => openPkcs11LinkKeys(hsm.place('financial', PINS.financial)));

describe('what stays inside', () => {
  test.each([
    ['social', PINS.social, 'secretKey', 'cardMaster3des@1'],
    ['social', PINS.social, 'privateKey', 'answer@1'],
    ['social', PINS.social, 'secretKey', 'wrapping'],
    ['financial', PINS.financial, 'secretKey', 'linkKey@1'],
  ] as const)('on the token %s (%s) the %s %s cannot be read', async (label, pin, kind, name) => {
    const token = await openToken(hsm.place(label, pin));
    const told = await messageOf(() =>
      token.run((session) => {
        const key = handleOf(session, kind, name);
        return session.cryptoki.C_GetAttributeValue(session.session, key, [
          { type: attribute.value },
        ]);
      }),
    );
    expect(told).toContain('CKR_ATTRIBUTE_SENSITIVE');
    await token.close();
  });
});

describe('the domains', () => {
  test('a session of one token finds nothing of the other, and cannot use its handle', async () => {
    const social = await openToken(hsm.place('social', PINS.social));
    const financial = await openToken(hsm.place('financial', PINS.financial));
    const found = await financial.run((session) => [
      ...findByLabel(session, 'secretKey', 'cardMaster3des@1'),
      ...findByLabel(session, 'data', 'pinVerifier@1'),
    ]);
    expect(found).toEqual([]);
    const master = await social.run((session) =>
      handleOf(session, 'secretKey', 'cardMaster3des@1'),
    );
    await expect(
      financial.run(({ cryptoki, session }) => {
        cryptoki.C_EncryptInit(session, { mechanism: mechanism.des3Ecb }, master);
        return cryptoki.C_EncryptAsync(session, Buffer.alloc(16), Buffer.alloc(16));
      }),
    ).rejects.toMatchObject({ name: 'KeystoreUnavailable' });
    await social.close();
    await financial.close();
  });

  test('the PIN of one opens not the other, and the token of one does not serve as the other', async () => {
    const swapped = openPkcs11Keys(hsm.place('social', PINS.financial));
    await expect(swapped).rejects.toMatchObject({ code: 'KEYSTORE_PIN_REFUSED' });
    const wrongToken = openPkcs11Keys(hsm.place('financial', PINS.financial));
    await expect(wrongToken).rejects.toMatchObject({ code: 'KEYSTORE_KEY_MISSING' });
  });
});

describe('the module', () => {
  test('a library or token that is missing is told in one line', async () => {
    const noLibrary = { ...hsm.place('social', PINS.social), library: '/nowhere/libp11.so' };
    await expect(openPkcs11Keys(noLibrary)).rejects.toMatchObject({
      code: 'KEYSTORE_MODULE_MISSING',
    });
    await expect(openPkcs11Keys(hsm.place('nobody', PINS.social))).rejects.toMatchObject({
      code: 'KEYSTORE_TOKEN_MISSING',
    });
  });

  test('after the module restarts, which ends all sessions, both domains go on', async () => {
    const keys = await openSocial();
    const link = await openPkcs11LinkKeys(hsm.place('financial', PINS.financial));
    const other = await loadCryptoki(SOFTHSM_LIBRARY);
    for (let restart = 0; restart < 3; restart++) {
      other.C_Finalize();
      expect(await keys.signAnswer(answer)).toHaveLength(64);
      expect((await link.unwrapMacKey('00'.repeat(20))).ok).toBe(false);
      expect(await isGenuine(keys, cardOf(`4420${restart}0`))).toBe(true);
    }
    await keys.close();
    await link.close();
  });

  test('while the tokens are away, what is held goes on, the rest says why, and comes back', async () => {
    const keys = await openSocial();
    const [known, unknown] = [cardOf('441900'), cardOf('320100')];
    expect(await isGenuine(keys, known)).toBe(true);
    const other = await loadCryptoki(SOFTHSM_LIBRARY);
    hsm.unplug();
    other.C_Finalize();
    for (let sale = 0; sale < 3; sale++) {
      expect(await isGenuine(keys, known)).toBe(true);
      await expect(isGenuine(keys, unknown)).rejects.toMatchObject({ name: 'KeystoreUnavailable' });
      await expect(keys.signAnswer(answer)).rejects.toThrow('CKR_TOKEN_NOT_PRESENT');
    }
    hsm.plugIn();
    await sleep(1_100);
    expect(await isGenuine(keys, unknown)).toBe(true);
    expect(await keys.signAnswer(answer)).toHaveLength(64);
    await keys.close();
  });

  test('a PIN that is refused after a restart is tried once, so the token is not locked', async () => {
    hsm.initToken('changed', '55556666');
    await withCabinet('financial', 'changed', '55556666', async (cabinet) => {
      await cabinet.install('linkKey', fromHex(KNOWN_KEY));
    });
    const link = await openPkcs11LinkKeys(hsm.place('changed', '55556666'));
    const other = await loadCryptoki(SOFTHSM_LIBRARY);
    await changePin('changed', '55556666', '77778888');
    other.C_Finalize();
    for (let message = 0; message < 30; message++) {
      await expect(link.unwrapMacKey('00'.repeat(20))).rejects.toThrow('CKR_PIN_INCORRECT');
    }
    await link.close();
    const opened = await openPkcs11LinkKeys(hsm.place('changed', '77778888'));
    await opened.close();
  });

  test('many at once share the sessions, and each gets its own answer', async () => {
    const keys = await openSocial();
    const cards = Array.from({ length: 60 }, (_, at) => cardOf(String(110_100 + at)));
    const proofs = [...cards, ...cards].map((card) => isGenuine(keys, card));
    const signatures = Array.from({ length: 60 }, () => keys.signAnswer(answer));
    expect(new Set(await Promise.all(proofs))).toEqual(new Set([true]));
    const texts = (await Promise.all(signatures)).map((bytes) =>
      Buffer.from(bytes).toString('hex'),
    );
    // Ed25519 signs the same bytes in the same way.
    expect(new Set(texts).size).toBe(1);
    await keys.close();
  });

  test('a process that is killed in the middle of its work leaves the token whole', async () => {
    const program = join(import.meta.dirname, '../support/keystore/sign-without-end.ts');
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, [program, 'social', PINS.social], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const keys = await openSocial();
      expect(await keys.signAnswer(answer)).toHaveLength(64);
      await keys.close();
    }
  });
});

function cardOf(region: string): CardId {
  return `${region}D15600000500A1B2C3D4E5F601` as CardId;
}

function isGenuine(keys: Keys, cardId: CardId): Promise<boolean> {
  const algorithm = '3des';
  const masterKey = fromHex(masters[algorithm]);
  const [factor, source] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)];
  const cardKey = deriveCardKey({ algorithm, masterKey, cardId });
  const options = { algorithm, cardKey, factor8: factor, source8: source } as const;
  const cryptogram = internalAuthCryptogram(options);
  return keys.verifyChip({ algorithm, cardId, factor, source, cryptogram });
}

async function changePin(label: string, pin: string, by: string): Promise<void> {
  const cryptoki = await loadCryptoki(SOFTHSM_LIBRARY);
  const slot = cryptoki
    .C_GetSlotList(true)
    .find((each) => cryptoki.C_GetTokenInfo(each).label.trim() === label);
  if (slot === undefined) throw new Error('no token');
  const session = cryptoki.C_OpenSession(slot, flag.serialSession | flag.rwSession);
  try {
    cryptoki.C_Login(session, USER, pin);
  } catch {
    // The process is logged in.
  }
  cryptoki.C_SetPIN(session, pin, by);
  cryptoki.C_CloseSession(session);
}
