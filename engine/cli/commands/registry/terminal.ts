import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { TerminalId } from '../../../base/ids/ids.ts';
import type { Registers, TerminalSecrets } from '../../../compose/registry.ts';
import type { TerminalRecord } from '../../../flows/registry/registers.ts';
import { terminalColumns } from '../../../flows/registry/registers.ts';
import { terminalRegister } from '../../../flows/registry/registers-on-record.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import {
  addAdd,
  addImport,
  addList,
  addSuspension,
  onRegisters,
  printDone,
} from './register-commands.ts';

type KeysOut = { readonly keysOut: string };

/**
 * `yikatong terminal …`: terminals with their keys. A terminal's master key, and its device key if it was made here,
 * are written once to a file of their own, readable by its owner only.
 */
export function addTerminal(program: Command, context: CliContext): void {
  const group = program
    .command('terminal')
    .description('终端登记与密钥 / terminals and their keys');
  const keysOut = [
    '--keys-out <folder>',
    '终端密钥写入该目录 / folder for the terminal keys',
  ] as const;
  const register = { group, context };
  const registerOf = (registers: Registers, options: KeysOut) =>
    terminalRegister(registers, withKeys(context, registers, options.keysOut));
  const words = { zh: '从 CSV 登记', en: 'put those of a CSV file on record' };
  addAdd(register, terminalColumns, registerOf, keysOut);
  addImport(register, { words, extra: keysOut, columns: terminalColumns }, registerOf);
  group
    .command('replace <id>')
    .description('换密钥（设备更换），原会话失效 / new keys, for another device; its session ends')
    .option('--public-key <base64>', '设备公钥 / public key of the device')
    .requiredOption(...keysOut)
    .action((id: string, options: KeysOut & { readonly publicKey?: string }) =>
      replaceKeys(context, id as TerminalId, options),
    );
  addList(register, 'terminal');
  addSuspension(
    register,
    {
      argument: 'id',
      suspend: { zh: '停用', en: 'it settles nothing' },
      resume: { zh: '恢复', en: 'end the suspension' },
    },
    async (registers, id, isResumed) => [await registers.enable('terminal', id, isResumed), id],
  );
}

/** Terminals with new keys: first the files, so that no terminal is on record whose keys nobody has. */
function withKeys(context: CliContext, registers: Registers, folder: string) {
  return async (rows: readonly TerminalRecord[]): Promise<void> => {
    const { makeTerminalKeys } = await context.loadMain();
    const config = readConfig(context.env);
    const made = await makeTerminalKeys(config, rows);
    await registers.insertTerminals(
      made.map(({ terminal: { publicKey: _, ...terminal }, onRecord, secrets }) => {
        writeKeys(folder, secrets);
        return {
          ...terminal,
          ...onRecord,
          isEnabled: true,
          session: undefined,
          bankKeys: undefined,
        };
      }),
    );
  };
}

async function replaceKeys(
  context: CliContext,
  id: TerminalId,
  { keysOut, publicKey }: KeysOut & { readonly publicKey?: string },
): Promise<void> {
  const { makeTerminalKeys } = await context.loadMain();
  const [made] = await makeTerminalKeys(readConfig(context.env), [{ id, publicKey }]);
  if (made === undefined) throw new Error('keys are made for each terminal');
  const { onRecord, secrets } = made;
  const isDone = await onRegisters(context, async (registers) => {
    const known = await registers.known('terminal', [id]);
    if (known.size > 0) writeKeys(keysOut, secrets);
    return known.size > 0 && registers.replaceTerminalKeys(id, onRecord);
  });
  printDone(context, isDone, id);
}

/** @throws CliError when a file of this terminal is there: keys are not overwritten */
function writeKeys(folder: string, secrets: TerminalSecrets): void {
  const path = join(folder, `${secrets.terminalId}.json`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const flag = { mode: 0o600, flag: 'wx' };
    writeFileSync(path, `${JSON.stringify(secrets, undefined, 2)}\n`, flag);
  } catch {
    throw new CliError({
      zh: `无法写入密钥文件（已存在或目录不可写）：${path}`,
      en: `The key file cannot be written (it is there already, or the folder is closed): ${path}`,
    });
  }
}
