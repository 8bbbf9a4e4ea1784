import { fail, ok } from '../../base/errors/result.ts';
import type { CardId, SettlementId } from '../../base/ids/ids.ts';
import { shardOfSettlement } from '../../base/ids/ids.ts';
import type { Command } from '../../domain/commands.ts';
import { declinedAnswer } from '../../domain/request/answers.ts';
import type { BankWord, LeftWord, ShardOwners } from '../../ports/shard-owners.ts';
import type { Store } from '../../ports/store.ts';
import type { FlowLog } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import type { HeldShards } from './hold-shards.ts';

type OwnShards = { readonly held: HeldShards; readonly owners: ShardOwners };

/**
 * A store that carries out commands for this engine's shards alone. Of another's person, what a bank has
 * said is kept for the owner, since it is said once; all else is refused, and may come again.
 */
export function onlyOwnShards(store: Store, { held, owners }: OwnShards): Store {
  return {
    ...store,
    async execute(command) {
      const { shard } = command.key;
      if (held.placeOf(shard).kind === 'here') {
        return held.use(shard, () => store.execute(command));
      }
      if (!isBankWord(command)) return fail({ kind: 'unavailable' });
      try {
        await owners.leaveWord(command);
      } catch {
        return fail({ kind: 'unavailable' });
      }
      const answer = declinedAnswer('OUTCOME_NOT_KNOWN_YET', {});
      return ok({ answer, isReplay: false, writes: undefined });
    },
    async dueBankLegs(at, limit) {
      const own = held.own();
      return own.length === 0 ? [] : store.dueBankLegs(at, limit, own);
    },
  };
}

const notWords: ReadonlySet<Command['type']> = new Set([
  'settle-bill',
  'refund-settlement',
  // Another engine's leg is another engine's work.
  'claim-bank-leg',
  'propose-resolution',
  'approve-resolution',
]);

function isBankWord(command: Command): command is BankWord {
  return !notWords.has(command.type);
}

/** So many words are carried out at a look. */
const WORDS_MAX = 200;

/**
 * Carries out what other engines have left for this one. A word stays until it was carried out: one that
 * is done twice changes nothing the second time.
 */
export async function takeLeftWords(
  { held, owners }: OwnShards,
  store: Pick<Store, 'execute'>,
  log: FlowLog,
): Promise<void> {
  const own = held.own();
  if (own.length === 0) return;
  const take = async (word: LeftWord): Promise<void> => {
    const result = await store.execute(word.command);
    const { type: command, settlementId: settlement } = word.command;
    if (result.ok) await owners.removeWord(word);
    else log.warn('left-word-not-taken', { command, settlement });
  };
  const words = await owners.readWords(own, WORDS_MAX);
  await Promise.all(words.map(take));
}

/**
 * The answer to somebody who asks for a person whom another engine serves; undefined: it is to be asked for
 * here. Before anything is checked: the owner checks all of it.
 */
export async function servedElsewhere(
  held: Pick<HeldShards, 'findPlace'>,
  asked: { readonly requestKey: string } & (
    | { readonly settlementId: SettlementId }
    | { readonly cardId: CardId; readonly store: Pick<Store, 'findCardOwner'> }
  ),
): Promise<Answered | undefined> {
  const shard =
    'settlementId' in asked
      ? shardOfSettlement(asked.settlementId)
      : (await asked.store.findCardOwner(asked.cardId))?.shard;
  const place = shard === undefined ? undefined : await held.findPlace(shard);
  if (place?.kind !== 'elsewhere') return undefined;
  const { requestKey } = asked;
  const answer = declinedAnswer('SERVED_ELSEWHERE', { requestKey, address: place.address });
  return { answer, isReplay: false };
}
