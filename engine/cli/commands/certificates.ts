import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { CertifiedKey } from '../../sandbox/certificates/authority.ts';
import type { CliContext } from '../cli-context.ts';

const AUTHORITY_DAYS = 3_650;
const CERTIFICATE_DAYS = 365;
const REVOCATIONS_DAYS = 30;
/** Clocks of clients may be behind, ms. */
const CLOCK_BEHIND_MS = 3_600_000;

const OWNER_ONLY = 0o600;

/** `yikatong certificates`: an authority, a server's and clients' certificates for sandbox and tests. */
export function addCertificates(program: Command, context: CliContext): void {
  const certificates = program
    .command('certificates')
    .description('沙盒用 TLS 证书 / TLS certificates for the sandbox');
  certificates
    .command('make')
    .description(
      '生成根证书、服务器证书、终端证书、吊销列表 / make authority, server, clients, revocations',
    )
    .requiredOption('--out <folder>', '目录（必填）/ folder (required)')
    .option('--host <names...>', '服务器名称或地址 / names or addresses of the server', [
      'localhost',
      '127.0.0.1',
    ])
    .option('--client <names...>', '终端名称 / names of clients', ['terminal'])
    .action(async ({ out, host, client }: MakeOptions) => {
      await makeCertificates(out, host, client);
      context.print(`已生成 / made: ${out}`);
    });
  certificates
    .command('revoke')
    .description(
      '吊销终端证书，替换吊销列表 / revoke clients: the list of revocations is written anew',
    )
    .requiredOption('--out <folder>', '目录（必填）/ folder (required)')
    .requiredOption('--client <names...>', '终端名称（必填）/ names of clients (required)')
    .action(async ({ out, client }: MakeOptions) => {
      await revokeClients(out, client);
      context.print(`已吊销 / revoked: ${client.join(', ')}`);
    });
}

type MakeOptions = {
  readonly out: string;
  readonly host: [string, ...string[]];
  readonly client: string[];
};

async function makeCertificates(
  folder: string,
  hosts: readonly [string, ...string[]],
  clients: readonly string[],
): Promise<void> {
  const { createAuthority, certifyClient, certifyServer, listRevoked } = await loadAuthority();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const from = Date.now() - CLOCK_BEHIND_MS;
  const validity = { from, days: CERTIFICATE_DAYS };
  const authority = await createAuthority('yikatong sandbox', { from, days: AUTHORITY_DAYS });
  store(folder, 'authority', authority);
  store(folder, 'server', await certifyServer(authority, hosts, validity));
  for (const name of clients) store(folder, name, await certifyClient(authority, name, validity));
  const none = await listRevoked(authority, [], { from, days: REVOCATIONS_DAYS });
  write(folder, 'revocations.pem', none);
}

/** The list names exactly these clients. */
async function revokeClients(folder: string, clients: readonly string[]): Promise<void> {
  const { listRevoked } = await loadAuthority();
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const authority = { certificate: read('authority.pem'), key: read('authority-key.pem') };
  const revoked = clients.map((name) => read(`${name}.pem`));
  const validity = { from: Date.now() - CLOCK_BEHIND_MS, days: REVOCATIONS_DAYS };
  write(folder, 'revocations.pem', await listRevoked(authority, revoked, validity));
}

/** Loaded when it is needed: other commands do not wait for it. */
function loadAuthority() {
  return import('../../sandbox/certificates/authority.ts');
}

function store(folder: string, name: string, { certificate, key }: CertifiedKey): void {
  write(folder, `${name}.pem`, certificate);
  write(folder, `${name}-key.pem`, key);
}

function write(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: OWNER_ONLY });
}
