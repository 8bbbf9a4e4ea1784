/** What health tells of the keystore. */
import type { Readiness } from '../contract/health.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { Config } from '../ops/config.ts';
import type { Keys } from '../ports/keys.ts';

const PROBE = Buffer.from('health');

/**
 * Adds the keystore to the readiness of an engine. Without a module that signs it cannot settle; sealed
 * files in production are told every time, here and at the start in the log.
 */
export function keystoreReadiness(
  config: Pick<Config, 'mode' | 'keystore'>,
  keys: Pick<Keys, 'signAnswer'>,
  readiness: () => Promise<Readiness>,
): () => Promise<Readiness> {
  const isSealed = isSealedInProduction(config);
  const keystore = config.keystore === 'sealed' ? 'sealed-software' : config.keystore;
  return async () => {
    const signs = keys.signAnswer(PROBE).then(
      () => true,
      () => false,
    );
    const [now, ok] = [await readiness(), await signs];
    return {
      ...now,
      ready: now.ready && ok,
      detail: ok && !isSealed ? now.detail : 'degraded',
      checks: [
        ...now.checks,
        { name: 'keystore', ok },
        ...(isSealed ? [{ name: 'keystore-in-module', ok: false }] : []),
      ],
      keystore,
    };
  };
}

/** What the log of an engine tells at its start: that it is a sandbox, or production without a module. */
export function warnOfMode(config: Pick<Config, 'mode' | 'keystore'>, log: FlowLog): void {
  if (config.mode === 'sandbox') log.warn('sandbox-started', {});
  if (isSealedInProduction(config)) log.warn('sealed-keystore-opened', {});
}

function isSealedInProduction({ mode, keystore }: Pick<Config, 'mode' | 'keystore'>): boolean {
  return mode === 'production' && keystore === 'sealed';
}
