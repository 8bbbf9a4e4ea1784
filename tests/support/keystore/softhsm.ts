/** SoftHSM2 with a token folder of its own, as a module that tests may break. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenPlace } from '../../../engine/ops/keystore/pkcs11/token.ts';

/** Where Debian puts it. */
export const SOFTHSM_LIBRARY = '/usr/lib/softhsm/libsofthsm2.so';

export type SoftHsm = {
  /** Value of SOFTHSM2_CONF, which this process has too. */
  readonly conf: string;
  /** Makes a token. */
  initToken(label: string, pin: string): void;
  place(label: string, pin: string): TokenPlace;
  /** Takes all tokens away, as a module that is unplugged. */
  unplug(): void;
  plugIn(): void;
  remove(): void;
};

/** Makes the folder and points this process at it; one for each process. */
export function createSoftHsm(): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-hsm-'));
  const [tokens, away] = [join(folder, 'tokens'), join(folder, 'away')];
  const conf = join(folder, 'softhsm2.conf');
  mkdirSync(tokens);
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\n`);
  process.env['SOFTHSM2_CONF'] = conf;
  return {
    conf,
    initToken(label, pin) {
      const so = ['--so-pin', 'officer-0000'];
      const order = ['--init-token', '--free', '--label', label, ...so, '--pin', pin];
      execFileSync('softhsm2-util', order, { stdio: 'ignore' });
    },
    place: (label, pin) => ({ library: SOFTHSM_LIBRARY, label, pin: Buffer.from(pin) }),
    unplug() {
      renameSync(tokens, away);
      mkdirSync(tokens);
    },
    plugIn() {
      rmSync(tokens, { recursive: true });
      renameSync(away, tokens);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
