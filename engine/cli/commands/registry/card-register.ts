import type { Command } from 'commander';
import { createLineAsker } from '../../../../terminal-adapter/counter/ask-line.ts';
import type { CardId } from '../../../base/ids/ids.ts';
import { parseCardId } from '../../../base/ids/ids.ts';
import type { Registers } from '../../../compose/registry.ts';
import type { CardOrder } from '../../../domain/card/change-card.ts';
import { cardColumns } from '../../../flows/registry/registers.ts';
import { cardRegister } from '../../../flows/registry/registers-on-record.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import {
  addAdd,
  addImport,
  addList,
  addSuspension,
  maskedNumber,
  onRegisters,
  printDone,
} from './register-commands.ts';

/** The cards on record, as commands of `yikatong card`. */
export function addCardRegister(group: Command, context: CliContext): void {
  const register = { group, context };
  const words = {
    zh: '从 CSV 登记，设置密码后才可使用',
    en: 'put those of a CSV file on record; they pay nothing until a PIN is set',
  };
  addAdd(register, cardColumns, cardRegister);
  addImport(register, { words, columns: cardColumns }, cardRegister);
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
    .requiredOption('--by <cardId>', '新卡识别码（已登记）/ the new card, on record already')
    .action((id: string, { by }: { readonly by: string }) =>
      replaceCard(context, requireCardId(id), requireCardId(by)),
    );
  addList(register, 'card');
  addSuspension(
    register,
    {
      argument: 'cardId',
      suspend: { zh: '停用', en: 'it settles nothing' },
      resume: { zh: '恢复使用', en: 'end the suspension' },
    },
    (registers, id, isResumed) =>
      change(registers, requireCardId(id), { kind: isResumed ? 'resume' : 'suspend' }),
  );
}

/** @throws CliError when the state of the card does not take it */
async function change(
  registers: Registers,
  cardId: CardId,
  order: CardOrder,
): Promise<readonly [isDone: boolean, what: string]> {
  const changed = await registers.changeCard(cardId, order);
  if (changed.ok || changed.error === 'unknown') return [changed.ok, masked(cardId)];
  throw new CliError({
    zh: `该卡当前状态为 ${changed.error}，不能这样更改`,
    en: `The card is ${changed.error}, and cannot be changed so`,
  });
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
  const pinVerifier = await verifierOfPin(readConfig(context.env), cardId, digits);
  const [isDone, what] = await onRegisters(context, (registers) =>
    change(registers, cardId, { kind: 'set-pin', pinVerifier }),
  );
  printDone(context, isDone, what);
}

async function replaceCard(context: CliContext, old: CardId, by: CardId): Promise<void> {
  const [isDone, what] = await onRegisters(context, async (registers) => {
    const owner = await registers.findCardOwner(old);
    const other = await registers.findCardOwner(by);
    if (other === undefined) {
      throw new CliError({
        zh: `新卡 ${masked(by)} 没有在册；请先登记`,
        en: `The new card ${masked(by)} is not on record; put it on record first`,
      });
    }
    if (owner !== undefined && owner.personNo !== other.personNo) {
      throw new CliError({ zh: '两张卡不属于同一人', en: 'The two cards are not of one person' });
    }
    return change(registers, old, { kind: 'cancel' });
  });
  printDone(context, isDone, what);
}

function masked(cardId: CardId): string {
  return maskedNumber(cardId, 6);
}
