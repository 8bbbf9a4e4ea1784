import type { Command } from 'commander';
import { createLineAsker } from '../../../../terminal-adapter/counter/ask-line.ts';
import type { CardId } from '../../../base/ids/ids.ts';
import { parseCardId } from '../../../base/ids/ids.ts';
import type { CardStatus } from '../../../domain/card/card.ts';
import type { Cells } from '../../../flows/registry/record.ts';
import { cardColumns } from '../../../flows/registry/registers.ts';
import { cardRegister } from '../../../flows/registry/registers-on-record.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import {
  addColumnOptions,
  addImportOptions,
  addRow,
  cellsOf,
  type ImportOptions,
  importFile,
} from './import-file.ts';
import { addList, onRegisters, printDone } from './register-commands.ts';

/** The cards on record, as commands of `yikatong card`. */
export function addCardRegister(group: Command, context: CliContext): void {
  addColumnOptions(group.command('add'), cardColumns)
    .description('登记一张卡 / put a card on record; it pays nothing until its PIN is set')
    .action((options: Cells) =>
      onRegisters(context, (registers) =>
        addRow(context, cardRegister(registers), cellsOf(cardColumns, options)),
      ),
    );
  addImportOptions(group.command('import <file>'), cardColumns)
    .description('从 CSV 登记 / put those of a CSV file on record')
    .action((file: string, options: ImportOptions) =>
      onRegisters(context, (registers) =>
        importFile(context, cardRegister(registers), file, options),
      ),
    );
  group
    .command('pin <cardId>')
    .description(
      '设置医保密码并启用或解锁 / set the medical PIN, which activates or unlocks the card; asks for it twice',
    )
    .action((id: string) => setPin(context, requireCardId(id)));
  group
    .command('replace <cardId>')
    .description(
      '换卡：注销旧卡，新卡须已登记 / cancel the old card; the new one is on record already',
    )
    .requiredOption('--by <cardId>', '* 新卡识别码（已登记）/ the new card, on record already')
    .action((id: string, { by }: { readonly by: string }) =>
      replaceCard(context, requireCardId(id), requireCardId(by)),
    );
  addList(group, context, 'card');
  for (const [name, status, zh, en] of [
    ['suspend', 'suspended', '停用', 'it settles nothing'],
    ['resume', 'active', '恢复使用', 'end the suspension'],
  ] as const) {
    group
      .command(`${name} <cardId>`)
      .description(`${zh} / ${en}`)
      .action((id: string) => changeStatus(context, requireCardId(id), status));
  }
}

function requireCardId(text: string): CardId {
  const id = parseCardId(text);
  if (id !== undefined) return id;
  throw new CliError({
    zh: '卡识别码是 32 位大写十六进制数',
    en: 'A card id is 32 upper-case hexadecimal digits',
  });
}

const PIN = /^\d{6}$/;
/** A new PIN makes no card valid that was suspended, reported lost or cancelled. */
const TAKES_PIN: ReadonlySet<CardStatus> = new Set(['active', 'not-activated', 'initial-pin']);

/** The PIN is typed, never an argument: arguments are in the shell's history and in the list of processes. */
async function setPin(context: CliContext, cardId: CardId): Promise<void> {
  const { verifierOfPin } = await context.loadMain();
  const asker = createLineAsker();
  let pin: string | undefined;
  try {
    pin = await asker.ask('医保密码（6 位数字）/ medical PIN (six digits): ', true);
    const again = await asker.ask('再输一次 / once more: ', true);
    if (pin === undefined || !PIN.test(pin) || pin !== again) {
      throw new CliError({
        zh: '密码不是 6 位数字，或两次不一致',
        en: 'The PIN is not six digits, or the two differ',
      });
    }
  } finally {
    asker.close();
  }
  const digits = Buffer.from(pin, 'latin1');
  const pinVerifier = verifierOfPin(readConfig(context.env), cardId, digits);
  const isDone = await onRegisters(context, async (registers) => {
    const found = await registers.findCard(cardId);
    if (found !== undefined && !TAKES_PIN.has(found.status))
      throw cannotBecome(found.status, 'active');
    return registers.setCard(cardId, { status: 'active', pinVerifier });
  });
  printDone(context, isDone, masked(cardId));
}

async function replaceCard(context: CliContext, old: CardId, by: CardId): Promise<void> {
  const isDone = await onRegisters(context, async (registers) => {
    const [before, after] = [await registers.findCard(old), await registers.findCard(by)];
    if (before === undefined) return false;
    if (after === undefined) {
      throw new CliError({
        zh: `新卡 ${masked(by)} 没有在册；请先登记`,
        en: `The new card ${masked(by)} is not on record; put it on record first`,
      });
    }
    if (before.key.personNo !== after.key.personNo) {
      throw new CliError({ zh: '两张卡不属于同一人', en: 'The two cards are not of one person' });
    }
    return registers.setCard(old, { status: 'cancelled' });
  });
  printDone(context, isDone, masked(old));
}

/**
 * Only between in use and suspended: what was reported lost or cancelled is not made valid here, and what
 * has no PIN yet still needs one.
 */
async function changeStatus(
  context: CliContext,
  cardId: CardId,
  status: CardStatus,
): Promise<void> {
  const from: CardStatus = status === 'active' ? 'suspended' : 'active';
  const isDone = await onRegisters(context, async (registers) => {
    const found = await registers.findCard(cardId);
    if (found !== undefined && found.status !== from) throw cannotBecome(found.status, status);
    const needsPin = status === 'active' && found?.hasPin === false;
    return registers.setCard(cardId, { status: needsPin ? 'not-activated' : status });
  });
  printDone(context, isDone, masked(cardId));
}

function cannotBecome(now: CardStatus, status: CardStatus): CliError {
  return new CliError({
    zh: `该卡当前状态为 ${now}，不能改为 ${status}`,
    en: `The card is ${now}, and cannot become ${status}`,
  });
}

function masked(cardId: CardId): string {
  return `${cardId.slice(0, 6)}…${cardId.slice(-4)}`;
}
