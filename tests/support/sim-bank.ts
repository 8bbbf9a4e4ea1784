/** The bank port as one engine process sees it: the host, and a network that loses, delays, doubles and spoils. */
import { ok } from '../../engine/base/errors/result.ts';
import type { Bank, BankOutcome, BankReply, BankUnknownReason } from '../../engine/ports/bank.ts';
import type { HostMessage, SimBankHost } from './sim-bank-host.ts';
import { traceName } from './sim-bank-host.ts';
import type { Process, Scheduler } from './sim-scheduler.ts';

export const BANK_LIMIT_MS = 25_000;

type Heard =
  | { readonly kind: 'code'; readonly code: string }
  | Exclude<BankOutcome, { reply: BankReply }>;

export type SimBankParts = {
  readonly scheduler: Scheduler;
  readonly host: SimBankHost;
  /** The wire: what is on it arrives whether the engine lives or not. */
  readonly network: Process;
  /** Lets an engine stand still while an answer is on its way to it. */
  stall(engine: Process): void;
};

export function connectSimBank(
  { scheduler, host, network, stall }: SimBankParts,
  engine: Process,
): Bank {
  const { random } = scheduler;
  const awaited = new Set<string>();
  const chance = (probability: number) => host.isFaulty && random.chance(probability);
  const delay = () => (chance(0.06) ? random.between(1000, 70_000) : random.between(5, 400));

  const exchange = (message: HostMessage): Promise<Heard> =>
    new Promise((resolve) => {
      const trace = traceName(message);
      if (chance(0.04))
        return scheduler.after(1, engine, () =>
          resolve({ kind: 'not-sent', reason: 'not-connected' }),
        );
      if (awaited.has(trace))
        return scheduler.after(1, engine, () =>
          resolve({ kind: 'not-sent', reason: 'trace-in-use' }),
        );
      awaited.add(trace);
      let isHeard = false;
      const hear = (heard: Heard): void => {
        if (isHeard) return;
        isHeard = true;
        awaited.delete(trace);
        scheduler.trace(
          `${engine.name} hears of ${message.kind} ${trace}: ${heard.kind === 'code' ? heard.code : heard.kind}`,
        );
        resolve(heard);
      };
      const unknown = (reason: BankUnknownReason) =>
        hear({ kind: 'unknown', reason, responseCode: undefined });
      scheduler.after(BANK_LIMIT_MS, engine, () => unknown('no-answer'));
      if (chance(0.03))
        scheduler.after(random.between(1, 2000), engine, () => unknown('connection-lost'));
      const arrive = (): void => {
        if (!host.isUp) return;
        const code = host.handle(message);
        scheduler.trace(`host answers ${message.kind} ${trace}: ${code}`);
        if (host.isMute || chance(0.05)) return;
        if (chance(message.kind === 'void' ? 0.15 : 0.03)) stall(engine);
        const isSpoilt = chance(0.03);
        scheduler.after(delay(), engine, () =>
          isSpoilt ? unknown('bad-mac') : hear({ kind: 'code', code }),
        );
      };
      if (!chance(0.05)) scheduler.after(delay(), network, arrive);
      if (chance(0.04)) scheduler.after(delay(), network, arrive);
      return undefined;
    });

  const outcomeOf = async (message: HostMessage): Promise<BankOutcome> => {
    const heard = await exchange(message);
    if (heard.kind !== 'code') return heard;
    const { code } = heard;
    if (code === '96') return { kind: 'unknown', reason: 'host-unsure', responseCode: code };
    const rrn = String(message.stan).padStart(12, '0');
    const reply = {
      responseCode: code,
      rrn,
      authCode: '000001',
      hostTime: '100000',
      hostDate: '1122',
    };
    return {
      kind: code === '00' ? 'approved' : 'declined',
      reply: { ...reply, issuerAuthData: undefined },
    };
  };
  const originalOf = (terminalId: string, rrn: string): string =>
    [...host.bookings.keys()].find((name) => {
      const [terminal, , stan = ''] = name.split('/');
      return terminal === terminalId && stan.padStart(12, '0') === rrn;
    }) ?? 'unknown';

  return {
    signIn: async ({ keysNo }) => ok({ pinKeyBlob: '', macKeyBlob: '', keysNo }),
    installKeys: () => ok(undefined),
    referenceOf: ({ pan, panSequence, expiry, entryMode }) =>
      ok({ pan, panSequence, expiry, entryMode, chipData: '' }),
    sale: (sale) => outcomeOf({ ...sale, kind: 'sale', original: undefined }),
    void: (request) => {
      const original = traceName({ ...request, ...request.original });
      return outcomeOf({ ...request, kind: 'void', original });
    },
    refund: (request) =>
      outcomeOf({
        ...request,
        kind: 'refund',
        original: originalOf(request.terminalId, request.originalRrn),
      }),
    async reverse(request) {
      const heard = await exchange({ ...request, kind: 'reversal', original: undefined });
      if (heard.kind !== 'code') return heard;
      const { code } = heard;
      return { kind: 'answered', responseCode: code, final: ['00', '12', '25'].includes(code) };
    },
    close: async () => undefined,
  };
}
