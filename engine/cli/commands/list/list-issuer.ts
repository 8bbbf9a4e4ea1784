import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isoTime } from '../../../base/time/calendar.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { requireListName } from './list-name.ts';

type Added = {
  readonly key: string;
  readonly keyId: string;
  readonly login?: string;
};

/** `yikatong list issuer …`: whose signature a list must bear. */
export function addListIssuer(list: Command, context: CliContext): void {
  const group = list.command('issuer').description('名单发布方的公钥 / public keys of issuers');
  group
    .command('add <level> <region>')
    .description(
      '登记一个发布方公钥；先与发布方核对指纹 / trust a key; compare it with its issuer first',
    )
    .requiredOption('--key <file>', '公钥，PEM / public key, PEM')
    .requiredOption('--key-id <id>', '名单文件中的密钥编号 / id of the key in list files')
    .option(...loginOption)
    .action(async (level: string, region: string, { key, keyId, login }: Added) => {
      const name = requireListName(level, region);
      const signingKey = readPublicKey(key);
      const credentials = await readCredentials(context, login);
      const { withInvalidLists } = await context.loadMain();
      const isAdded = await withInvalidLists(readConfig(context.env), credentials, ({ issuers }) =>
        issuers.add({ ...name, ...signingKey, keyId, addedAt: Date.now() }),
      );
      if (!isAdded) {
        throw new CliError({
          zh: `密钥编号 ${keyId} 已登记`,
          en: `A key with the id ${keyId} is on record already`,
        });
      }
      context.print(`已登记 / on record: ${keyId}`);
    });
  group
    .command('list')
    .description('列出公钥 / list the keys')
    .action(async () => {
      const { withInvalidLists } = await context.loadMain();
      const issuers = await withInvalidLists(readConfig(context.env), undefined, (tools) =>
        tools.issuers.all(),
      );
      if (issuers.length === 0) context.print('没有公钥 / there is no key');
      for (const { keyId, level, region, algorithm, addedAt, revokedAt } of issuers) {
        const end = revokedAt === undefined ? '' : `  停用于 / revoked ${isoTime(revokedAt)}`;
        const since = `登记于 / since ${isoTime(addedAt)}`;
        context.print(`${keyId}  ${level} ${region}  ${algorithm}  ${since}${end}`);
      }
    });
  group
    .command('revoke <keyId>')
    .description('停用；已导入的名单仍有效 / revoke it; lists that it signed stay in force')
    .option(...loginOption)
    .action(async (keyId: string, { login }: { readonly login?: string }) => {
      const credentials = await readCredentials(context, login);
      const { withInvalidLists } = await context.loadMain();
      const isDone = await withInvalidLists(readConfig(context.env), credentials, ({ issuers }) =>
        issuers.revoke(keyId, Date.now()),
      );
      if (!isDone) {
        throw new CliError({
          zh: `没有使用中的密钥 ${keyId}`,
          en: `No key ${keyId} is in use`,
        });
      }
      context.print(`已停用 / revoked: ${keyId}`);
    });
}

function readPublicKey(path: string): {
  readonly algorithm: 'ed25519';
  readonly publicKey: string;
} {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey(readFileSync(path));
  } catch {
    // Whatever it is, it is no key.
  }
  if (key?.asymmetricKeyType === 'ed25519') {
    const publicKey = key.export({ format: 'der', type: 'spki' }).toString('base64');
    return { algorithm: 'ed25519', publicKey };
  }
  throw new CliError({
    zh: `${path} 不是 Ed25519 公钥（PEM）`,
    en: `${path} is no Ed25519 public key in PEM`,
  });
}
