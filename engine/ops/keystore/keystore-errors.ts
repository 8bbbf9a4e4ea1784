import { StartupError } from '../startup-error.ts';
import type { KeyDomain } from './key-cabinet.ts';

/** A keystore without all keys of its domain. */
export function missingKeys(domain: KeyDomain, names: readonly string[]): StartupError {
  const list = names.join(', ');
  return new StartupError({
    code: 'KEYSTORE_KEY_MISSING',
    zh: `密钥域 ${domain} 缺少密钥 ${list}；请执行 yikatong keystore generate（有分量的密钥用 yikatong keystore install 导入）`,
    en: `The key domain ${domain} lacks ${list}; run yikatong keystore generate (keys with components come by yikatong keystore install)`,
  });
}

/** A key that a keystore does not take. */
export function refusedKey(name: string): StartupError {
  return new StartupError({
    code: 'KEYSTORE_KEY_REFUSED',
    zh: `密钥 ${name} 不属于该密钥域，或长度、种类不符`,
    en: `The key ${name} is not of this domain, or has another length or kind`,
  });
}

/** A key of which there is one version, and must not be another. */
export function keptKey(name: string): StartupError {
  return new StartupError({
    code: 'KEYSTORE_KEY_KEPT',
    zh: `密钥 ${name} 已存在；新版本会使此前密封的数据、密码校验值或已发的卡失效，未作任何变更`,
    en: `There is a key ${name}; with another version, sealed data, PIN verifiers or issued cards of before could not be used, and nothing was changed`,
  });
}
