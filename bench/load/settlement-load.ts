import type { CrowdMember } from '../../engine/sandbox/seed/seed-crowd.ts';
import type { Challenge } from '../../terminal-adapter/client/wire.ts';
import type { BenchCrowd } from './bench-crowd.ts';
import type { LoadResult } from './http-load.ts';
import { runLoad } from './http-load.ts';
import type { LoadCounter } from './load-counter.ts';
import { openLoadCounter } from './load-counter.ts';

/** Sells to the crowd, one round after another; remembers what the engine approved. */
export type SettlementLoad = {
  /**
   * Gets challenges, makes the requests, then measures nothing but the settlements themselves.
   * @param count requests to prepare; when they run out the round ends early
   */
  round(
    count: number,
    durationMs: number,
    beforeMeasuring: () => Promise<void>,
  ): Promise<SettlementRound>;
};

export type SettlementRound = LoadResult & {
  readonly approved: number;
  readonly prepared: number;
  readonly prepareMs: number;
  /** Answers that were not an approval, by status and code. */
  readonly refusals: Readonly<Record<string, number>>;
};

export type SettlementLoadOptions = {
  readonly url: string;
  readonly connections: number;
  readonly crowd: BenchCrowd;
};

/** The challenge's 60 s, less a margin for the answers of the last requests. */
const CHALLENGE_MS = 55_000;
const PREPARE_MAX_MS = 300_000;

/** Signs every counter in. */
export async function openSettlementLoad(options: SettlementLoadOptions): Promise<SettlementLoad> {
  const { url, connections, crowd } = options;
  const counters = await Promise.all(
    crowd.counters.map((counter) => openLoadCounter(counter, { url, folder: crowd.folder })),
  );
  // What a chip and its holder know for good is worked out once.
  const members = Array.from({ length: crowd.members.people }, (_, i) =>
    remember(crowd.members.member(i)),
  );
  let next = 0;
  return {
    async round(count, durationMs, beforeMeasuring) {
      const startedAt = performance.now();
      const sales = takeSales(counters, members, { from: next, count });
      next += count;
      const requests = await prepareRequests(sales, { url, connections });
      const prepareMs = performance.now() - startedAt;
      if (prepareMs + durationMs > CHALLENGE_MS) {
        throw new Error(
          `preparing ${count} requests took ${Math.round(prepareMs / 1000)} s: their challenges would ` +
            'run out; choose a shorter --seconds',
        );
      }
      await beforeMeasuring();
      return { ...(await sellAll(requests, { url, connections, durationMs })), prepareMs };
    },
  };
}

type Sale = { readonly counter: LoadCounter; readonly member: CrowdMember };

function remember(member: CrowdMember): CrowdMember {
  const cardKey = member.cardKey();
  return { ...member, cardKey: () => cardKey };
}

/** Every person in turn, so that a person's challenges rise from sale to sale. */
function takeSales(
  counters: readonly LoadCounter[],
  members: readonly CrowdMember[],
  { from, count }: { readonly from: number; readonly count: number },
): Sale[] {
  return Array.from({ length: count }, (_, i) => {
    const counter = counters[(from + i) % counters.length];
    const member = members[(from + i) % members.length];
    if (counter === undefined || member === undefined) throw new Error('there is no crowd');
    return { counter, member };
  });
}

async function prepareRequests(
  sales: readonly Sale[],
  { url, connections }: { readonly url: string; readonly connections: number },
): Promise<Buffer[]> {
  const challenges: Challenge[] = [];
  const result = await runLoad({
    url,
    connections,
    requests: sales.map(({ counter, member }) => counter.challengeRequest(member)),
    durationMs: PREPARE_MAX_MS,
    onAnswer: (index, status, body) => {
      if (status === 201) challenges[index] = JSON.parse(body);
    },
  });
  return sales.map(({ counter, member }, index) => {
    const challenge = challenges[index];
    if (challenge !== undefined) return counter.settleRequest(member, challenge);
    throw new Error(`a challenge was refused (${result.answered} of ${sales.length} answered)`);
  });
}

async function sellAll(
  requests: readonly Buffer[],
  options: { readonly url: string; readonly connections: number; readonly durationMs: number },
) {
  const refusals: Record<string, number> = {};
  let approved = 0;
  const result = await runLoad({
    ...options,
    requests,
    onAnswer: (_index, status, body) => {
      if (status === 200 && body.startsWith('{"outcome":"approved"')) {
        approved += 1;
        return;
      }
      const code = /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? '';
      const kind = `${status} ${code}`.trim();
      refusals[kind] = (refusals[kind] ?? 0) + 1;
    },
  });
  return { ...result, approved, refusals, prepared: requests.length };
}
