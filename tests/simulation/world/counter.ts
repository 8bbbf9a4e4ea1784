/**
 * A counter of the simulation: its place and what is bought there. The terminal on it may die; the
 * counter stays.
 */
import type { TerminalId } from '../../../engine/base/ids/ids.ts';
import type { BillBody } from '../../../engine/contract/bill.ts';
import type { Institution } from '../../../engine/ports/reference.ts';
import type { Random } from '../../support/random.ts';
import type { SimCard } from './people.ts';
import type { Process } from './scheduler.ts';

/** What a holder wants to buy once, however many attempts it takes. */
export type Purchase = {
  readonly no: number;
  readonly card: SimCard;
  readonly bill: BillBody;
  readonly useAccount: boolean;
  readonly tender: 'cash' | 'bank-debit';
  /** As they were journalled. */
  readonly keys: { readonly requestKey: string; readonly kind: 'sale' | 'refund' }[];
  attempts: number;
  isOver: boolean;
};

/** The place: it stays when the terminal's process dies. */
export type SimCounter = {
  /** Of its terminal, as the register has it. */
  readonly name: TerminalId;
  readonly institution: Institution;
  readonly disk: string;
  readonly random: Random;
  readonly purchases: Purchase[];
  process: Process;
  clockOffset: number;
  lives: number;
  /** A new day has begun: it signs in before it goes on. */
  isNewDay: boolean;
  /** Everything is sold and nothing is open. */
  isDone: boolean;
  /** In the PIN pad, which keeps it without power. */
  bankPinKey: Uint8Array | undefined;
};
