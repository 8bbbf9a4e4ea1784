import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import {
  type CardReply,
  type CardService,
  openCardService,
} from '../../../terminal-adapter/card-service/card-operations.ts';
import { serveCard } from '../../../terminal-adapter/card-service/serve-card.ts';
import { createSimulatedReader } from '../../../terminal-adapter/readers/simulated-reader.ts';
import { loadTerminalKeys, sandboxKeyFolder } from '../../sandbox/keys/sandbox-keys.ts';
import { sandboxTerminals } from '../../sandbox/seed/sandbox-institutions.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import { openSandboxCard } from '../sandbox-card.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { addCardRegister } from './registry/card-register.ts';
import { sandboxConfig } from './seed.ts';
import { institutionNames, requirePerson } from './sell.ts';
import { requireInstitution } from './settlement.ts';

type CardPlace = { readonly person: string; readonly at: string };
/** One order by its options: names and texts as on the command line. */
type OrderOptions = CardPlace & { readonly [name: string]: string };

/** The operations as commands: name, what it does, required options with what they hold, optional ones. */
const orders: readonly {
  readonly op: string;
  readonly description: string;
  readonly required?: readonly (readonly [flags: string, description: string])[];
  readonly optional?: readonly (readonly [flags: string, description: string])[];
}[] = [
  { op: 'select', description: '选择社保应用并读取 EF05 / select the application and read EF05' },
  {
    op: 'verify',
    description: '校验芯片内密码 / check the PIN in the chip',
    required: [['--pin <digits>', '6 位数字 / six digits']],
  },
  {
    op: 'prove',
    description: '内部认证 / have the chip answer a challenge',
    required: [
      ['--factor <hex>', '过程因子，8 字节 / 8 bytes of the challenge'],
      ['--source <hex>', '鉴别所需的原始信息，8 字节 / 8 bytes of the challenge'],
    ],
  },
  {
    op: 'pin-block',
    description: '医保密码块 / medical PIN block',
    required: [
      ['--pin <digits>', '密码 / the PIN'],
      ['--key <hex>', '签到应答的 pinKey / pinKey of the sign-in'],
    ],
  },
  {
    op: 'bank-pin-block',
    description: '银行密码块 / PIN block for the bank',
    required: [
      ['--pin <digits>', '密码 / the PIN'],
      ['--key <hex>', '签到应答的 bankPinKey / bankPinKey of the sign-in'],
      ['--pan <digits>', '银行卡号 / the card number'],
    ],
  },
  {
    op: 'arqc',
    description: '银行应用的联机授权请求 / authorisation request of the bank application',
    required: [['--amount <yuan>', '金额 / for example 6.50']],
    optional: [['--serial <text>', '9F1E，8 个字符 / eight characters']],
  },
  {
    op: 'apdu',
    description: '发送一条 APDU / send one APDU',
    required: [['--command <hex>', '命令 / the command']],
  },
];

/** `yikatong card …`: a sandbox person's card for terminals in other languages. */
export function addCard(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const card = program
    .command('card')
    .description(
      '卡登记，及供其他语言的终端使用的虚拟卡 / cards on record, and the virtual card for terminals in other languages',
    );
  addCardRegister(card, context);
  addPlace(card.command('serve'))
    .description(
      '在本机端口上提供该卡，一行 JSON 一条命令 / offer the card on a port of this machine',
    )
    .option('--port <number>', '端口，0 为任意 / port, 0 takes a free one', '0')
    .action(serveUntilSignal(context));
  for (const { op, description, required = [], optional = [] } of orders) {
    const command = addPlace(card.command(op)).description(description);
    for (const [flags, text] of required) command.requiredOption(flags, text);
    for (const [flags, text] of optional) command.option(flags, text);
    command.action(async ({ person, at, ...members }: OrderOptions) => {
      const opened = await openCard(context, { person, at });
      const reply = await runOnce(opened, { op, ...members });
      context.print(JSON.stringify(reply, undefined, 2));
      if (!reply.ok) setExitCode(1);
    });
  }
}

function addPlace(command: Command): Command {
  return command
    .requiredOption('--person <id>', '持卡人 / whose card')
    .option(
      '--at <place>',
      `终端 / whose PIN pad: ${institutionNames.join(', ')}`,
      'dongguanPharmacy',
    );
}

async function runOnce(card: CardService, order: object): Promise<CardReply> {
  try {
    return await card.run(order);
  } finally {
    await card.close();
  }
}

/** The person's card in a reader; what its chip counts is stored after each order. */
async function openCard(context: CliContext, { person, at }: CardPlace): Promise<CardService> {
  const { dataDir } = sandboxConfig(context);
  const { card, saveState } = openSandboxCard(dataDir, requirePerson(person));
  const terminal = sandboxTerminals[requireInstitution(at)];
  const keys = loadTerminalKeys(sandboxKeyFolder(dataDir), terminal);
  const reader = createSimulatedReader({ card });
  const service = await openCardService({
    connect: () => reader.connect(),
    clock: { now: () => Date.now(), randomBytes: (count) => randomBytes(count) },
    pinPadKeys: { masterKey: keys.masterKey, bankMasterKey: keys.bankPinPadKey },
  });
  return {
    run: async (order) => {
      const reply = await service.run(order);
      saveState();
      return reply;
    },
    close: () => service.close(),
  };
}

function serveUntilSignal(context: CliContext) {
  return async ({ port, ...place }: CardPlace & { readonly port: string }): Promise<void> => {
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new CliError({ zh: '--port 为 0 至 65535', en: '--port is 0 to 65535' });
    }
    // Told at once if the person or the place is not known.
    await (await openCard(context, place)).close();
    const served = await serveCard(() => openCard(context, place), Number(port));
    stopOnSignal(() => served.close());
    context.print(`虚拟卡 / the card is at: 127.0.0.1:${served.port}`);
  };
}
