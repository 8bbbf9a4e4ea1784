import { businessDateOf } from '../../../engine/base/time/calendar.ts';
import type {
  NewPolicyChange,
  PolicyChange,
  PolicyStore,
  RevisionStore,
  StoredPack,
} from '../../../engine/ports/reference-data.ts';
import { StoreUnavailable } from '../../../engine/ports/store.ts';

/** The tables of packs and their changes, in memory. */
export type PolicyTable = RevisionStore & {
  readonly store: PolicyStore;
  readonly rows: Map<string, StoredPack>;
  /** Settlements by the pack that split them, each with its day of service. */
  readonly settlements: { readonly pack: string; readonly day: string }[];
  /** Who is logged in. */
  by: string;
  isAway: boolean;
};

/** The day on which tests change policies, and its morning. */
export const POLICY_DAY = '2026-11-22';
export const POLICY_MORNING = Date.parse(`${POLICY_DAY}T09:00:00+08:00`);
if (businessDateOf(POLICY_MORNING) !== POLICY_DAY) throw new Error('the morning is of that day');

export function createPolicyTable(): PolicyTable {
  const rows = new Map<string, StoredPack>();
  const changes: (PolicyChange & { revision: bigint })[] = [];
  let revision = 0n;
  const put = (packs: readonly StoredPack[]) => {
    for (const pack of packs) {
      if (rows.has(pack.id)) throw new Error(`duplicate key ${pack.id}`);
      rows.set(pack.id, pack);
    }
  };
  const table: PolicyTable = {
    rows,
    settlements: [],
    by: 'owner',
    isAway: false,
    readRevisions: async () => ({ policy: revision, catalogue: 0n }),
    store: {
      async listPacks() {
        if (table.isAway) throw new StoreUnavailable('away');
        return [...rows.values()];
      },
      readPack: async (id) => rows.get(id),
      listChanges: async () =>
        changes.toSorted(inOrder).map(({ revision: _, ...change }) => change),
      async addChange(change: NewPolicyChange, judgedAt) {
        if (judgedAt !== revision) return undefined;
        revision += 1n;
        if (!change.needsApproval) put(change.packs);
        const changeNo = changes.length + 1;
        const packs = change.needsApproval ? change.packs : [];
        changes.push({ ...change, packs, changeNo, by: table.by, approval: undefined, revision });
        return changeNo;
      },
      async approveChange({ changeNo, packs, at }, judgedAt) {
        if (judgedAt !== revision) return false;
        revision += 1n;
        put(packs);
        const change = changes[changeNo - 1];
        if (change === undefined) throw new Error('no such change');
        changes[changeNo - 1] = { ...change, approval: { by: table.by, at }, revision };
        return true;
      },
      countSettlements: async ({ from, firstDay }) =>
        table.settlements.filter(({ pack, day }) => pack === from && day >= firstDay).length,
    },
  };
  return table;
}

type Ordered = PolicyChange & { readonly revision: bigint };

function inOrder(a: Ordered, b: Ordered): number {
  const waits = ({ needsApproval, approval }: Ordered) => needsApproval && approval === undefined;
  if (waits(a) !== waits(b)) return waits(a) ? 1 : -1;
  return Number(a.revision - b.revision);
}
