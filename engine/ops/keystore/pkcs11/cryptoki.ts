/**
 * The part of the optional package `pkcs11js` (2.1.7) that we use, its loading, and the numbers of PKCS#11
 * 2.40 and 3.0 (OASIS) that we name. The package is a native add-on that an installation without a module
 * does not need, so it is imported when it is asked for and may be absent.
 */
import { StartupError } from '../../startup-error.ts';

export type Handle = Buffer;
export type Attribute = {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
};
export type Template = readonly Attribute[];
type Mechanism = { readonly mechanism: number };

/** The functions of PKCS#11. What ends in Async runs beside the event loop. */
export type Cryptoki = {
  load(path: string): void;
  close(): void;
  C_Initialize(options: { readonly flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(hasToken: boolean): readonly Handle[];
  C_GetTokenInfo(slot: Handle): {
    readonly label: string;
    readonly flags: number;
    readonly manufacturerID: string;
    readonly model: string;
  };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_Logout(session: Handle): void;
  C_InitToken(slot: Handle, officerPin: string, label: string): unknown;
  C_InitPIN(session: Handle, pin: string): void;
  C_SetPIN(session: Handle, oldPin: string, newPin: string): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, max: number): readonly Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_CreateObject(session: Handle, template: Template): Handle;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_GetAttributeValue(
    session: Handle,
    object: Handle,
    template: Template,
  ): readonly { readonly type: number; readonly value: Buffer }[];
  C_GenerateKey(session: Handle, mechanism: Mechanism, template: Template): Handle;
  C_GenerateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    publicTemplate: Template,
    privateTemplate: Template,
  ): { readonly publicKey: Handle; readonly privateKey: Handle };
  C_WrapKey(
    session: Handle,
    mechanism: Mechanism,
    wrappingKey: Handle,
    key: Handle,
    out: Buffer,
  ): Buffer;
  C_UnwrapKey(
    session: Handle,
    mechanism: Mechanism,
    wrappingKey: Handle,
    wrapped: Buffer,
    template: Template,
  ): Handle;
  C_EncryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_EncryptAsync(session: Handle, data: Buffer, out: Buffer): Promise<Buffer>;
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_DecryptAsync(session: Handle, data: Buffer, out: Buffer): Promise<Buffer>;
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_SignAsync(session: Handle, data: Buffer, out: Buffer): Promise<Buffer>;
};

/** CKF_…, CKU_…, CKO_…, CKK_…, CKA_…, CKM_… by the names of the standard, without their prefix. */
export const flag = { serialSession: 0x4, rwSession: 0x2, osLocking: 0x2, tokenInitialized: 0x400 };
export const OFFICER = 0;
export const USER = 1;
export const objectClass = { data: 0, publicKey: 2, privateKey: 3, secretKey: 4 };
export const keyType = { genericSecret: 0x10, des2: 0x14, aes: 0x1f, ecEdwards: 0x40 };
export const attribute = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  application: 0x10,
  value: 0x11,
  checkValue: 0x90,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  encrypt: 0x104,
  decrypt: 0x105,
  wrap: 0x106,
  unwrap: 0x107,
  sign: 0x108,
  verify: 0x10a,
  valueLength: 0x161,
  extractable: 0x162,
  ecParams: 0x180,
  ecPoint: 0x181,
};
export const mechanism = {
  genericSecretKeyGen: 0x350,
  des2KeyGen: 0x130,
  des3Ecb: 0x132,
  aesKeyGen: 0x1080,
  aesKeyWrap: 0x2109,
  ecEdwardsKeyPairGen: 0x1055,
  eddsa: 0x1057,
};

/** Result codes after which a session is of no use, and a new one may be. */
const lostCodes: ReadonlySet<number> = new Set([
  0x30 /* DEVICE_ERROR */, 0x32 /* DEVICE_REMOVED */, 0x60 /* KEY_HANDLE_INVALID */,
  0x82 /* OBJECT_HANDLE_INVALID */, 0xb0 /* SESSION_CLOSED */, 0xb3 /* SESSION_HANDLE_INVALID */,
  0xe0 /* TOKEN_NOT_PRESENT */, 0xe1 /* TOKEN_NOT_RECOGNIZED */, 0x101 /* USER_NOT_LOGGED_IN */,
  0x190 /* CRYPTOKI_NOT_INITIALIZED */, 0x5 /* GENERAL_ERROR */, 0x6 /* FUNCTION_FAILED */,
  0x31 /* DEVICE_MEMORY */,
]);
export const alreadyInitialized = 0x191;
export const tokenNotPresent = 0xe0;
export const notInitialized = 0x190;
export const alreadyLoggedIn = 0x100;
/** PIN_INCORRECT, PIN_INVALID, PIN_LEN_RANGE, PIN_EXPIRED, PIN_LOCKED. */
const pinCodes: ReadonlySet<number> = new Set([0xa0, 0xa1, 0xa2, 0xa3, 0xa4]);

/** A finding of ours, in the form of the module's errors. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
  readonly code: number;

  constructor(name: string, code: number) {
    super(name);
    this.code = code;
  }
}

/** The result code of an error of the module; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'number' && error.code > 0 ? error.code : undefined;
}

/** Did the module forget the session, its login or its objects? */
export function isLost(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && lostCodes.has(code);
}

/** Did the token refuse the PIN? Trying again would lock it. */
export function isPinRefused(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && pinCodes.has(code);
}

/** The name of the standard, as CKR_SESSION_CLOSED, and nothing that was asked for. */
export function moduleReason(error: unknown): string {
  const code = resultCode(error);
  if (code === undefined) return error instanceof Error ? error.name : 'unknown';
  const name = error instanceof Error ? /^CKR_\w+/.exec(error.message)?.[0] : undefined;
  return name ?? `0x${code.toString(16)}`;
}

/** A variable, so that the compiler does not look for a package that need not be there. */
const PACKAGE: string = 'pkcs11js';

type Package = { readonly PKCS11: new () => Cryptoki };

/**
 * Loads the package and the module's library, which is not initialised.
 * @param library path of the vendor's shared library
 * @throws StartupError: the package is not built, or the library cannot be loaded
 */
export async function loadCryptoki(
  library: string,
  load: () => Promise<unknown> = () => import(PACKAGE),
): Promise<Cryptoki> {
  const cryptoki = await loadPackage(load);
  try {
    cryptoki.load(library);
    return cryptoki;
  } catch {
    throw new StartupError({
      code: 'KEYSTORE_MODULE_MISSING',
      zh: `无法加载密码模块库 ${library}；请安装厂商软件，并核对 YIKATONG_PKCS11_MODULE`,
      en: `The module's library ${library} cannot be loaded; install the vendor's software, and see to YIKATONG_PKCS11_MODULE`,
    });
  }
}

async function loadPackage(load: () => Promise<unknown>): Promise<Cryptoki> {
  try {
    const loaded = (await load()) as Partial<Package> & { readonly default?: Package };
    const found = loaded.default?.PKCS11 ?? loaded.PKCS11;
    if (found !== undefined) return new found();
  } catch {
    // Absent, or not built: told below.
  }
  throw new StartupError({
    code: 'KEYSTORE_MODULE_MISSING',
    zh: '未编译 pkcs11js；请安装 build-essential、python3 后执行 npm run hsm:build',
    en: 'pkcs11js is not built; install build-essential and python3, then run npm run hsm:build',
  });
}
