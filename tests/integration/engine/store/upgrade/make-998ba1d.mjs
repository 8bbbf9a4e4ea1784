/**
 * Made the kept database 998ba1d, by that version's own code:
 *   git worktree add OLD 998ba1d && (cd OLD && npm ci) && OLD/node_modules/.bin/node make-998ba1d.mjs OLD
 * Writes the rows as SQL, and beside them what that version answered. No test runs this.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDump } from './write-dump.mjs';

const [checkout = '.'] = process.argv.slice(2);
const old = (path) => import(join(resolve(checkout), path));
const { startTestCluster } = await old('tests/support/test-cluster.ts');
const build = await old('tests/support/builders.ts');
const { newRatioPack } = await old('tests/support/new-ratio-pack.ts');
const { createStore } = await old('engine/store/create-store.ts');
const { openSeedStore } = await old('engine/store/seed-store.ts');
const { openReferenceData } = await old('engine/store/reference-data.ts');
const { createReferenceStore } = await old('engine/store/reference-store.ts');
const { openMonths } = await old('engine/store/months.ts');
const { openShardOwners } = await old('engine/store/shard-owners.ts');
const { createDecide } = await old('engine/domain/settlement/decide.ts');
const { makeSettlementId, shardOf } = await old('engine/domain/ids/ids.ts');
const { activatePacks } = await old('engine/flows/activate-packs.ts');
const { createPolicySource } = await old('engine/flows/policy-source.ts');
const { storeCatalogue } = await old('engine/flows/store-catalogue.ts');
const { readSettlement } = await old('engine/flows/read-settlement.ts');
const { loadPacks } = await old('rules/packs/load-packs.ts');
const { lintPack } = await old('rules/check/lint-pack.ts');

const { ASPIRIN, BENIDIPINE, TOOTHPASTE, bankDebit, confirmDebit, dongguanHospital } = build;
const { dongguanPharmacy, finishRefund, MORNING, refundSettlement } = build;
const DAY = 86_400_000;
const log = { info() {}, warn() {}, error: (...what) => console.error(...what) };
const cluster = await startTestCluster();
const dump = await openDump(cluster, 'kept');
const { url } = dump;

/** Places, people, a catalogue, a pack, keys and shard owners. */
const people = Array.from({ length: 24 }, (_, index) => {
  const personNo = `4419000000000000000000${String(index).padStart(4, '0')}`;
  const cardId = `441900D156000005${String(index).padStart(16, '0')}`;
  return { key: { shard: shardOf(personNo), personNo }, cardId };
});
const seeds = await openSeedStore(url);
await seeds.insertInstitutions([dongguanPharmacy, dongguanHospital]);
await seeds.insertTerminals([
  build.terminal(),
  build.terminal({ id: 'T4419000002', institution: dongguanHospital.code }),
]);
await seeds.insertPersons(people.map(({ key }) => build.person({ key, traits: ['main-point'] })));
await seeds.insertCards(people.map(({ key, cardId }) => build.card({ key, cardId })));
await seeds.replaceInvalidList({
  ...{ level: 'city', region: '441900', version: 7, loadedAt: MORNING },
  entries: [{ cardId: people[23].cardId, reason: 'lost' }],
});
await seeds.close();
const reference = createReferenceStore({ url, now: Date.now });
await reference.saveTerminalSession('T4419000001', build.terminal().session);
const keysNo = await reference.beginBankSignIn('T4419000001', { at: MORNING });
const blobs = { pinKeyBlob: 'a'.repeat(40), macKeyBlob: 'b'.repeat(24) };
await reference.saveBankKeys('T4419000001', { keysNo, ...blobs });
await reference.close();
const data = openReferenceData(url);
const pack = newRatioPack({
  ...{ id: '441900/2026-11-20-employee-outpatient', effectiveFrom: '2026-11-20' },
});
const deps = { shipped: loadPacks(), store: data.packs, lint: lintPack, now: () => MORNING };
const [verdict] = await activatePacks([{ path: 'pack', text: JSON.stringify(pack) }], deps);
if (verdict.verdict !== 'activated') throw new Error(JSON.stringify(verdict.reasons));
const source = createPolicySource({ shipped: loadPacks(), store: data.packs, log });
await source.refresh();
const shipped = build.catalogues.find(({ regions }) => regions.includes('441900'));
for (const digest of ['first', 'second']) {
  const items = new Map([...shipped.items].slice(0, digest === 'first' ? 2 : 3));
  const catalogue = { ...shipped, effectiveFrom: '2026-11-01', items };
  const order = { region: '441900', catalogue, digest, onProgress() {} };
  await storeCatalogue(order, { store: data.catalogues, now: () => MORNING });
}
await data.close();
const owners = openShardOwners(url);
const engine = 'a'.repeat(16);
const lease = { engine, address: 'http://engine-a:8443', leaseUntil: MORNING };
await owners.renew(lease, MORNING - 1_000);
await owners.take(engine, 16, MORNING - 1_000);

const store = createStore({
  ...{ url, log: () => {}, now: () => performance.now() },
  decide: createDecide(() => source.current()),
});
const months = openMonths({ url });
for (let month = 0; month < 14; month += 1) await months.addMonths(MORNING - 31 * month * DAY);

async function give(command, expected) {
  const result = await store.execute(command);
  const told = result.ok ? (result.value.answer.code ?? result.value.answer.outcome) : result.error;
  if (told !== expected)
    throw new Error(`${command.type}: ${JSON.stringify(told)}, not ${expected}`);
  return result.value;
}

let trace = 0;
/** The command that settles a bill of the person. */
function bill(index, name, { days = 0, ...change } = {}) {
  trace += 1;
  const { key, cardId } = people[index];
  const at = MORNING + days * DAY + trace * 1_000;
  const date = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
  return {
    ...build.settleBill({ name, at, ...change }),
    ...{ key, cardId, serviceDate: date, businessDate: date },
    settlementId: makeSettlementId(key.shard, at, new Uint8Array(10).fill(trace)),
    presented: { ...build.cardBody(), cardId, expiresOn: '2036-01-01' },
  };
}
const lines = build.pricedLines([ASPIRIN, { ...BENIDIPINE, quantity: '2' }, TOOTHPASTE]);
const atHospital = {
  ...{ careType: '11', institution: dongguanHospital.code, carePlace: dongguanHospital.carePlace },
  lines: build.pricedLines([ASPIRIN, BENIDIPINE], dongguanHospital),
};
/** 19.90 of toothpaste by bank card, the rest from the personal account. */
function byCard(index, name, change) {
  const tender = bankDebit('19.90', { atc: trace + 1, stan: trace + 1 });
  return bill(index, name, { lines, tender, ...change });
}
const settled = async ({ settlementId }) => (await store.readSettlement(settlementId)).settlement;

const asked = [];
async function settle(command, expected = 'approved') {
  asked.push(command);
  await give(command, expected);
  return command;
}
const reserve = (...given) => settle(byCard(...given), 'BANK_OUTCOME_UNKNOWN');
async function pay(...given) {
  const command = await reserve(...given);
  await give(confirmDebit(await settled(command), { at: command.at + 900 }), 'approved');
  return command;
}
async function refund(command, name, expected, change = {}) {
  trace += 1;
  const { at = command.at + 60_000, businessDate = command.businessDate } = change;
  const dated = { name, stan: 500 + trace, ...change, at, businessDate };
  const order = refundSettlement(await settled(command), dated);
  asked.push(order);
  await give(order, expected);
}
/** Another command of the settlement, so many ms after it. */
function then(command, ms, type, rest, expected = 'BANK_OUTCOME_UNKNOWN') {
  const { key, settlementId } = command;
  return give({ type, key, settlementId, at: command.at + ms, fence: 0, ...rest }, expected);
}
const release = (command, responseCode, expected) =>
  then(command, 900, 'release-reservation', { responseCode }, expected);
const silent = (command, legNo, expected) =>
  then(command, 70_000, 'bank-silent', { legNo, reason: '98' }, expected);
const late = (command, rrn) =>
  then(command, 99_000, 'late-approval', { legNo: 0, rrn, authCode: undefined });

/** A month that is taken out of the books afterwards. */
await settle(bill(0, 'away-cash', { days: -285 }));
const away = await reserve(1, 'away-late', { days: -285 });
await release(away, '51', 'BANK_FUNDS_SHORT');

/** Earlier months, and answers that one batch gives. */
await Promise.all([
  settle(bill(0, 'posted-cash', { days: -60, lines })),
  settle(bill(2, 'posted-account', { days: -60, lines: build.pricedLines([ASPIRIN]) })),
  settle(bill(3, 'posted-fund', { days: -30, ...atHospital })),
  settle(bill(4, 'posted-lines', { days: -30, lines })),
]);
await pay(5, 'posted-debit', { days: -30 });
await settle(bill(3, 'posted-activated', atHospital));

await reserve(6, 'reserved');
await reserve(7, 'reserved-declined');
await silent(await reserve(8, 'reversing'), 0);
await release(await reserve(9, 'released'), undefined, 'BANK_UNREACHABLE');
const reversed = await reserve(9, 'reversed');
await silent(reversed, 0);
const host = { legNo: 0, responseCode: '00' };
await then(reversed, 71_000, 'finish-reversal', host, 'BANK_REVERSED');
const reopened = await reserve(10, 'late');
await release(reopened, '91', 'BANK_DECLINED');
await late(reopened, '112210000777');

const running = 'REFUND_IN_PROGRESS';
const another = { at: MORNING + DAY, businessDate: '2026-11-23', batch: 2 };
await refund(await pay(11, 'void'), 'void-running', running);
const voided = await pay(12, 'void-silent');
await refund(voided, 'void-reversing', running);
await silent(voided, 1, running);
await refund(await pay(13, 'refund', { days: -30 }), 'refund-running', running, another);
const repeated = await pay(14, 'refund-silent', { days: -30 });
await refund(repeated, 'refund-repeating', running, another);
await silent(repeated, 1, running);
await refund(await settle(bill(15, 'refunded', { lines })), 'refund-whole', 'approved');
const partly = await settle(bill(15, 'partly', { lines }));
await refund(partly, 'refund-line', 'approved', { lines: ['2'] });
const back = await pay(16, 'refunded-debit');
await refund(back, 'refund-debit', running);
await give(finishRefund(await settled(back), { at: back.at + 61_000 }), 'approved');
const kept = await pay(16, 'refund-refused', { days: -30 });
await refund(kept, 'refund-declined', running, another);
const refused = { at: MORNING + DAY + 900, outcome: 'declined', responseCode: '05' };
await give(finishRefund(await settled(kept), refused), 'REFUND_BANK_DECLINED');

for (const [index, name, outcome, isApproved] of [
  [17, 'proposed-reversed', 'bank-reversed', false],
  [17, 'proposed-kept', 'bank-kept', false],
  [18, 'resolved-reversed', 'bank-reversed', true],
  [18, 'resolved-kept', 'bank-kept', true],
]) {
  const command = await reserve(index, name);
  await silent(command, 0);
  const proposal = { legNo: 0, outcome, reason: 'as the bank wrote', by: 'lin' };
  await then(command, 80_000, 'propose-closing', proposal, 'approved');
  const approval = { legNo: 0, proposalNo: undefined, by: 'chen' };
  if (isApproved) await then(command, 90_000, 'approve-closing', approval, 'approved');
}
const wrong = { pin: { kind: 'verifier', verifier: 'another' } };
await settle(bill(19, 'wrong-1', wrong), 'PIN_WRONG');
await settle(bill(19, 'wrong-2', wrong), 'PIN_WRONG');
await settle(bill(20, 'lock-1', wrong), 'PIN_WRONG');
await settle(bill(20, 'lock-2', wrong), 'PIN_WRONG');
await settle(bill(20, 'lock-3', wrong), 'PIN_LOCKED');
await settle(bill(20, 'locked'), 'PIN_LOCKED');
await settle(bill(23, 'listed'), 'CARD_LISTED_CITY');

const detached = await months.detachMonth('2026_02');
if (!detached.ok) throw new Error(detached.error);
await late(away, '112210000778');
const { key, settlementId } = reopened;
await owners.leaveWord({
  type: 'finish-reversal',
  key,
  settlementId,
  at: MORNING,
  fence: 0,
  ...host,
});

/** What that version says of all this. */
const answers = {};
for (const command of asked) {
  const { requestKey } = command.request;
  if (requestKey.startsWith('away')) continue;
  const { answer } = (await store.execute(command)).value;
  answers[requestKey] = { status: answer.status, body: answer.body };
}
const documents = {};
for (const { settlementId, institution } of asked) {
  const caller = { institution: { code: institution } };
  const { status, body } = await readSettlement({ store, policy: source }, caller, settlementId);
  if (status === 200) documents[settlementId] = body;
}
await Promise.all([store, months, owners].map((open) => open.close()));
const problems = await dump.query('select * from yikatong_ledger_problems()');
if (problems.length > 0) throw new Error(JSON.stringify(problems));
const save = (name, text) =>
  writeFileSync(join(import.meta.dirname, name), gzipSync(text, { level: 9 }));
save('998ba1d.sql.gz', await dump.write());
save('998ba1d.json.gz', JSON.stringify({ answers, documents }, undefined, 1));
await dump.close();
await cluster.stop();
