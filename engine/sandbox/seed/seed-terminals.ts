import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Keys } from '../../ports/keys.ts';
import type { Terminal } from '../../ports/reference.ts';
import { loadTerminalKeys } from '../keys/sandbox-keys.ts';
import type { SandboxTerminal } from './sandbox-institutions.ts';

/**
 * The engine's row of a terminal: the public part of its device key, and its master key sealed for the store.
 * Creates the terminal's key file in `folder` if it is missing.
 */
export function registerTerminal(
  terminal: SandboxTerminal,
  options: { readonly folder: string; readonly keys: Pick<Keys, 'seal'> },
): Terminal {
  const { deviceKey, masterKey } = loadTerminalKeys(options.folder, terminal);
  const privateKey = createPrivateKey({
    key: Buffer.from(deviceKey),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    ...terminal,
    isEnabled: true,
    publicKey: publicKey.toString('base64'),
    sealedMasterKey: options.keys.seal(masterKey),
    session: undefined,
    bankKeys: undefined,
  };
}
