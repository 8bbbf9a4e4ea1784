import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../engine/base/crypto/bytes.ts';
import { loadKeystoreSecrets, loadLinkKey } from '../../engine/ops/keystore/file-keystore.ts';
import type { KeyCabinet, KeyDomain } from '../../engine/ops/keystore/key-cabinet.ts';
import { openTokenCabinet } from '../../engine/ops/keystore/pkcs11/pkcs11-keystore.ts';
import type { Shares } from '../../engine/ops/keystore/sealed-file.ts';
import { SHARE_BYTES } from '../../engine/ops/keystore/sealed-file.ts';
import { createSealedFile, openSealedCabinet } from '../../engine/ops/keystore/sealed-keystore.ts';
import { StartupError } from '../../engine/ops/startup-error.ts';
import { sandboxKeyFolder, sandboxKeyPaths } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { createSoftHsm, SOFTHSM_LIBRARY } from '../../tests/support/keystore/softhsm.ts';

/** What an engine with another keystore is started with, or why there is none on this machine. */
export type BenchKeystore = {
  readonly settings: Readonly<Record<string, string>> | undefined;
  readonly missing?: string;
};

const domains = ['social-security', 'financial'] as const satisfies readonly KeyDomain[];
const INSTALL = 'apt-get install softhsm2, then npm run hsm:build';

/**
 * Sealed files with the keys of the file keystore, so that engines of both kinds serve the same terminals
 * and cards. Only the key pair that signs answers is a new one.
 */
export async function makeSealedKeystore(dataDir: string): Promise<BenchKeystore> {
  const folder = credentialsFolder(dataDir, 'sealed');
  for (const domain of domains) {
    const path = join(dataDir, 'keys', `${domain}.sealed`);
    const texts = [1, 2].map((no) => {
      const text = toHex(randomBytes(SHARE_BYTES));
      writeSecret(folder, `${domain}-share-${no}`, text);
      return text;
    });
    const shares = (): Shares => [bytesOf(texts[0]), bytesOf(texts[1])];
    createSealedFile(domain, { path, shares: shares() });
    await fill(openSealedCabinet(domain, { path, shares: shares() }), dataDir);
  }
  return { settings: { YIKATONG_KEYSTORE: 'sealed', CREDENTIALS_DIRECTORY: folder } };
}

/** As `makeSealedKeystore`, on two tokens of SoftHSM. @param stops gets what removes them */
export async function makeTokenKeystore(
  dataDir: string,
  stops: (() => Promise<void>)[],
): Promise<BenchKeystore> {
  if (!existsSync(SOFTHSM_LIBRARY)) {
    return { settings: undefined, missing: `SoftHSM is not installed: ${INSTALL}` };
  }
  const hsm = createSoftHsm();
  stops.push(async () => hsm.remove());
  const folder = credentialsFolder(dataDir, 'pkcs11');
  try {
    for (const domain of domains) {
      const pin = toHex(randomBytes(8));
      writeSecret(folder, `${domain}-pin`, pin);
      const label = `yikatong-${domain}`;
      hsm.initToken(label, pin);
      await fill(await openTokenCabinet(domain, hsm.place(label, pin)), dataDir);
    }
  } catch (error) {
    if (!(error instanceof StartupError) || error.code !== 'KEYSTORE_MODULE_MISSING') throw error;
    return { settings: undefined, missing: `${error.en}: ${INSTALL}` };
  }
  return {
    settings: {
      YIKATONG_KEYSTORE: 'pkcs11',
      YIKATONG_PKCS11_MODULE: SOFTHSM_LIBRARY,
      SOFTHSM2_CONF: hsm.conf,
      CREDENTIALS_DIRECTORY: folder,
    },
  };
}

/** Gives a keystore the keys of the file keystore, and what cannot be installed anew. */
async function fill(cabinet: KeyCabinet, dataDir: string): Promise<void> {
  const known = knownKeys(dataDir);
  try {
    for (const name of Object.keys(cabinet.kinds)) {
      const key = known[name];
      await (key === undefined ? cabinet.generate(name) : cabinet.install(name, key));
    }
  } finally {
    await cabinet.close();
  }
}

function knownKeys(dataDir: string): Readonly<Record<string, Uint8Array>> {
  const paths = sandboxKeyPaths(sandboxKeyFolder(dataDir));
  const own = loadKeystoreSecrets(paths.engineKeys, { createIfMissing: false });
  const { linkKey } = loadLinkKey(paths.bankLink, { createIfMissing: false });
  return {
    cardMasterSm4: own.cardMasterKeys.sm4,
    cardMaster3des: own.cardMasterKeys['3des'],
    pinVerifier: own.pinVerifierKey,
    challenge: own.challengeKey,
    storageCipher: own.storageCipherKey,
    storageMac: own.storageMacKey,
    linkKey,
  };
}

function credentialsFolder(dataDir: string, name: string): string {
  const folder = join(dataDir, `credentials-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function writeSecret(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
}

function bytesOf(hex = ''): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
