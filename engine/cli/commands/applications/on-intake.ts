import type { IntakeDesk } from '../../../compose/intake.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { readCredentials } from '../../operator-login.ts';

export type Login = { readonly login?: string };

/** Runs one task on employers' applications, under the operator's login. */
export async function onIntake<T>(
  context: CliContext,
  { login }: Login,
  use: (desk: IntakeDesk) => Promise<T>,
): Promise<T> {
  const { withIntake } = await context.loadMain();
  return withIntake(readConfig(context.env), await readCredentials(context, login), use);
}
