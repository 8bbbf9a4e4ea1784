/** One key, one effect, one answer. */
import assert from 'node:assert/strict';
import type { TerminalId } from '../../engine/base/ids/ids.ts';
import type { Card } from '../../engine/domain/card/card.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Decision, Facts } from '../../engine/domain/decision.ts';
import type { SettleBill } from '../../engine/domain/settlement/settle-bill.ts';
import { requestFingerprint } from '../../engine/http/request-fingerprint.ts';
import {
  bankDebit,
  card,
  MORNING,
  person,
  refundSettlement,
  settleBill,
  yuan,
} from '../support/domain/builders.ts';
import { accountOf, honestDecide, newest, openCounter, reserveWithBank } from './counter.ts';
import {
  codeOf,
  isRepeat,
  on,
  outcomeOf,
  reworded,
  seeing,
  textOf,
  toldAsDeclined,
  writing,
} from './decision-edits.ts';
import { type Check, caughtBy } from './plant.ts';

const later: Partial<SettleBill> = {
  at: MORNING + 5_000,
  chip: { challenge: (MORNING + 5_000) * 1000, challengeExpired: false, isGenuine: true },
};

const saleKeys: Check<Decide> = {
  name: 'request keys of sales',
  honest: honestDecide,
  keeps(decide) {
    const store = openCounter(decide);
    const first = store.run(settleBill());
    const { balance } = accountOf(store);
    const again = store.run(settleBill(later));
    assert.equal(accountOf(store).balance, balance, 'a repeated sale takes the money again');
    assert.equal(textOf(again), textOf(first), 'a repeat gets other bytes than the first time');
    assert.ok(isRepeat(again), 'a repeat is not marked as one');
    const { request } = settleBill();
    const other = store.run(
      settleBill({ ...later, request: { ...request, fingerprint: 'other' } }),
    );
    assert.equal(codeOf(other), 'KEY_REUSED', 'other bytes under a used key are not refused');
    const cardId = '441900D156000005FC1B2A6C00000002' as Card['cardId'];
    store.add(person({ accountBalance: yuan('400.00') }), card({ cardId }));
    store.run(settleBill({ ...later, cardId, presented: { ...settleBill().presented, cardId } }));
    const { size } = store.settlements;
    assert.equal(size, 2, 'a key of another card is answered as one of this card');
    keepsRefusals(decide);
  },
};

function keepsRefusals(decide: Decide): void {
  const store = openCounter(decide);
  const wrong = { pin: { kind: 'verifier', verifier: 'wrong' } } as const;
  store.run(settleBill(wrong));
  store.run(settleBill({ ...later, ...wrong }));
  const tries = store.cards.get(card().cardId)?.pinWrongTries;
  assert.equal(tries, 1, 'a refusal that is asked for again is tried again');
}

const runningKeys: Check<Decide> = {
  name: 'request keys while the bank is asked',
  honest: honestDecide,
  keeps(decide) {
    const { store } = reserveWithBank(decide);
    const again = store.run(settleBill({ ...later, tender: bankDebit('30.68') }));
    assert.equal(codeOf(again), 'KEY_IN_PROGRESS', 'a key whose sale is under way runs again');
    assert.equal(outcomeOf(again), 'unknown', 'a sale that is under way is called declined');
  },
};

const refundKeys: Check<Decide> = {
  name: 'request keys of refunds',
  honest: honestDecide,
  keeps(decide) {
    const store = openCounter(decide);
    store.run(settleBill());
    const one = newest(store);
    store.run(settleBill({ ...later, name: 'sale-2' }));
    const two = newest(store);
    const given = store.run(refundSettlement(one));
    const again = store.run(refundSettlement(one));
    assert.equal(textOf(again), textOf(given), 'a repeated refund gets other bytes');
    const other = store.run(refundSettlement(two));
    assert.equal(codeOf(other), 'KEY_REUSED', 'the refund of one settlement answers for another');
    const { request } = refundSettlement(two);
    const terminalId = 'T4419000002' as TerminalId;
    const { requestKey } = settleBill({ name: 'sale-2' }).request;
    const borrowed = { ...request, terminalId, requestKey };
    const lent = store.run(refundSettlement(two, { request: borrowed }));
    assert.equal(outcomeOf(lent), 'approved', 'a key belongs to every terminal');
  },
};

const fingerprints: Check<typeof requestFingerprint> = {
  name: 'what makes two requests the same',
  honest: () => requestFingerprint,
  keeps(print) {
    const of = (path: string, body: string) =>
      print({ method: 'POST', path, rawBody: Buffer.from(body) });
    const refund = of('/v1/settlements/A/refunds', '{"requestKey":"k"}');
    const asked = { same: of('/v1/settlements/A/refunds', '{"requestKey":"k"}') };
    assert.equal(asked.same, refund, 'the same request is another one');
    const path = of('/v1/settlements/B/refunds', '{"requestKey":"k"}');
    assert.notEqual(path, refund, 'the same body for another settlement is the same request');
    const body = of('/v1/settlements/A/refunds', '{"requestKey":"k","lines":["2"]}');
    assert.notEqual(body, refund, 'another body is the same request');
  },
};

const records =
  (change: (record: Facts['requests'][number]) => Partial<Facts['requests'][number]>) =>
  (facts: Facts): Facts => ({
    ...facts,
    requests: facts.requests.map((record) => ({ ...record, ...change(record) })),
  });

export const requestKeyPlants = [
  ...caughtBy(
    saleKeys,
    {
      name: 'key-not-looked-up',
      bug: 'The records of a request key are not read before a sale.',
      breaks: 'One key has one settlement.',
      plant: on('settle-bill', (decide, command, facts) =>
        decide(command, { ...facts, requests: [] }),
      ),
      says: 'a repeated sale takes the money again',
    },
    {
      name: 'answer-made-anew',
      bug: 'A repeat is answered with a document that is made again, not with the bytes that were stored.',
      breaks: 'The same key and the same bytes give the same answer, byte for byte.',
      plant: (decide) => (command, facts) => {
        const decision = decide(command, facts);
        return isRepeat(decision) ? reworded(decision) : decision;
      },
      says: 'a repeat gets other bytes than the first time',
    },
    {
      name: 'repeat-not-marked',
      bug: 'A repeat is answered as the first time, without its mark: a terminal takes it for a second sale.',
      breaks: 'A repeated answer says that it is one.',
      plant: (decide) => {
        let first: Decision | undefined;
        return (command, facts) => {
          const decision = decide(command, facts);
          if (isRepeat(decision) && first !== undefined)
            return { ...decision, answer: first.answer };
          first = decision;
          return decision;
        };
      },
      says: 'a repeat is not marked as one',
    },
    {
      name: 'other-bytes-accepted',
      bug: 'A repeated key is looked up, but its bytes are not compared.',
      breaks: 'The same key with other bytes is refused.',
      plant: on('settle-bill', (decide, command, facts) => {
        const { fingerprint } = command.request;
        return decide(command, records(() => ({ fingerprint }))(facts));
      }),
      says: 'other bytes under a used key are not refused',
    },
    {
      name: 'key-without-card',
      bug: 'A request key counts for the terminal alone: a second card is answered with the sale of the first.',
      breaks: 'A key belongs to one terminal and one card.',
      plant: on('settle-bill', (decide, command, facts) => {
        const { cardId } = command;
        return decide(command, records(() => ({ cardId }))(facts));
      }),
      says: 'a key of another card is answered as one of this card',
    },
    {
      name: 'refusal-forgets-its-key',
      bug: 'A refusal is answered but not stored: a repeat of a lost answer is a second try of the PIN.',
      breaks: 'A refusal is stored with its key.',
      plant: writing((writes) => {
        const { request, ...rest } = writes;
        const isRefusal = request !== undefined && request.settlementId === undefined;
        return isRefusal ? rest : writes;
      }),
      says: 'a refusal that is asked for again is tried again',
    },
  ),
  ...caughtBy(
    runningKeys,
    {
      name: 'running-key-runs-again',
      bug: 'A key whose sale still waits for the bank is taken for a new one, and the card is charged twice.',
      breaks: 'One key has one settlement.',
      plant: seeing((facts) => ({
        ...facts,
        requests: facts.requests.filter(({ state }) => state !== 'running'),
      })),
      says: 'a key whose sale is under way runs again',
    },
    {
      name: 'running-key-called-declined',
      bug: 'Whoever asks while the bank is still being asked is told that nothing was charged.',
      breaks: 'Unknown is never turned into declined.',
      plant: (decide) => (command, facts) => {
        const decision = decide(command, facts);
        return codeOf(decision) === 'KEY_IN_PROGRESS' ? toldAsDeclined(decision) : decision;
      },
      says: 'a sale that is under way is called declined',
    },
  ),
  ...caughtBy(
    refundKeys,
    {
      name: 'refund-key-for-any-settlement',
      bug: 'A full refund holds nothing but its key: the answer of one settlement is given for another.',
      breaks: 'The same key for another settlement is refused.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const { settlementId } = command;
        return decide(command, records(() => ({ settlementId }))(facts));
      }),
      says: 'the refund of one settlement answers for another',
    },
    {
      name: 'key-without-terminal',
      bug: 'A request key counts for all terminals: who picks the same text gets an answer of somebody else.',
      breaks: 'A key belongs to one terminal and one card.',
      plant: on('refund-settlement', (decide, command, facts) => {
        const { terminalId } = command.request;
        return decide(command, records(() => ({ terminalId }))(facts));
      }),
      says: 'a key belongs to every terminal',
    },
  ),
  ...caughtBy(
    fingerprints,
    {
      name: 'fingerprint-without-path',
      bug: 'The fingerprint leaves the path out: refunds of two settlements are taken for one request.',
      breaks: 'The same key for another settlement is refused.',
      plant: (print) => (request) => print({ ...request, path: '/' }),
      says: 'the same body for another settlement is the same request',
    },
    {
      name: 'fingerprint-without-body',
      bug: 'The fingerprint leaves the body out: a corrected bill under an old key gets the old answer.',
      breaks: 'The same key with other bytes is refused.',
      plant: (print) => (request) => print({ ...request, rawBody: new Uint8Array() }),
      says: 'another body is the same request',
    },
  ),
];
