import type { Command } from 'commander';
import { institutionColumns, institutionOf } from '../../../flows/registry/registers.ts';
import { institutionRegister } from '../../../flows/registry/registers-on-record.ts';
import type { CliContext } from '../../cli-context.ts';
import { addAdd, addImport, addList, addReplace, addSuspension } from './register-commands.ts';

/** `yikatong institution …`: the designated institutions (定点医药机构). */
export function addInstitution(program: Command, context: CliContext): void {
  const group = program.command('institution').description('定点医药机构登记 / institutions');
  const register = { group, context };
  const words = { zh: '从 CSV 登记', en: 'put those of a CSV file on record' };
  addAdd(register, institutionColumns, institutionRegister);
  addImport(register, { words, columns: institutionColumns }, institutionRegister);
  addReplace(
    register,
    institutionColumns,
    { zh: '修改一家的登记', en: 'change what is on record of one' },
    async (registers, cells) => {
      const { carePlace, ...institution } = institutionOf(cells);
      const { kind, level, isCommunity } = carePlace;
      const row = { ...institution, kind, level, isCommunity };
      return [await registers.replaceInstitution(row), institution.code];
    },
  );
  addList(register, 'institution');
  addSuspension(
    register,
    {
      argument: 'code',
      suspend: { zh: '暂停：其终端全部停用', en: 'its terminals settle nothing' },
      resume: { zh: '恢复', en: 'end the suspension' },
    },
    async (registers, code, isResumed) => [
      await registers.enable('institution', code, isResumed),
      code,
    ],
  );
}
