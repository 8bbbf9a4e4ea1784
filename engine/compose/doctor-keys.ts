/** What the doctor finds about the keys of both domains. It signs nothing, and changes nothing. */
import { existsSync } from 'node:fs';
import type { Config } from '../ops/config.ts';
import type { Finding } from '../ops/doctor/finding.ts';
import { finding } from '../ops/doctor/finding.ts';
import type { SecretSource } from '../ops/keystore/start-secrets.ts';
import { describeStartupError } from '../ops/startup-error.ts';
import { keyFilePath, openCabinet, openSocialSecurityKeys } from './keystores.ts';

type Ask = SecretSource['ask'];

/** Do the keys of the social-security domain open what the database has sealed? */
export async function checkKeys(
  config: Config,
  sealed: string | undefined,
  ask: Ask,
): Promise<Finding> {
  const absent = config.keystore === 'file' ? absentFile(config, sealed) : undefined;
  if (absent !== undefined) return absent;
  try {
    const keys = await openSocialSecurityKeys(config, { createIfMissing: false, ask });
    try {
      if (sealed !== undefined) keys.open(sealed);
    } finally {
      await keys.close();
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'StartupError') {
      return finding('keys', 'fault', describeStartupError(error));
    }
    return finding('keys', 'fault', {
      zh: `${placeOf(config)} 与数据库不是同一套密钥；请核对 YIKATONG_DATA、令牌或数据库`,
      en: `${placeOf(config)}: these are not the keys of this database; see to YIKATONG_DATA, the token or the database`,
    });
  }
  if (config.mode === 'production' && config.keystore === 'sealed') {
    return finding('keys', 'advice', {
      zh: '软件密封密钥：全部密钥在引擎内存中；有条件时请改用密码模块',
      en: 'sealed software keys: all of them are in the memory of the engine; use a module where you can',
    });
  }
  return finding('keys', 'ok', {
    zh: `${placeOf(config)} 密钥齐全，与数据库一致`,
    en: `${placeOf(config)}: the keys are whole and fit the database`,
  });
}

/** Production: are the bank's keys there? Their check values are told, for the bank to compare. */
export async function checkBankKeys(config: Config, ask: Ask): Promise<Finding> {
  try {
    const cabinet = await openCabinet(config, 'financial', { ask });
    const records = await cabinet.list().finally(cabinet.close);
    const values = records.map(
      ({ name, version, checkValue }) => `${name} ${version}: ${checkValue}`,
    );
    if (values.length > 0) {
      return finding('bank-keys', 'ok', {
        zh: `银行密钥的校验值 ${values.join(', ')}`,
        en: `check values of the bank's keys: ${values.join(', ')}`,
      });
    }
    return finding('bank-keys', 'fault', {
      zh: '金融密钥域没有银行密钥；请由两名保管人导入',
      en: "the financial domain has no key of the bank's; two custodians bring it",
    });
  } catch (error) {
    return finding('bank-keys', 'fault', describeStartupError(error));
  }
}

function absentFile(config: Config, sealed: string | undefined): Finding | undefined {
  const path = keyFilePath(config, 'social-security');
  if (existsSync(path)) return undefined;
  return sealed === undefined
    ? finding('keys', 'ok', {
        zh: '尚无密钥与终端；首次启动时生成',
        en: 'there are no keys and no terminals yet; the first start makes them',
      })
    : finding('keys', 'fault', {
        zh: `${path} 不存在，而数据库中已有终端；请用 YIKATONG_DATA 指明原来的目录，或恢复其备份`,
        en: `${path} is missing, and the database has terminals; name the folder of its keys with YIKATONG_DATA, or restore its backup`,
      });
}

function placeOf(config: Config): string {
  switch (config.keystore) {
    case 'file':
      return keyFilePath(config, 'social-security');
    case 'pkcs11':
      return config.socialSecurityToken;
    case 'sealed':
      return 'social-security.sealed';
  }
}
