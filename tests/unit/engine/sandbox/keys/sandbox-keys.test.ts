/** Each party of the sandbox gets the keys it should have, and no others. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { equalBytes } from '../../../../../engine/base/crypto/bytes.ts';
import type { TerminalId } from '../../../../../engine/base/ids/ids.ts';
import { loadLinkKey, openFileLinkKeys } from '../../../../../engine/ops/keystore/file-keystore.ts';
import {
  bankHostKeys,
  loadBankKeys,
  loadTerminalKeys,
  prepareSandboxKeys,
} from '../../../../../engine/sandbox/keys/sandbox-keys.ts';

const counter = { id: 'DGPHARM01' as TerminalId, bankTerminalId: '44190001' };
const desk = { id: 'BJHOSP01' as TerminalId, bankTerminalId: '11000001' };

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'yikatong-sandbox-')), 'keys');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function keyTexts(file: string): string[] {
  const found = readFileSync(join(folder, file), 'utf8').matchAll(/"([0-9A-F]{32,})"/g);
  return [...found].map((match) => match[1] ?? '');
}

test('all files are for their owner alone, and a second start keeps every key', () => {
  prepareSandboxKeys(folder);
  loadTerminalKeys(folder, counter);
  const files = [
    'bank-keys.json',
    'bank-link.json',
    'engine-keys.json',
    'terminals/DGPHARM01.json',
  ];
  expect(readdirSync(folder)).toEqual([...files.slice(0, 3), 'terminals']);
  const before = files.map(keyTexts);
  for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  prepareSandboxKeys(folder);
  loadTerminalKeys(folder, counter);
  expect(files.map(keyTexts)).toEqual(before);
});

test('engine and bank share the link key and nothing else', () => {
  const paths = prepareSandboxKeys(folder);
  const bank = keyTexts('bank-keys.json');
  const engine = [...keyTexts('engine-keys.json'), ...keyTexts('bank-link.json')];
  expect(bank.filter((key) => engine.includes(key))).toEqual(keyTexts('bank-link.json'));
  const { linkKey } = loadLinkKey(paths.bankLink, { createIfMissing: false });
  expect(equalBytes(linkKey, loadBankKeys(folder).linkKey)).toBe(true);
});

test('the bank derives the PIN pad key that a terminal holds, and knows no other terminal', () => {
  const [one, two] = [loadTerminalKeys(folder, counter), loadTerminalKeys(folder, desk)];
  const host = bankHostKeys(folder, [counter.bankTerminalId]);
  expect(host.pinPadKeyOf(counter.bankTerminalId)).toEqual(one.bankPinPadKey);
  expect(host.pinPadKeyOf(desk.bankTerminalId)).toBeUndefined();
  expect(equalBytes(one.bankPinPadKey, two.bankPinPadKey)).toBe(false);
});

test('a bank file that was replaced is noticed before a single MAC fails', () => {
  prepareSandboxKeys(folder);
  rmSync(join(folder, 'bank-keys.json'));
  expect(() => prepareSandboxKeys(folder)).toThrow('not of one set');
});

test('a key file that others may read is refused', () => {
  const paths = prepareSandboxKeys(folder);
  chmodSync(paths.bankLink, 0o640);
  expect(() => openFileLinkKeys(paths.bankLink)).toThrow('chmod 600');
});
