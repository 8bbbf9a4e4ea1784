/**
 * Wraps everything that a flow waits for with failpoints. The flows do not know them: an engine without
 * failpoints uses the original parts.
 */
import type { FlowDeps } from '../flows/deps.ts';
import type { Bank } from '../ports/bank.ts';
import type { Keys } from '../ports/keys.ts';
import type { Reference } from '../ports/reference.ts';
import type { CatalogueStore, PolicyStore, RevisionStore } from '../ports/reference-data.ts';
import type { Store } from '../ports/store.ts';
import type { Around, FailpointStep } from './names.ts';

/** The first part of a failpoint's name. */
export type FailpointFlow = FailpointStep extends `${infer Flow}.${string}` ? Flow : never;

/** Step names of commands; others use the command's type. */
const steps: Readonly<Record<string, string>> = {
  'settle-bill': 'commit',
  'refund-settlement': 'commit',
  'confirm-debit': 'confirm',
  'release-reservation': 'release',
  'begin-reversal': 'unanswered',
  'refund-unanswered': 'unanswered',
  'claim-leg': 'claim',
  'late-approval': 'approval',
  'finish-reversal': 'reversed',
  'finish-void-reversal': 'reversed',
  'finish-refund': 'finish',
  'postpone-leg': 'postpone',
};

type Wrap = <Arguments extends readonly unknown[], T>(
  step: string,
  call: (...given: Arguments) => Promise<T>,
) => (...given: Arguments) => Promise<T>;

function wrapFor(flow: FailpointFlow, around: Around): Wrap {
  // An unknown step, from a flow that does something new, throws (see failpoints.ts).
  return (step, call) =>
    (...given) =>
      around(`${flow}.${step}` as FailpointStep, () => call(...given));
}

/**
 * The dependencies with this flow's failpoints around every call of store, bank, keystore and reference.
 */
export function withFailpoints(
  deps: FlowDeps,
  flow: FailpointFlow,
  around: Around | undefined,
): FlowDeps {
  if (around === undefined) return deps;
  const wrap = wrapFor(flow, around);
  return {
    ...deps,
    store: wrapStore(deps.store, wrap),
    bank: wrapBank(deps.bank, wrap),
    keys: wrapKeys(deps.keys, wrap),
    reference: wrapReference(deps.reference, wrap),
    audit: { record: wrap('audit', deps.audit.record) },
  };
}

function wrapStore(store: Store, wrap: Wrap): Store {
  return {
    execute: (command) => wrap(steps[command.type] ?? command.type, store.execute)(command),
    findCardOwner: wrap('owner', store.findCardOwner),
    readFacts: wrap('facts', store.readFacts),
    readSettlement: wrap('settlement', store.readSettlement),
    findRequests: wrap('requests', store.findRequests),
    dueBankLegs: wrap('due', store.dueBankLegs),
    hasOtherLeg: wrap('reference', store.hasOtherLeg),
    nextTrace: wrap('trace', store.nextTrace),
  };
}

function wrapBank(bank: Bank, wrap: Wrap): Bank {
  return {
    ...bank,
    signIn: wrap('bank', bank.signIn),
    sale: wrap('sale', bank.sale),
    void: wrap('void', bank.void),
    refund: wrap('refund', bank.refund),
    reverse: wrap('reverse', bank.reverse),
  };
}

function wrapKeys(keys: Keys, wrap: Wrap): Keys {
  return {
    ...keys,
    verifyChip: wrap('chip', keys.verifyChip),
    pinVerifier: wrap('pin', keys.pinVerifier),
    newTerminalSession: wrap('keys', keys.newTerminalSession),
  };
}

function wrapReference(reference: Reference, wrap: Wrap): Reference {
  return {
    findTerminal: wrap('terminal', reference.findTerminal),
    findInstitution: wrap('institution', reference.findInstitution),
    acceptOnce: wrap('once', reference.acceptOnce),
    saveTerminalSession: wrap('session', reference.saveTerminalSession),
    beginBankSignIn: wrap('bank-number', reference.beginBankSignIn),
    saveBankKeys: wrap('bank-keys', reference.saveBankKeys),
  };
}

/** The reference port for authentication, with the failpoints `http.…`. */
export function withHttpFailpoints(reference: Reference, around: Around | undefined): Reference {
  return around === undefined ? reference : wrapReference(reference, wrapFor('http', around));
}

type ReferenceDataStores = RevisionStore & {
  readonly packs: PolicyStore;
  readonly catalogues: CatalogueStore;
};

/** The stores of packs and catalogues, with the failpoints of this flow. */
export function withReferenceFailpoints<Data extends ReferenceDataStores>(
  data: Data,
  flow: 'packs' | 'activate' | 'import',
  around: Around | undefined,
): Data {
  if (around === undefined) return data;
  const wrap = wrapFor(flow, around);
  const { packs, catalogues } = data;
  return {
    ...data,
    readRevisions: wrap('revisions', data.readRevisions),
    packs: {
      listPacks: wrap('list', packs.listPacks),
      readPack: wrap('pack', packs.readPack),
      listChanges: wrap('changes', packs.listChanges),
      addChange: wrap('add', packs.addChange),
      approveChange: packs.approveChange,
      countSettlements: packs.countSettlements,
    },
    catalogues: {
      listActive: wrap('catalogues', catalogues.listActive),
      readHeader: wrap('header', catalogues.readHeader),
      readItems: wrap('items', catalogues.readItems),
      beginImport: wrap('begin', catalogues.beginImport),
      addItems: wrap('items', catalogues.addItems),
      activate: wrap('switch', catalogues.activate),
    },
  };
}

/** Runs one flow with its dependencies. */
export type RunFlow = <T>(flow: FailpointFlow, run: (deps: FlowDeps) => Promise<T>) => Promise<T>;

/** Creates the runner of flows, with failpoints around each request and its steps if `around` is given. */
export function flowRunner(deps: FlowDeps, around: Around | undefined): RunFlow {
  if (around === undefined) return (_, run) => run(deps);
  const known = new Map<FailpointFlow, FlowDeps>();
  return (flow, run) => {
    const own = known.get(flow) ?? withFailpoints(deps, flow, around);
    known.set(flow, own);
    return around(`${flow}.request` as FailpointStep, () => run(own));
  };
}
