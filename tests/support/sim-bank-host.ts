/**
 * The bank's side: its own books, kept by trace number. It answers a repeated message as the first
 * time, remembers a reversal whose original it has not seen, and then refuses the original when it
 * comes late.
 */
import type { BankTrace } from '../../engine/ports/bank.ts';
import type { Random } from './random.ts';

export type HostMessage = BankTrace & {
  readonly kind: 'sale' | 'void' | 'refund' | 'reversal';
  readonly amount: bigint;
  /** Trace of the sale that a void or refund names. */
  readonly original: string | undefined;
};

export type HostBooking = {
  readonly kind: 'sale' | 'void' | 'refund';
  readonly amount: bigint;
  readonly original: string | undefined;
  readonly code: string;
  isReversed: boolean;
};

export type SimBankHost = {
  readonly bookings: Map<string, HostBooking>;
  isUp: boolean;
  /** It books, but its answers do not get out. */
  isMute: boolean;
  isFaulty: boolean;
  /** The answer code (field 39) of a message that arrived. */
  handle(message: HostMessage): string;
  /** What the bank holds of a sale: its amount less voids and refunds; 0 after a reversal. */
  netOf(trace: string): bigint;
};

export const traceName = (trace: Pick<BankTrace, 'terminalId' | 'stan' | 'batch'>): string =>
  `${trace.terminalId}/${trace.batch}/${trace.stan}`;

export function createSimBankHost(random: Random): SimBankHost {
  const bookings = new Map<string, HostBooking>();
  const tombstones = new Set<string>();
  const chance = (probability: number) => host.isFaulty && random.chance(probability);
  const stands = (booking: HostBooking) => booking.code === '00' && !booking.isReversed;
  const takenBack = (trace: string): readonly HostBooking[] =>
    [...bookings.values()].filter((booking) => booking.original === trace && stands(booking));

  const reverse = (trace: string): string => {
    const booking = bookings.get(trace);
    if (booking === undefined) {
      tombstones.add(trace);
      return '25';
    }
    if (!stands(booking)) return '12';
    booking.isReversed = true;
    return '00';
  };
  const decide = (message: HostMessage): string => {
    if (message.kind === 'sale') return chance(0.12) ? random.pick(['51', '55', '05', '14']) : '00';
    const sale = bookings.get(message.original ?? '');
    if (sale === undefined || !stands(sale)) return '25';
    const back = takenBack(message.original ?? '');
    if (message.kind === 'void')
      return back.length > 0 || sale.amount !== message.amount ? '12' : '00';
    const sum = back.reduce((total, { amount }) => total + amount, message.amount);
    if (sum > sale.amount) return '61';
    return chance(0.08) ? '57' : '00';
  };
  const book = (message: HostMessage): string => {
    const trace = traceName(message);
    const known = bookings.get(trace);
    if (known !== undefined) return known.code;
    const { kind, amount, original } = message;
    if (kind === 'reversal') return reverse(trace);
    const code = tombstones.has(trace) ? '12' : decide(message);
    bookings.set(trace, { kind, amount, original, code, isReversed: false });
    return code;
  };
  const host: SimBankHost = {
    bookings,
    isUp: true,
    isMute: false,
    isFaulty: true,
    handle(message) {
      if (message.kind === 'reversal') return chance(0.15) ? '96' : reverse(traceName(message));
      // 96: the host does not know itself, with or without having booked.
      if (chance(0.04)) {
        if (random.chance(0.5)) book(message);
        return '96';
      }
      return book(message);
    },
    netOf(trace) {
      const sale = bookings.get(trace);
      if (sale === undefined || sale.kind !== 'sale' || !stands(sale)) return 0n;
      return takenBack(trace).reduce((net, { amount }) => net - amount, sale.amount);
    },
  };
  return host;
}
