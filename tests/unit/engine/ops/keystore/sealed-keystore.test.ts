/** Sealed files: they keep the contracts, take both shares, and give nothing away that lies on the disk. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import { socialSecurityKeys } from '../../../../../engine/ops/keystore/key-catalogue.ts';
import type { Shares } from '../../../../../engine/ops/keystore/sealed-file.ts';
import {
  createSealedFile,
  openSealedCabinet,
  openSealedKeys,
  openSealedLinkKeys,
} from '../../../../../engine/ops/keystore/sealed-keystore.ts';
import {
  describeCabinet,
  describeLinkKeys,
  KNOWN_KEY,
} from '../../../../support/keystore/cabinet-contract.ts';
import { describeKeys, messageOf } from '../../../../support/keystore/keys-contract.ts';

const root = mkdtempSync(join(tmpdir(), 'yikatong-sealed-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const [one, two] = ['11'.repeat(32), '2A'.repeat(32)];
const shares = (): Shares => [fromHex(one), fromHex(two)];
let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(root, 'one-')), 'keys.sealed');
});

const masters = { sm4: 'FEDCBA98765432100123456789ABCDEF', '3des': KNOWN_KEY };

async function fill(file: string): Promise<void> {
  createSealedFile('social-security', { path: file, shares: shares() });
  const cabinet = openSealedCabinet('social-security', { path: file, shares: shares() });
  for (const name of Object.keys(socialSecurityKeys)) {
    if (!name.startsWith('cardMaster')) await cabinet.generate(name);
  }
  await cabinet.install('cardMasterSm4', fromHex(masters.sm4));
  await cabinet.install('cardMaster3des', fromHex(masters['3des']));
  await cabinet.close();
}

describeKeys('sealed', async () => {
  const [file, other] = [join(root, 'contract.sealed'), join(root, 'other.sealed')];
  await fill(file);
  createSealedFile('social-security', { path: other, shares: shares() });
  const cabinet = openSealedCabinet('social-security', { path: other, shares: shares() });
  for (const name of Object.keys(socialSecurityKeys)) await cabinet.generate(name);
  return {
    keys: openSealedKeys({ path: file, shares: shares() }),
    again: openSealedKeys({ path: file, shares: shares() }),
    stranger: openSealedKeys({ path: other, shares: shares() }),
    cardMasterKeys: { sm4: fromHex(masters.sm4), '3des': fromHex(masters['3des']) },
  };
});

describeCabinet('sealed', async () => {
  const [social, financial] = [join(root, 's.sealed'), join(root, 'f.sealed')];
  createSealedFile('social-security', { path: social, shares: shares() });
  createSealedFile('financial', { path: financial, shares: shares() });
  return {
    socialSecurity: openSealedCabinet('social-security', { path: social, shares: shares() }),
    financial: openSealedCabinet('financial', { path: financial, shares: shares() }),
  };
});

describeLinkKeys('sealed', async () => {
  const file = join(root, 'link.sealed');
  createSealedFile('financial', { path: file, shares: shares() });
  const cabinet = openSealedCabinet('financial', { path: file, shares: shares() });
  await cabinet.install('linkKey', fromHex(KNOWN_KEY));
  return openSealedLinkKeys({ path: file, shares: shares() });
});

test('a wrong share is named, and each alone opens nothing', async () => {
  await fill(path);
  const wrong = fromHex('12'.repeat(32));
  const open = (given: Shares) => messageOf(() => openSealedKeys({ path, shares: given }));
  expect(await open([Uint8Array.from(wrong), fromHex(two)])).toContain('Share 1 ');
  expect(await open([fromHex(one), Uint8Array.from(wrong)])).toContain('Share 2 ');
  expect(await open([fromHex(one), fromHex(one)])).toContain('Share 2 ');
  expect(await open([fromHex(two), fromHex(one)])).toContain('Share 1, 2 ');
});

test('the shares are wiped once the keys are open, and when opening fails', async () => {
  await fill(path);
  const given = shares();
  await openSealedKeys({ path, shares: given }).close();
  expect(given.every((share) => share.every((byte) => byte === 0))).toBe(true);
  const spoilt: Shares = [fromHex(one), fromHex(one)];
  await messageOf(() => openSealedKeys({ path, shares: spoilt }));
  expect(spoilt.every((share) => share.every((byte) => byte === 0))).toBe(true);
});

test('the file is its owner’s, holds no key in the clear, and one byte changed opens nothing', async () => {
  await fill(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const text = readFileSync(path, 'utf8');
  for (const secret of [...Object.values(masters), one, two]) {
    expect(text.toUpperCase()).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(fromHex(secret)).toString('base64url').slice(0, 20));
  }
  const at = text.indexOf('"sealed"') + 40;
  const letter = text[at] === 'A' ? 'B' : 'A';
  writeFileSync(path, text.slice(0, at) + letter + text.slice(at + 1));
  const told = await messageOf(() => openSealedKeys({ path, shares: shares() }));
  expect(told).toContain('damaged');
  expect(told).not.toContain(toHex(fromHex(one)).slice(0, 12));
});

test('a file of one domain is not opened as the other’s, with its own shares', async () => {
  await fill(path);
  const told = await messageOf(() => openSealedLinkKeys({ path, shares: shares() }));
  expect(told).toContain('another key domain');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"social-security"', '"financial"'));
  const forged = await messageOf(() => openSealedLinkKeys({ path, shares: shares() }));
  expect(forged).toContain('another key domain');
});

test('a keystore that lacks keys says which', async () => {
  createSealedFile('social-security', { path, shares: shares() });
  const told = await messageOf(() => openSealedKeys({ path, shares: shares() }));
  for (const name of Object.keys(socialSecurityKeys)) expect(told).toContain(name);
});
