import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readConfig } from '../../ops/config.ts';
import type { KeyCabinet, KeyDomain, KeyRecord } from '../../ops/keystore/key-cabinet.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';

const domains: readonly KeyDomain[] = ['social-security', 'financial'];
/** These come from others, in components: the card issuers and the bank. */
const comesByCeremony: ReadonlySet<string> = new Set([
  'cardMasterSm4',
  'cardMaster3des',
  'linkKey',
]);
const SHARE_BYTES = 32;

type DomainOption = { readonly domain: KeyDomain };

/** `yikatong keystore`: the keys of the two domains, by name, version and check value. */
export function addKeystore(program: Command, context: CliContext): void {
  const keystore = program
    .command('keystore')
    .description('密钥库：两个密钥域的密钥 / keystore: the keys of the two domains');
  keystore
    .command('list')
    .description('列出密钥的版本与校验值 / list versions and check values')
    .addOption(domainOption())
    .action(async ({ domain }: DomainOption) => {
      const records = await withCabinet(context, domain, (cabinet) => cabinet.list());
      for (const record of records) printRecord(context, record);
      if (records.length === 0) context.print('尚无密钥 / there are no keys yet');
    });
  keystore
    .command('generate')
    .description(
      '生成所缺的密钥（由分量导入的除外），或指定密钥的新版本 / make the keys that are missing (but those of components), or a new version of one',
    )
    .addOption(domainOption())
    .option('--key <name>', '密钥名 / name of the key')
    .action(async ({ domain, key }: DomainOption & { readonly key?: string }) => {
      const made = await withCabinet(context, domain, (cabinet) => generate(cabinet, key));
      for (const record of made) printRecord(context, record);
      if (made.length === 0) context.print('没有缺少的密钥 / no key is missing');
    });
  keystore
    .command('install <name>')
    .description(
      '由两名保管人的分量（文件或键入）导入密钥 / install a key of two custodians, from components in files or typed',
    )
    .addOption(domainOption())
    .action(async (name: string, { domain }: DomainOption) => {
      const { installComponents } = await context.loadMain();
      const { askSecret } = context;
      const config = readConfig(context.env);
      printRecord(context, await installComponents(config, { domain, name }, { ask: askSecret }));
    });
  keystore
    .command('init-token')
    .description('在空插槽中建立该密钥域的令牌 / make the token of a domain in a free slot')
    .addOption(domainOption())
    .action(async ({ domain }: DomainOption) => {
      const { makeToken } = await context.loadMain();
      await makeToken(readConfig(context.env), domain, { ask: context.askSecret });
      context.print(`令牌已建立 / the token is made: ${domain}`);
    });
  keystore
    .command('init-sealed')
    .description(
      '新建软件密封密钥库，两个分量各写入一个文件，交两人保管 / make a sealed keystore; its two shares go to a file each, for two custodians',
    )
    .addOption(domainOption())
    .requiredOption('--shares-out <folder>', '分量文件的目录 / folder for the shares')
    .action(async ({ domain, sharesOut }: DomainOption & { readonly sharesOut: string }) => {
      await initSealed(context, domain, sharesOut);
    });
}

function domainOption(): Option {
  return new Option('--domain <domain>', '密钥域 / key domain')
    .choices([...domains])
    .makeOptionMandatory();
}

async function generate(
  cabinet: KeyCabinet,
  key: string | undefined,
): Promise<readonly KeyRecord[]> {
  if (key !== undefined) return [await cabinet.generate(key)];
  const known = new Set((await cabinet.list()).map(({ name }) => name));
  const made: KeyRecord[] = [];
  for (const name of Object.keys(cabinet.kinds)) {
    if (!known.has(name) && !comesByCeremony.has(name)) made.push(await cabinet.generate(name));
  }
  return made;
}

function printRecord(context: CliContext, { name, version, kind, checkValue }: KeyRecord): void {
  context.print(
    `${name.padEnd(16)} ${String(version).padStart(3)}  ${kind.padEnd(9)} ${checkValue}`,
  );
}

async function withCabinet<T>(
  context: CliContext,
  domain: KeyDomain,
  use: (cabinet: KeyCabinet) => Promise<T>,
): Promise<T> {
  const { openCabinet } = await context.loadMain();
  const { askSecret } = context;
  const cabinet = await openCabinet(readConfig(context.env), domain, { ask: askSecret });
  try {
    return await use(cabinet);
  } finally {
    await cabinet.close();
  }
}

/** The shares are written, never printed: a screen is seen and recorded. */
async function initSealed(context: CliContext, domain: KeyDomain, folder: string): Promise<void> {
  const { initSealedKeystore } = await context.loadMain();
  const shares = [randomBytes(SHARE_BYTES), randomBytes(SHARE_BYTES)] as const;
  const paths = [1, 2].map((no) => join(folder, `${domain}-share-${no}`));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [at, path] of paths.entries()) {
      const digits = Buffer.from(`${shares[at === 0 ? 0 : 1].toString('hex')}\n`);
      writeFileSync(path, digits, { mode: 0o400, flag: 'wx' });
      digits.fill(0);
    }
  } catch {
    throw new CliError({
      zh: `无法写入 ${paths.join('、')}（已存在或目录不可写）`,
      en: `${paths.join(', ')} cannot be written (they are there already, or the folder is closed)`,
    });
  }
  const checks = initSealedKeystore(readConfig(context.env), domain, shares);
  for (const [at, path] of paths.entries()) {
    context.print(`${path}  校验值 / check value ${checks[at === 0 ? 0 : 1]}`);
  }
  context.print('请两名保管人各取一份并移出本机 / each custodian takes one away from this machine');
}
