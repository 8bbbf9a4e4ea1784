/** The setting with which a sandbox shows what days do: its clock is ahead of the time. */
import type { SystemMode } from '../contract/values.ts';
import { integer } from './config-variables.ts';
import type { StartupError } from './startup-error.ts';

const VARIABLE = 'YIKATONG_SANDBOX_CLOCK_HOURS';

export const sandboxClockSetting = {
  /** How far the clock is ahead, hours. */
  sandboxClockHours: integer(VARIABLE, { minimum: 0, maximum: 100_000, default: 0 }),
};

/** @throws StartupError CONFIG_INVALID in production, where time is the database's */
export function refuseSandboxClock(
  { sandboxClockHours, mode }: { readonly sandboxClockHours: number; readonly mode: SystemMode },
  invalid: (variable: string, zh: string, en: string) => StartupError,
): void {
  if (sandboxClockHours === 0 || mode === 'sandbox') return;
  throw invalid(VARIABLE, '不得用于 production 模式', 'is never allowed in production');
}
