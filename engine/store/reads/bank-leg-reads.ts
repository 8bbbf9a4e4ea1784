import type { Kysely } from 'kysely';
import type { BankLegReads } from '../../ports/bank-legs.ts';
import type { Store } from '../../ports/store.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { bankLegTable } from '../tables/bank-leg.ts';
import { resolutionTable } from '../tables/resolution.ts';
import type { Database } from '../tables/schema.ts';

/** Reads of bank legs over all shards. They reject with StoreUnavailable while the database is away. */
export function createBankLegReads(
  database: Kysely<Database>,
): BankLegReads & Pick<Store, 'hasOtherLeg'> {
  return {
    async hasOtherLeg({ bankTerminalId, settlementId, legNo }, { rrn, hostTime }) {
      const query = database
        .selectFrom('bank_leg')
        .select(['settlement_id', 'leg_no'])
        .where('bank_terminal_id', '=', bankTerminalId)
        .where('rrn', '=', rrn)
        .where('host_time', '=', hostTime);
      const found = await orUnavailable(query.execute());
      return found.some((leg) => leg.settlement_id !== settlementId || leg.leg_no !== legNo);
    },
    async legsOfTrace({ terminalId, merchantId, stan, batch }) {
      const query = database
        .selectFrom('bank_leg')
        .selectAll()
        .where('bank_terminal_id', '=', terminalId)
        .where('stan', '=', stan)
        .$if(merchantId !== undefined, (all) =>
          all.where('bank_merchant_id', '=', merchantId ?? ''),
        )
        .$if(batch !== undefined, (all) => all.where('batch', '=', batch ?? 0));
      return (await orUnavailable(query.execute())).map(bankLegTable.read);
    },
    async countOpenLegs() {
      const query = database
        .selectFrom('bank_leg')
        .select(({ fn }) => [
          'state',
          fn.countAll<bigint>().as('count'),
          fn.sum<string>('attempts').as('attempts'),
          fn.min('open_since').as('oldest'),
        ])
        .where('next_attempt_at', 'is not', null)
        .groupBy('state');
      return (await orUnavailable(query.execute())).map(({ state, count, attempts, oldest }) => ({
        state,
        count: Number(count),
        attempts: Number(attempts),
        oldestSince: Number(oldest),
      }));
    },
    listOpenLegs: (limit) => orUnavailable(listOpenLegs(database, limit)),
  };
}

async function listOpenLegs(database: Kysely<Database>, limit: number) {
  const legs = await database
    .selectFrom('bank_leg')
    .selectAll()
    .where('next_attempt_at', 'is not', null)
    .where('state', 'in', ['reversing', 'repeating'])
    .orderBy('open_since')
    .limit(limit)
    .execute();
  if (legs.length === 0) return [];
  const resolutions = await database
    .selectFrom('closing_proposal as p')
    .leftJoin('closing_approval as a', (join) =>
      join
        .onRef('a.shard', '=', 'p.shard')
        .onRef('a.settlement_id', '=', 'p.settlement_id')
        .onRef('a.proposal_no', '=', 'p.proposal_no'),
    )
    .selectAll('p')
    .select(['a.approved_by', 'a.approved_with', 'a.approved_at'])
    .where('p.shard', 'in', [...new Set(legs.map(({ shard }) => shard))])
    .where('p.settlement_id', 'in', [...new Set(legs.map((leg) => leg.settlement_id))])
    .orderBy('p.proposal_no')
    .execute();
  const known = resolutions.map(resolutionTable.read);
  return legs.map(bankLegTable.read).map((leg) => ({
    leg,
    resolutions: known.filter(
      ({ settlementId, legNo }) => settlementId === leg.settlementId && legNo === leg.legNo,
    ),
  }));
}
