import { StartupError } from '../startup-error.ts';
import type { KeyDomain } from './key-cabinet.ts';

/** A keystore without all keys of its domain. */
export function missingKeys(domain: KeyDomain, names: readonly string[]): StartupError {
  const list = names.join(', ');
  return new StartupError({
    code: 'KEYSTORE_KEY_MISSING',
    zh: `密钥域 ${domain} 缺少密钥 ${list}；请执行 yikatong keystore generate（有分量的密钥用 yikatong keys ceremony 导入）`,
    en: `The key domain ${domain} lacks ${list}; run yikatong keystore generate (keys with components come by yikatong keys ceremony)`,
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
