import { type KeyCabinet, latestOf } from './key-cabinet.ts';
import { keptKey } from './keystore-errors.ts';

/**
 * What was sealed, verified or issued under the version before could not be used under the next one: engines
 * open the latest version of these only.
 */
const keptForEver: ReadonlySet<string> = new Set([
  ...(['cardMasterSm4', 'cardMaster3des'] as const),
  ...(['pinVerifier', 'storageCipher', 'storageMac'] as const),
]);

/** A cabinet that refuses a second version of such a key. @throws StartupError KEYSTORE_KEY_KEPT */
export function withoutSecondVersions(cabinet: KeyCabinet): KeyCabinet {
  const refuse = async (name: string) => {
    if (!keptForEver.has(name)) return;
    if (latestOf(await cabinet.list()).has(name)) throw keptKey(name);
  };
  return {
    ...cabinet,
    async generate(name) {
      await refuse(name);
      return cabinet.generate(name);
    },
    async install(name, value) {
      await refuse(name);
      return cabinet.install(name, value);
    },
  };
}
