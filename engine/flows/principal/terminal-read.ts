import type { Action } from '../../domain/principal/actions.ts';
import { terminalPrincipal } from '../../domain/principal/principal.ts';
import type { Caller, FlowDeps } from '../deps.ts';

export type TerminalRead = {
  readonly action: Action;
  readonly personNo: string;
  /** Id of the settlement. */
  readonly subject?: string;
};

/**
 * Records that a terminal reads a person's data, before the data are given. A settlement or refund has no
 * such row: its request is its record.
 * @throws StoreUnavailable when the row cannot be made durable: then nothing is given
 */
export async function recordTerminalRead(
  { audit, environment }: Pick<FlowDeps, 'audit' | 'environment'>,
  { terminal, institution }: Caller,
  { action, personNo, subject }: TerminalRead,
): Promise<void> {
  const scope = { regions: [institution.region], institution: institution.code, personNo };
  const by = terminalPrincipal(terminal.id, institution.code);
  await audit.record({ at: environment.now(), by, action, scope, subject, outcome: 'read' });
}
