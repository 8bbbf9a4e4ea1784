import type { Pack } from '../../../rules/model/pack.ts';
import type { Command } from './commands.ts';
import type { Decision, Facts } from './decision.ts';

/** The policy packs in force, by id and by selection; constant while the engine runs. */
export type Policy = {
  selectPack(query: { readonly region: string; readonly scheme: string; readonly careType: string; readonly serviceDate: string }): Pack | undefined;
  findPack(packId: string): Pack | undefined;
};

/** Decides a command. Pure: same command, facts and policy, same decision. */
export type Decide = (command: Command, facts: Facts) => Decision;
