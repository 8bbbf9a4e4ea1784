/** What terminals were told: an answer may only say what is durable, and says the same for ever. */
import type { TerminalId } from '../../../engine/base/ids/ids.ts';
import type { RenderedAnswer } from '../../../engine/domain/request/request-record.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import { readSettlement } from '../../../engine/flows/enquiry/read-settlement.ts';
import { dongguanPharmacy, terminal } from '../../support/domain/builders.ts';
import { flowDeps, storeOver } from '../../support/flows/flow-deps.ts';
import { bodyOf } from '../../support/flows/rendered.ts';
import type { MemoryStore } from '../../support/memory/memory-store.ts';
import type { Audited } from './moment-checks.ts';

export type AnswerWatch = {
  said(terminalId: string, requestKey: string, answer: RenderedAnswer): void;
  atEnd(): Promise<void>;
  /** Approvals that a terminal may have heard of. */
  acknowledged(): number;
};

type Told = {
  readonly terminalId: string;
  readonly requestKey: string;
  readonly body: string;
  readonly isApproved: boolean;
};

export function watchAnswers({ memory, findings }: Audited): AnswerWatch {
  const finals = new Map<string, Told>();
  return {
    said(terminalId, requestKey, { outcome, body }) {
      const record = recordOf(memory, { terminalId, requestKey });
      const isStored = record?.state === 'final' && record.answer?.body === body;
      if (outcome === 'approved' && !isStored)
        findings.add('lost', 'an approval was told before it was stored');
      if (outcome === 'unknown' || (outcome === 'declined' && !isStored)) return;
      const name = `${terminalId} ${requestKey}`;
      const before = finals.get(name);
      if (before !== undefined && before.body !== body)
        findings.add('broken', 'two final answers to one key');
      finals.set(name, { terminalId, requestKey, body, isApproved: outcome === 'approved' });
    },
    async atEnd() {
      for (const told of finals.values()) {
        const { body, isApproved } = told;
        if (recordOf(memory, told)?.answer?.body !== body)
          findings.add(isApproved ? 'lost' : 'broken', 'an acknowledged answer is not stored');
        await checkDone({ memory, findings }, told);
      }
    },
    acknowledged: () => [...finals.values()].filter(({ isApproved }) => isApproved).length,
  };
}

type Key = Pick<Told, 'terminalId' | 'requestKey'>;

function rowOf<Row extends Key>(rows: ReadonlyMap<string, Row>, key: Key): Row | undefined {
  return [...rows.values()].find(
    (row) => row.terminalId === key.terminalId && row.requestKey === key.requestKey,
  );
}

const recordOf = ({ requests }: MemoryStore, key: Key) => rowOf(requests, key);

/** What was approved is done, what was declined is not, and the document says the same as the answer. */
async function checkDone(
  { memory, findings }: Pick<Audited, 'memory' | 'findings'>,
  told: Told,
): Promise<void> {
  const { isApproved } = told;
  const sale = rowOf(memory.settlements, told);
  const isDone =
    sale === undefined
      ? rowOf(memory.refunds, told)?.state === 'done'
      : ['posted', 'refunding', 'refunded'].includes(sale.state);
  if (isDone !== isApproved)
    findings.add(
      isApproved ? 'lost' : 'one-sided',
      `told ${isApproved ? 'approved' : 'declined'}, but it is ${isDone ? '' : 'not '}done`,
    );
  if (sale === undefined) return;
  const { outcome } = await documentOf(memory, sale);
  if (outcome !== (isApproved ? 'approved' : 'declined'))
    findings.add('broken', `the document says ${outcome}, the answer said otherwise`);
}

/** The settlement as its institution reads it. */
async function documentOf(
  memory: MemoryStore,
  { id, terminalId, institution }: Settlement,
): Promise<{ readonly outcome?: string }> {
  const deps = flowDeps({ store: storeOver(memory) });
  const caller = {
    terminal: terminal({ id: terminalId as TerminalId }),
    institution: { ...dongguanPharmacy, code: institution },
  };
  return bodyOf(await readSettlement(deps, caller, id));
}
