import type { Result } from '../../../base/errors/result.ts';
import type { CreditDesk } from '../../../compose/credits.ts';
import type { Bilingual } from '../../../contract/values.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { readCredentials } from '../../operator-login.ts';

export type Login = { readonly login?: string };

/** Runs one task on the files of credits, under the operator's login. */
export async function onDesk<T>(
  context: CliContext,
  { login }: Login,
  use: (desk: CreditDesk) => Promise<T>,
): Promise<T> {
  const { withCredits } = await context.loadMain();
  return withCredits(readConfig(context.env), await readCredentials(context, login), use);
}

/** @throws CliError with the reason */
export function valueOrThrow<T>(result: Result<T, Bilingual>): T {
  if (!result.ok) throw new CliError(result.error);
  return result.value;
}
