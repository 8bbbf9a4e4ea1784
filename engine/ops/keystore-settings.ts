import { Type } from 'typebox';
import { oneOf, text } from './config-variables.ts';
import { StartupError } from './startup-error.ts';

/**
 * Where keys are, and what opens them. No PIN and no share is a setting: they come in files, or are typed.
 */
export const keystoreSettings = {
  /** Key files (never in production), a PKCS#11 module, or sealed files. */
  keystore: oneOf('YIKATONG_KEYSTORE', ['file', 'pkcs11', 'sealed'], 'file'),
  /** Sealed files hold all keys in the engine's memory: production takes them only where it is said. */
  sealedInProduction: oneOf('YIKATONG_SEALED_IN_PRODUCTION', ['refuse', 'allow'], 'refuse'),
  /** Path of the module's PKCS#11 library. */
  pkcs11Module: Type.Optional(text('YIKATONG_PKCS11_MODULE', { minLength: 1 })),
  /** Labels of the tokens, one for each key domain. */
  socialSecurityToken: text('YIKATONG_PKCS11_SOCIAL_SECURITY_TOKEN', {
    pattern: '^[ -~]{1,32}$',
    default: 'yikatong-social-security',
  }),
  financialToken: text('YIKATONG_PKCS11_FINANCIAL_TOKEN', {
    pattern: '^[ -~]{1,32}$',
    default: 'yikatong-financial',
  }),
  /** Folder of files with PINs and shares, which systemd makes for a unit with LoadCredential. */
  credentialsDir: Type.Optional(text('CREDENTIALS_DIRECTORY', { minLength: 1 })),
};

export type KeystoreSettings = {
  readonly mode: 'sandbox' | 'production';
  readonly keystore: 'file' | 'pkcs11' | 'sealed';
  readonly sealedInProduction: 'refuse' | 'allow';
  readonly pkcs11Module?: string;
  readonly socialSecurityToken: string;
  readonly financialToken: string;
};

type Invalid = (variable: string, zh: string, en: string) => StartupError;

/** @throws what `invalid` makes, when the settings of the keystore do not fit each other or the mode */
export function refuseKeystore(settings: KeystoreSettings, invalid: Invalid): void {
  const { mode, keystore, pkcs11Module, sealedInProduction } = settings;
  if (mode === 'production' && keystore === 'file') {
    throw invalid(
      'YIKATONG_KEYSTORE',
      '未设置或为 file：production 模式不得使用文件密钥；请设为 pkcs11（见 engine/docs/operating/production.zh-CN.md）',
      'is file or missing: production does not work with a key file; set it to pkcs11 (see engine/docs/operating/production.md)',
    );
  }
  if (mode === 'production' && keystore === 'sealed' && sealedInProduction === 'refuse') {
    throw invalid(
      'YIKATONG_SEALED_IN_PRODUCTION',
      '未设为 allow：production 模式下不用密码模块，须明确允许',
      'is not allow: production without a module must be allowed in so many words',
    );
  }
  if (keystore === 'pkcs11' && pkcs11Module === undefined) {
    throw invalid(
      'YIKATONG_PKCS11_MODULE',
      '未设置；请填写密码模块库的路径',
      "is missing: name the path of the module's library",
    );
  }
  if (settings.socialSecurityToken === settings.financialToken) {
    throw invalid(
      'YIKATONG_PKCS11_FINANCIAL_TOKEN',
      '与社保密钥域的令牌相同；两个密钥域须用两个令牌',
      'is the token of the social-security domain: two domains take two tokens',
    );
  }
}

/**
 * The sandbox makes its cards, PINs and terminals from the key file: an engine with other keys would refuse
 * them all.
 * @throws StartupError when the keystore is another, and in production, which has no sandbox
 */
export function refuseSandboxKeystore({
  mode,
  keystore,
}: Pick<KeystoreSettings, 'mode' | 'keystore'>): void {
  if (mode === 'sandbox' && keystore === 'file') return;
  const given = `YIKATONG_MODE=${mode} YIKATONG_KEYSTORE=${keystore}`;
  throw new StartupError({
    code: 'CONFIG_INVALID',
    zh: `沙盒的卡、密码和终端由密钥文件生成，不能与 ${given} 同用；请设为 sandbox 和 file，或用 YIKATONG_BANK_HOST 连接真实银行并登记自己的卡`,
    en: `The sandbox makes its cards, PINs and terminals from the key file, so it does not go with ${given}; set sandbox and file, or name a bank with YIKATONG_BANK_HOST and register cards of your own`,
  });
}
