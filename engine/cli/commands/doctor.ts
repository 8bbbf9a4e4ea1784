import type { Command } from 'commander';
import type { Finding } from '../../compose/doctor.ts';
import { readConfig } from '../../ops/config.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';

const marks: { readonly [S in Finding['state']]: string } = {
  ok: '✓',
  advice: '·',
  fault: '✗',
  skipped: '–',
};

/** `yikatong doctor`: what an engine needs, and what to do about what is wrong; exit code 1 on a fault. */
export function addDoctor(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  program
    .command('doctor')
    .description(
      '检查数据库、密钥、银行线路、磁盘等，并说明如何处理 / look at database, keys, bank line, disk …, and say what to do',
    )
    .option('--json', '以数据形式输出 / as data')
    .action(async ({ json }: { readonly json?: true }) => {
      const { examine } = await context.loadMain();
      const findings = await examine(readConfig(context.env), context.askSecret);
      const faults = findings.filter(({ state }) => state === 'fault').length;
      if (faults > 0) setExitCode(1);
      if (json) {
        context.print(JSON.stringify({ faults, findings }, undefined, 2));
        return;
      }
      for (const { subject, state, zh, en } of findings) {
        context.print(`${marks[state]} ${subject.padEnd(10)} ${zh}`);
        context.print(`  ${' '.repeat(10)} ${en}`);
      }
      context.print(
        faults === 0
          ? '没有必须处理的问题 / nothing must be done'
          : `须处理 ${faults} 项 / to be mended: ${faults}`,
      );
    });
}
