import type { Command } from 'commander';
import { sealPersonalData } from '../../jobs/seal-personal-data.ts';
import { readConfig } from '../../ops/config.ts';
import type { PersonalDataRows } from '../../ports/personal-data.ts';
import type { CliContext } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import { openProgressBar } from '../progress-bar.ts';

/** `yikatong personal-data …`: names and numbers in the database, and the keys that they are sealed under. */
export function addPersonalData(program: Command, context: CliContext): void {
  const group = program
    .command('personal-data')
    .description('个人信息的加密与密钥轮换 / personal data: how they are sealed, other keys');
  const onRows = async (use: (rows: PersonalDataRows) => Promise<void>): Promise<void> => {
    const { withPersonalData } = await context.loadMain();
    await withPersonalData(readConfig(context.env), use);
  };
  group
    .command('status')
    .description(
      '各列在哪个密钥版本下、还有多少明文 / texts by column and key version, and clear ones',
    )
    .action(() => onRows((rows) => printStatus(context, rows)));
  group
    .command('seal')
    .description(
      '立即加密早期版本留下的明文；引擎可同时运行 / seal what earlier versions stored, beside engines',
    )
    .action(() => onRows((rows) => sealNow(context, rows)));
  group
    .command('rotate')
    .description(
      '启用新密钥并重新加密；完成后请逐个重启引擎 / a new key, and everything sealed anew under it',
    )
    .option(
      '--same-key',
      '不生成新密钥，只把旧版本的重新加密 / no new key, only what stands under older ones',
    )
    .action(({ sameKey = false }: { readonly sameKey?: boolean }) =>
      onRows((rows) => rotate(context, rows, sameKey)),
    );
}

async function printStatus(context: CliContext, rows: PersonalDataRows): Promise<void> {
  for (const { column, version, texts } of await rows.countVersions()) {
    context.print(`${column}  密钥版本 / key version ${version}: ${texts}`);
  }
  context.print(`明文 / in clear text: ${await rows.countClear()}`);
}

async function sealNow(context: CliContext, rows: PersonalDataRows): Promise<void> {
  const total = await rows.countClear();
  const bar = openProgressBar('加密 / sealing');
  const { sealed, isDone } = await sealPersonalData(rows, (done) => {
    bar.update(done, total);
    return true;
  });
  bar.stop();
  context.print(`已加密 / sealed: ${sealed}`);
  if (isDone) return;
  throw new CliError({
    zh: '仍有正被使用的行，请稍后重试；引擎也会继续加密',
    en: 'Some rows are in use; try again later. Engines go on sealing, too',
  });
}

/** Engines that run keep to the old key until they are restarted: then it is done once more, for what they wrote. */
async function rotate(
  context: CliContext,
  rows: PersonalDataRows,
  sameKey: boolean,
): Promise<void> {
  if (!sameKey) context.print(`新密钥版本 / new key version: ${await rows.addKey()}`);
  const bar = openProgressBar('重新加密 / sealing anew');
  let total = 0;
  for (;;) {
    const resealed = await rows.reseal((done, of) => bar.update(done, of));
    total += resealed;
    if (resealed === 0) break;
  }
  bar.stop();
  context.print(`重新加密 / sealed anew: ${total}`);
  if (sameKey) return;
  context.print(
    '请逐个重启引擎，然后执行 yikatong personal-data rotate --same-key / restart the engines one by one, then run yikatong personal-data rotate --same-key',
  );
}
