/** The development keystore: it keeps the contract, and its file is its owner's alone. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { fromHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  loadKeystoreSecrets,
  openFileCabinet,
  openFileKeystore,
  openFileLinkKeys,
} from '../../../../../engine/ops/keystore/file-keystore.ts';
import { withoutSecondVersions } from '../../../../../engine/ops/keystore/kept-keys.ts';
import { StartupError } from '../../../../../engine/ops/startup-error.ts';
import {
  describeCabinet,
  describeLinkKeys,
  KNOWN_KEY,
} from '../../../../support/keystore/cabinet-contract.ts';
import { describeKeys, messageOf } from '../../../../support/keystore/keys-contract.ts';

const createIfMissing = true;
const root = mkdtempSync(join(tmpdir(), 'yikatong-keys-'));
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(root, 'one-'));
  path = join(folder, 'engine-keys.json');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeKeys('file', async () => {
  const file = join(root, 'contract.json');
  const keys = openFileKeystore(file, { createIfMissing });
  const again = openFileKeystore(file, { createIfMissing: false });
  const stranger = openFileKeystore(join(root, 'other.json'), { createIfMissing });
  const { cardMasterKeys } = loadKeystoreSecrets(file, { createIfMissing: false });
  return { keys, again, stranger, cardMasterKeys };
});

describeCabinet('file', async () => ({
  socialSecurity: openFileCabinet('social-security', join(root, 'cabinet.json')),
  financial: openFileCabinet('financial', join(root, 'link-cabinet.json')),
}));

describeLinkKeys('file', async () => {
  const file = join(mkdtempSync(join(root, 'link-')), 'link.json');
  await openFileCabinet('financial', file).install('linkKey', fromHex(KNOWN_KEY));
  return openFileLinkKeys(file);
});

test('the latest version of a key is in use, and the first keeps its name of before', async () => {
  const before = openFileKeystore(path, { createIfMissing });
  const cabinet = openFileCabinet('social-security', path);
  await cabinet.generate('answer');
  const after = openFileKeystore(path, { createIfMissing: false });
  expect(after.answerKeyId).not.toBe(before.answerKeyId);
  expect(Buffer.from(after.open(before.seal(Buffer.from('x')))).toString()).toBe('x');
  const names = Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object);
  expect(names).toEqual(expect.arrayContaining(['answer', 'answer@2', 'challenge']));
});

test('the file is readable by its owner alone, and opening it again gives the same keys', () => {
  const keys = openFileKeystore(path, { createIfMissing });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['engine-keys.json']);
  expect(openFileKeystore(path, { createIfMissing }).answerKeyId).toBe(keys.answerKeyId);
});

test('the file is refused when it is missing, open to others, or damaged; the text names no key', async () => {
  openFileKeystore(path, { createIfMissing });
  const missing = join(folder, 'missing.json');
  expect(() => openFileKeystore(missing, { createIfMissing: false })).toThrow(StartupError);
  const content = readFileSync(path, 'utf8');
  const secretTexts = [...content.matchAll(/"([0-9A-F]{32,})"/g)].map((match) => match[1] ?? '');
  expect(secretTexts).toHaveLength(7);

  const refused = () => messageOf(() => openFileKeystore(path, { createIfMissing }));
  chmodSync(path, 0o644);
  const tellOpen = await refused();
  expect(tellOpen).toContain('chmod 600');
  chmodSync(path, 0o600);
  writeFileSync(path, content.slice(0, -20));
  const tellCut = await refused();
  expect(tellCut).toContain('not a valid key file');
  writeFileSync(path, content.replace('"storageMac": "', '"storageMac": "00'));
  const tellLong = await refused();
  for (const secret of secretTexts) {
    for (const told of [tellOpen, tellCut, tellLong])
      expect(told).not.toContain(secret.slice(0, 12));
  }
});

test('a key under which data, PINs or cards of before stand gets no second version', async () => {
  const cabinet = withoutSecondVersions(openFileCabinet('social-security', path));
  for (const name of ['storageCipher', 'storageMac', 'pinVerifier', 'cardMasterSm4']) {
    await cabinet.generate(name);
    await expect(cabinet.generate(name)).rejects.toMatchObject({ code: 'KEYSTORE_KEY_KEPT' });
    const value = Buffer.alloc(name === 'storageCipher' || name === 'cardMasterSm4' ? 16 : 32, 1);
    await expect(cabinet.install(name, value)).rejects.toMatchObject({ code: 'KEYSTORE_KEY_KEPT' });
  }
  expect((await cabinet.list()).map(({ version }) => version)).toEqual([1, 1, 1, 1]);
  await cabinet.generate('challenge');
  expect((await cabinet.generate('challenge')).version).toBe(2);
});
