import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CounterFile } from '../../../terminal-adapter/counter/counter-file.ts';
import { toHex } from '../../base/crypto/bytes.ts';
import type { AnswerKey } from '../../contract/terminal.ts';
import { openFileKeystore } from '../../ops/keystore/file-keystore.ts';
import {
  loadTerminalKeys,
  sandboxKeyFolder,
  sandboxKeyPaths,
} from '../../sandbox/keys/sandbox-keys.ts';
import { sandboxTerminals } from '../../sandbox/seed/sandbox-institutions.ts';
import type { CliContext } from '../cli-context.ts';
import { sandboxCardFiles } from '../sandbox-card.ts';
import { sandboxCredentials, sandboxJournalFile } from '../sandbox-counter.ts';
import { sandboxConfig } from './seed.ts';
import { requirePerson } from './sell.ts';
import type { CounterOptions } from './settlement.ts';
import { addCounterOptions, requireInstitution } from './settlement.ts';

type CounterOrder = CounterOptions & { readonly person: string; readonly out: string };

/** `yikatong counter`: writes the file with which the terminal kit opens a sandbox counter. */
export function addCounter(program: Command, context: CliContext): void {
  addCounterOptions(program.command('counter'), context)
    .description('生成终端组件的配置文件（沙盒终端和虚拟卡）/ write the file of a sandbox counter')
    .requiredOption('--person <id>', '卡的持有人 / whose card is in the reader')
    .requiredOption('--out <file>', '文件 / where to')
    .action((order: CounterOrder) => {
      const file = counterFile(sandboxConfig(context).dataDir, order);
      writeFileSync(order.out, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
      context.print(`已写入 / written: ${order.out}`);
    });
}

function counterFile(dataDir: string, { at, url, person }: CounterOrder): CounterFile {
  const terminal = sandboxTerminals[requireInstitution(at)];
  const folder = sandboxKeyFolder(dataDir);
  const keys = loadTerminalKeys(folder, terminal);
  const { personalisation, stateFile } = sandboxCardFiles(dataDir, requirePerson(person));
  return {
    baseUrls: [url],
    terminal: sandboxCredentials(terminal, keys),
    bankMasterKey: toHex(keys.bankPinPadKey),
    trustedAnswerKey: answerKeyOf(folder),
    journalFile: resolve(sandboxJournalFile(dataDir, terminal)),
    reader: { kind: 'virtual-card', personalisation, stateFile: resolve(stateFile) },
  };
}

/** What a real terminal gets with its keys: then nobody between the two can pose as the engine. */
function answerKeyOf(folder: string): AnswerKey {
  const { engineKeys } = sandboxKeyPaths(folder);
  const { answerKeyId, answerPublicKey } = openFileKeystore(engineKeys, { createIfMissing: false });
  return { keyId: answerKeyId, algorithm: 'ed25519', publicKey: answerPublicKey };
}
