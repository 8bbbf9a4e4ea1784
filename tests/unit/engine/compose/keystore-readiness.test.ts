// Goal: health tells of a keystore that does not sign, and of sealed files in production.
import { expect, test } from 'vitest';
import { keystoreReadiness } from '../../../../engine/compose/keystore-readiness.ts';
import type { Readiness } from '../../../../engine/contract/health.ts';
import type { Config } from '../../../../engine/ops/config.ts';
import { KeystoreUnavailable } from '../../../../engine/ports/keys.ts';

const ready = async (): Promise<Readiness> => ({
  ...{ ready: true, mode: 'production', detail: 'ok' },
  checks: [{ name: 'database', ok: true }],
});
const signs = { signAnswer: async () => new Uint8Array(64) };
const gone = {
  signAnswer: async () => {
    throw new KeystoreUnavailable('away');
  },
};

const read = (keystore: Config['keystore'], keys: typeof signs, mode: Config['mode']) =>
  keystoreReadiness({ mode, keystore }, keys, ready)();

test('a module that signs changes nothing', async () => {
  const now = await read('pkcs11', signs, 'production');
  expect(now).toMatchObject({ ready: true, detail: 'ok', keystore: 'pkcs11' });
  expect(now.checks).toContainEqual({ name: 'keystore', ok: true });
});

test('without a module that signs the engine cannot settle', async () => {
  const now = await read('pkcs11', gone, 'production');
  expect(now).toMatchObject({ ready: false, detail: 'degraded' });
  expect(now.checks).toContainEqual({ name: 'keystore', ok: false });
});

test('sealed files in production are told every time, and settle', async () => {
  const now = await read('sealed', signs, 'production');
  expect(now).toMatchObject({ ready: true, detail: 'degraded', keystore: 'sealed-software' });
  expect(now.checks).toContainEqual({ name: 'keystore-in-module', ok: false });
  expect(await read('sealed', signs, 'sandbox')).toMatchObject({ detail: 'ok' });
});
