import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../../engine/ops/config.ts';

describe('configuration', () => {
  test.each([
    [{ YIKATONG_TLS_CERTIFICATE: 'server.pem' }, 'YIKATONG_TLS_KEY'],
    [{ YIKATONG_TLS_KEY: 'key.pem' }, 'YIKATONG_TLS_CERTIFICATE'],
    [{ YIKATONG_TLS_CLIENT_AUTHORITY: 'ca.pem' }, 'YIKATONG_TLS_CLIENT_AUTHORITY'],
    [
      {
        ...{ YIKATONG_TLS_CERTIFICATE: 'server.pem', YIKATONG_TLS_KEY: 'key.pem' },
        YIKATONG_TLS_REVOCATIONS: 'revocations.pem',
      },
      'YIKATONG_TLS_REVOCATIONS',
    ],
  ])('TLS settings that mean nothing by themselves are refused: %j', (env, variable) => {
    expect(() => readConfig(env)).toThrow(variable);
  });

  test('needs nothing: a fresh machine gets the sandbox on this machine alone', () => {
    expect(readConfig({})).toEqual({
      mode: 'sandbox',
      host: '127.0.0.1',
      keystore: 'file',
      sealedInProduction: 'refuse',
      socialSecurityToken: 'yikatong-social-security',
      financialToken: 'yikatong-financial',
      port: 8080,
      dataDir: '.yikatong',
      databaseConnectionsMax: 8,
      databaseCopies: 1,
      bankTimeoutMs: 10_000,
      bankClockToleranceMs: 300_000,
      bankAnswerMerchant: 'same',
      bankAnswerAmount: 'same',
      logLevel: 'info',
      batchCommandsMax: 500,
      queueCommandsMax: 5000,
      policyPollMs: 2000,
      terminalRequestsMax: 64,
      addressConnectionsMax: 10_000,
      addressHalfSentMax: 4_096,
      billChecks: 'warn',
      duplicatePrescriptions: 'refuse',
      reversalAlarmMs: 300_000,
      listsOutdated: 'alarm',
      sandboxClockHours: 0,
    });
  });

  test('takes what is set and treats an empty variable as unset', () => {
    const config = readConfig({
      YIKATONG_PORT: '9000',
      YIKATONG_HOST: '',
      YIKATONG_BANK_HOST: 'bank.example',
      YIKATONG_BANK_PORT: '9100',
      DATABASE_URL: 'postgresql://u:p@db.example/yikatong',
      LANG: 'zh_CN.UTF-8',
    });
    expect(config).toMatchObject({
      port: 9000,
      host: '127.0.0.1',
      bankHost: 'bank.example',
      bankPort: 9100,
      databaseUrl: 'postgresql://u:p@db.example/yikatong',
    });
  });

  test.each([
    ['YIKATONG_PORT', '70000', 'a whole number from 0 to 65535', '0 至 65535 的整数'],
    ['YIKATONG_PORT', '80.5', 'a whole number from 0 to 65535', '0 至 65535 的整数'],
    ['YIKATONG_PORT', '0x50', 'a whole number from 0 to 65535', '0 至 65535 的整数'],
    ['YIKATONG_PORT', '-1', 'a whole number from 0 to 65535', '0 至 65535 的整数'],
    ['YIKATONG_MODE', 'prod', 'one of sandbox, production', 'sandbox, production'],
    ['YIKATONG_LOG_LEVEL', 'loud', 'one of fatal, error', 'fatal, error'],
    ['YIKATONG_MONTHS_KEPT', '6', 'a whole number from 7 to 1200', '7 至 1200 的整数'],
    ['YIKATONG_QUEUE_MAX', '1e3', 'a whole number from 1 to 100000', '1 至 100000 的整数'],
  ])('%s=%s is refused, and the line says what is allowed', (variable, value, en, zh) => {
    const start = () => readConfig({ [variable]: value });
    const line = { name: 'StartupError', code: 'CONFIG_INVALID' };
    expect(start).toThrow(
      expect.objectContaining({
        ...line,
        en: expect.stringContaining(`${variable} has the value "${value}", allowed is ${en}`),
        zh: expect.stringContaining(zh),
      }),
    );
  });

  test('a token of the metrics that is too short is refused without being repeated', () => {
    const start = () => readConfig({ YIKATONG_METRICS_TOKEN: 'hunter2' });
    expect(start).toThrow(expect.objectContaining({ en: expect.stringContaining('16 to 200') }));
    expect(start).not.toThrow(expect.objectContaining({ en: expect.stringContaining('hunter2') }));
  });

  test('a database address is refused without repeating its password', () => {
    const start = () => readConfig({ DATABASE_URL: 'mysql://root:hunter2@db/x' });
    expect(start).toThrow(/DATABASE_URL/);
    expect(start).not.toThrow(/hunter2/);
  });

  test('a misspelt variable is refused instead of leaving the default', () => {
    expect(() => readConfig({ YIKATONG_PROT: '9000' })).toThrow(/YIKATONG_PROT is not known/);
  });

  test('half a bank address is refused', () => {
    expect(() => readConfig({ YIKATONG_BANK_HOST: 'bank.example' })).toThrow(/YIKATONG_BANK_PORT/);
  });

  test('production without a bank is refused', () => {
    const database = { DATABASE_URL: 'postgres://u@db.example/yikatong' };
    const start = () => readConfig({ YIKATONG_MODE: 'production', ...database });
    expect(start).toThrow(/YIKATONG_BANK_HOST/);
  });

  test('production without a database of its own is refused', () => {
    expect(() => readConfig({ YIKATONG_MODE: 'production' })).toThrow(/DATABASE_URL/);
  });

  describe('of the keystore', () => {
    const production = {
      YIKATONG_MODE: 'production',
      DATABASE_URL: 'postgres://u@db.example/yikatong',
      YIKATONG_BANK_HOST: 'bank.example',
      YIKATONG_BANK_PORT: '9100',
    };

    test.each([
      ['a key file in production', production, 'YIKATONG_KEYSTORE'],
      [
        'a key file in production, in so many words',
        { ...production, YIKATONG_KEYSTORE: 'file' },
        'YIKATONG_KEYSTORE',
      ],
      [
        'sealed files in production that nobody allowed',
        { ...production, YIKATONG_KEYSTORE: 'sealed' },
        'YIKATONG_SEALED_IN_PRODUCTION',
      ],
      ['a module without its library', { YIKATONG_KEYSTORE: 'pkcs11' }, 'YIKATONG_PKCS11_MODULE'],
      [
        'one token for both domains',
        { YIKATONG_PKCS11_FINANCIAL_TOKEN: 'yikatong-social-security' },
        'YIKATONG_PKCS11_FINANCIAL_TOKEN',
      ],
    ])('%s is refused', (_name, env, variable) => {
      expect(() => readConfig(env)).toThrow(variable);
    });

    test('production takes a module, and sealed files that were allowed', () => {
      const module = { YIKATONG_KEYSTORE: 'pkcs11', YIKATONG_PKCS11_MODULE: '/opt/hsm/libp11.so' };
      expect(readConfig({ ...production, ...module }).keystore).toBe('pkcs11');
      const sealed = { YIKATONG_KEYSTORE: 'sealed', YIKATONG_SEALED_IN_PRODUCTION: 'allow' };
      expect(readConfig({ ...production, ...sealed }).keystore).toBe('sealed');
    });
  });
});
