/** Nothing that a flow waits for is out of reach of the failpoints: neither a call of a port nor an await. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import type { Around } from '../../../../engine/failpoints/names.ts';
import { failpointNames } from '../../../../engine/failpoints/names.ts';
import { withFailpoints, withReferenceFailpoints } from '../../../../engine/failpoints/wrap.ts';
import type { FlowDeps } from '../../../../engine/flows/deps.ts';
import { createReferenceTables } from '../../../chaos/failpoint-tables.ts';
import { flowDeps } from '../../../support/flows/flow-deps.ts';

const root = join(import.meta.dirname, '../../../../engine');

/** Calls and awaits without failpoints, and why. An entry that nothing needs any more fails the test. */
const exceptions: Readonly<Record<string, string>> = {
  'bank.installKeys':
    'opens one key; without it the message after it, which has points, is not sent',
  'keys.challengeMac': 'computes with a key that is held, and waits for nobody',
  'keys.seal': 'computes with a key that is held, and waits for nobody',
  'keys.open': 'computes with a key that is held, and waits for nobody',
  'operators.findAccount': 'reads one row, and changes nothing',
  'operators.addAccount':
    'one transaction with its audit row, done or not; the operator asks again',
  'operators.changeAccount':
    'one transaction with its audit row, done or not; the operator asks again',
  'operators.changeCredential':
    'one transaction; a try that was counted and went no further is a wrong one',
  'operators.findSession': 'reads one row, and changes nothing',
  'operators.noteSession': 'one row, which only keeps a session open',
  'operators.addSession': 'one transaction; a session whose token nobody got is opened by nobody',
  'operators.endSession':
    'one transaction with its audit row, done or not; the operator asks again',
  'operators.endSessions': 'done or not; the act that follows says so, and is given again',
  'proposals.addProposal':
    'one transaction with its audit row, done or not; the operator asks again',
  'proposals.endProposal':
    'one transaction with its audit row, done or not; the operator asks again',
  'proposals.readProposal': 'reads one row, and changes nothing',
  'proposals.listOpenProposals': 'reads rows, and changes nothing',
  hashPassword: 'computes, and waits for nobody',
  checkPassword: 'computes, and waits for nobody',
  'bank.referenceOf': 'computes, and waits for nobody',
  'legs.legsOfTrace': 'a late answer is looked up several times, and then told as an error',
  'legs.countOpenLegs': 'counts for an alarm, and changes nothing',
  'recorded.count': 'reads history for a report; no money depends on it',
  'store.approveChange': 'one transaction, as store.addChange, which has points',
  'store.countSettlements': 'counts for a report, and changes nothing',
  readRevisions: 'a wrapped call (packs.revisions), given by itself',
  'register.check': 'checks rows of a file, and changes nothing',
  'register.known': 'looks rows of a file up, and changes nothing',
  'register.insert': 'the import is given again, and rows that got on record are known then',
  'store.known': 'looks rows of a file up, and changes nothing',
  'store.openingsOf': 'looks rows of a file up, and changes nothing',
  'store.schemesOf': 'looks rows of a file up, and changes nothing',
  'store.insertOpenings': 'one transaction; the import is given again',
  'rows.sealSome': 'one transaction, done or not; the next step finds what is left',
  'partitions.list': 'read by a job that looks again',
  'partitions.detach': 'one transaction of the database, done or not; nobody waits for it',
  'partitions.createAhead':
    'makes tables ahead of time; rows of a month that is missing are kept too',
  'environment.sleep': 'a pause between two attempts: nothing happens in it',
  'source.refresh': 'what it reads has points of its own (packs.*)',
  'refresh[name]': 'what it reads has points of its own (packs.*)',
  'new Promise': 'lets others go first; nothing happens in it',
  working: 'the end of a job waits for the work that is under way',
  stopLooking: 'the end of a job waits for the look that is under way',
  'bankCards.send': 'sent again with its number until it is taken; the bank takes a number once',
  'bankCards.sendBatch':
    'sent again as it was formed until it is taken; the bank takes a batch once',
  'messages.markTaken':
    'one transaction under a claim; an engine that lost it sends the message again',
  'messages.markRefused':
    'one transaction under a claim; an engine that lost it sends the message again',
  'messages.resendFrom': 'one statement under a claim, done or not; the bank asks for it again',
  'messages.markBatchTaken': 'one transaction under a claim; what is not marked is sent again',
  'messages.postponeBatch':
    'one statement; without it the claim runs out, and the batch is claimed again',
  'messages.findBank': 'reads one row, and changes nothing',
  'messages.formBatches': 'one transaction, done or not; the next look forms what is left',
  'messages.claimBatches': 'a claim that nobody works on runs out, and is made again',
  'messages.claimQueues': 'a claim that nobody works on runs out, and is made again',
  'records.unposted': 'reads rows, and changes nothing; what is posted is not read again',
  'records.noteRefusals':
    'tells why rows wait; the next posting tries them again, and notes it again',
  'records.finish':
    'tells that all rows were tried; each was posted once by its own key, also if this is lost',
  'records.propose': 'one transaction, all rows or none; the file is put forward again',
  'records.release': 'one transaction, done or not; given again, it is released once',
  'records.withdraw': 'one transaction, done or not; the operator asks again',
  'records.findFile': 'reads one row, and changes nothing',
  'records.findByHash': 'reads one row, and changes nothing',
  'records.faultsOf': 'looks rows of a file up, and changes nothing',
  'lives.findPerson': 'reads one row, and changes nothing',
  'office.lives.listDue': 'read by a job that looks again',
  'lives.enterCard': 'one statement before the order; entered twice, it is one owner',
  'keys.verifierOfPin': 'computes with a key that is held, and waits for nobody',
  'store.idOwners': 'looks rows of a file up, and changes nothing',
  isTaken: 'looks rows of a file up, and changes nothing',
  'notices.findNotice': 'reads one row, and changes nothing',
  'notices.lastNotice': 'reads one row, and changes nothing',
  'notices.cardsOfBatch': 'reads rows, and changes nothing',
  'notices.record':
    'one statement after the step of the card; the bank repeats the notice, and the step is made once',
  'notices.addWorkItem': 'one statement; the bank repeats the notice',
  'notices.beginFile': 'one statement; the bank sends the file again, and it is known then',
  'notices.endFile': 'one statement; the bank sends the file again, and its rows are known then',
  'records.findBatch': 'reads one row, and changes nothing',
  'records.findBatchByHash': 'reads one row, and changes nothing',
  'records.findAgreement': 'reads one row, and changes nothing',
  'records.findApplicants': 'reads rows, and changes nothing',
  'records.rowsOf': 'reads rows, and changes nothing',
  'records.saveBatch': 'one transaction, done or not; the batch is given again',
  'records.noteOutcome': 'one statement; the batch is given again, and each row is one order',
  'records.finishBatch': 'one statement; the batch is given again, and its rows are known then',
  'reads.lists': 'reads rows, and changes nothing',
  'reads.listed': 'reads rows, and changes nothing',
  'offline.readPart': 'reads a part of a file, and changes nothing',
  'records.beginFile': 'one transaction; the file is given again, and is known then',
  'records.applyChanges': 'one transaction; the file is given again, and its rows are known then',
  'records.finishFile': 'one transaction; the file is given again, and its rows are known then',
  'lists.find': 'reads one row, and changes nothing',
  'lists.issuer': 'reads one row, and changes nothing',
  'lists.begin':
    'one transaction; what is prepared is in force for nobody, and goes on or is undone',
  'lists.apply':
    'one transaction; tests kill the import here, and it goes on from the rows that are done',
  'lists.finish': 'one transaction puts the version in force; given again, the file is known',
  'lists.abandon': 'what is left is in force for nobody, and undone by the next import',
  'reads.currentSet': 'reads one row, and changes nothing',
  'reads.entries': 'reads rows, and changes nothing',
  'reads.changes': 'reads rows, and changes nothing',
  'offline.latest': 'reads rows, and changes nothing',
  'offline.countEntries': 'counts rows, and changes nothing',
  'offline.changes': 'reads rows, and changes nothing',
  'offline.saveBase': 'one transaction, the whole file or nothing; it is built again',
  'offline.saveDelta': 'one transaction, the whole file or nothing; it is built again',
  'signer.sign': 'computes with a key; a file without signature is not stored',
  onHeader: 'the function that the reader is given: what it waits for is looked at where it stands',
  onRows: 'the function that the reader is given: what it waits for is looked at where it stands',
  'desk.persons.regionOf': 'reads one row, and changes nothing',
  'Promise.all': 'waits for steps that are under way, each looked at where it stands',
};

const ports = new Set(['store', 'bank', 'reference', 'legs', 'keys', 'audit']);

/** Of each port: the calls that have failpoints around them. */
function wrappedCalls(): ReadonlySet<string> {
  const around: Around = (_, run) => run();
  const deps = flowDeps();
  const broken = withFailpoints(deps, 'settle', around);
  const names: string[] = [];
  for (const port of [
    'store',
    'bank',
    'reference',
    'keys',
    'audit',
  ] as const satisfies (keyof FlowDeps)[]) {
    names.push(...changed(deps[port], broken[port]).map((method) => `${port}.${method}`));
  }
  const tables = createReferenceTables();
  const data = withReferenceFailpoints(tables, 'packs', around);
  for (const part of ['packs', 'catalogues'] as const) {
    names.push(...changed(tables[part], data[part]).map((method) => `store.${method}`));
  }
  return new Set([...names, ...changed(tables, data).map((method) => `store.${method}`)]);
}

function changed(before: object, after: object): readonly string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).flatMap(([name, value]) =>
    typeof value === 'function' && value !== old.get(name) ? [name] : [],
  );
}

type Waiting = { readonly place: string; readonly what: string; readonly isPort: boolean };

/** Every call of a port, and the head of everything that is awaited. */
function waitingIn(folder: string, own: ReadonlySet<string>): readonly Waiting[] {
  const found: Waiting[] = [];
  for (const { path, source } of sourcesOf(folder)) {
    const add = (node: ts.Node, what: string, isPort: boolean): void => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${path}:${line + 1}`, what, isPort });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) {
        const call = portCall(node);
        if (call !== undefined) add(node, call, true);
      }
      if (ts.isAwaitExpression(node)) {
        const head = headOf(node.expression);
        if (!own.has(head) && !isPortCall(node.expression)) add(node, head, false);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

function sourcesOf(folder: string) {
  return readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = `${folder}/${name}`;
      const text = readFileSync(join(root, path), 'utf8');
      return { path, source: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
    });
}

/** "store.execute" for `deps.store.execute(…)` and `store.execute(…)`. */
function portCall({ expression }: ts.CallExpression): string | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const of = expression.expression;
  const port = ts.isPropertyAccessExpression(of) ? of.name.text : of.getText();
  return ports.has(port) ? `${port}.${expression.name.text}` : undefined;
}

function isPortCall(node: ts.Expression): boolean {
  if (ts.isConditionalExpression(node)) {
    return [node.whenTrue, node.whenFalse].some(isPortCall);
  }
  if (!ts.isCallExpression(node)) return false;
  if (portCall(node) !== undefined) return true;
  // deps.store.execute(…).catch(…)
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression) && isPortCall(expression.expression);
}

function headOf(node: ts.Expression): string {
  if (ts.isParenthesizedExpression(node)) return headOf(node.expression);
  if (ts.isConditionalExpression(node)) return headOf(node.whenFalse);
  if (ts.isNewExpression(node)) return `new ${node.expression.getText()}`;
  if (!ts.isCallExpression(node)) return node.getText();
  return node.expression.getText().replace(/^deps\./, '');
}

/** Functions of these folders: what they wait for is looked at where it stands. */
function ownFunctions(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { source } of ['flows', 'jobs'].flatMap(sourcesOf)) {
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionDeclaration(node) && node.name) names.add(node.name.text);
      const isArrow = ts.isVariableDeclaration(node) && node.initializer !== undefined;
      if (isArrow && ts.isArrowFunction(node.initializer)) names.add(node.name.getText());
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return names;
}

test('every call of a port and every await in a flow or a job has failpoints, or a reason to have none', () => {
  const wrapped = wrappedCalls();
  const own = ownFunctions();
  const waiting = ['flows', 'jobs'].flatMap((folder) => waitingIn(folder, own));
  const open = waiting.filter(({ what, isPort }) => !(isPort && wrapped.has(what)));
  const unexplained = open.filter(({ what }) => exceptions[what] === undefined);
  expect(unexplained.map(({ place, what }) => `${place} ${what}`)).toEqual([]);
  const needed = new Set(open.map(({ what }) => what));
  expect(Object.keys(exceptions).filter((what) => !needed.has(what))).toEqual([]);
  expect(waiting.length).toBeGreaterThan(30);
});

test('every step has a point before it and one after it, and says what has happened', () => {
  const names = new Set(Object.keys(failpointNames));
  const steps = [...names].map((name) => name.slice(0, name.lastIndexOf('.')));
  const missing = steps.flatMap((step) =>
    ['before', 'after'].map((place) => `${step}.${place}`).filter((name) => !names.has(name)),
  );
  expect(missing).toEqual([]);
  expect(Object.values(failpointNames).filter((text) => text.length < 20)).toEqual([]);
});
