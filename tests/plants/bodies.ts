/** What a body may hold, and what a challenge is good for. */
import assert from 'node:assert/strict';
import { parseStrictJson } from '../../engine/base/json/strict-json.ts';
import { makeChallenge, readChallenge } from '../../engine/flows/card/challenge.ts';
import { createStampSource } from '../../engine/flows/card/issue-challenge.ts';
import { card, MORNING, terminal } from '../support/domain/builders.ts';
import { createTestKeys } from '../support/flows/test-keys.ts';
import { type Check, caughtBy } from './plant.ts';

const bodies: Check<typeof parseStrictJson> = {
  name: 'bodies of requests',
  honest: () => parseStrictJson,
  keeps(parse) {
    const read = (text: string) => parse(Buffer.from(text));
    assert.deepEqual(read('{"a":["1"]}'), { a: ['1'] }, 'an honest body is refused');
    assert.equal(read('{"a":"1","a":"2"}'), undefined, 'of two members of one name one wins');
    assert.equal(read('{"__proto__":{"a":1}}'), undefined, 'a body reaches into the program');
    assert.equal(read('{"a":"\\u0000"}'), undefined, 'a text with NUL is taken');
    const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    assert.equal(read(deep), undefined, 'a body may be nested without end');
  },
};

const keys = createTestKeys();
const binding = { terminalId: terminal().id, cardId: card().cardId, totalAmount: '13.55' };

const challenges: Check<typeof readChallenge> = {
  name: 'what a challenge is good for',
  honest: () => readChallenge,
  keeps(read) {
    const { token } = makeChallenge(keys, binding, 1, Buffer.alloc(16, 1));
    assert.ok(read(keys, binding, token) !== undefined, 'an honest challenge is refused');
    const dearer = read(keys, { ...binding, totalAmount: '1000.00' }, token);
    assert.equal(dearer, undefined, 'a challenge is good for any amount');
    const terminalId = 'T4419000002' as typeof binding.terminalId;
    const elsewhere = read(keys, { ...binding, terminalId }, token);
    assert.equal(elsewhere, undefined, 'a challenge is good at any terminal');
    const spoilt = Buffer.from(token, 'base64url');
    spoilt[7] = 9;
    const forged = read(keys, binding, spoilt.toString('base64url'));
    assert.equal(forged, undefined, 'a challenge can be made up');
  },
};

const stamps: Check<typeof createStampSource> = {
  name: 'stamps of challenges',
  honest: () => createStampSource,
  keeps(create) {
    const clock = { at: MORNING };
    const next = create(() => clock.at);
    const first = next();
    assert.ok(next() > first, 'two challenges have one stamp');
    clock.at -= 1_000;
    assert.ok(next() > first, 'a clock that steps back makes older challenges');
  },
};

export const bodyPlants = caughtBy(
  bodies,
  {
    name: 'duplicate-members-taken',
    bug: 'Of two members of one name the last one wins: what was signed and what is read may differ.',
    breaks: 'A body with a duplicate member is refused.',
    plant: (parse) => (raw) => parse(raw) ?? JSON.parse(Buffer.from(raw).toString()),
    says: 'of two members of one name one wins',
  },
  {
    name: 'forbidden-names-taken',
    bug: 'A member called "__proto__" is taken like any other.',
    breaks: 'A body cannot change what the program is made of.',
    plant: (parse) => (raw) => {
      const text = Buffer.from(raw).toString();
      return text.includes('__proto__') ? JSON.parse(text) : parse(raw);
    },
    says: 'a body reaches into the program',
  },
  {
    name: 'nul-taken',
    bug: 'A text with NUL is taken: the database refuses it later, in the middle of a batch.',
    breaks: 'What cannot be stored is refused at the door.',
    plant: (parse) => (raw) =>
      parse(Buffer.from(Buffer.from(raw).toString().replace('\\u0000', ''))),
    says: 'a text with NUL is taken',
  },
  {
    name: 'nested-without-end',
    bug: 'A body may be nested as deep as it likes.',
    breaks: 'Every part of a body has a limit.',
    plant: (parse) => (raw) =>
      raw[0] === 0x5b ? JSON.parse(Buffer.from(raw).toString()) : parse(raw),
    says: 'a body may be nested without end',
  },
);

export const challengePlants = [
  ...caughtBy(
    challenges,
    {
      name: 'challenge-for-any-amount',
      bug: 'The token of a challenge does not cover the amount: an answer for 1 yuan pays 1000.',
      breaks: 'A challenge is bound to terminal, card and amount.',
      plant: (read) => (by, bound, token) =>
        read(by, { ...bound, totalAmount: binding.totalAmount }, token),
      says: 'a challenge is good for any amount',
    },
    {
      name: 'challenge-for-any-terminal',
      bug: 'A challenge that one terminal was given is good at another.',
      breaks: 'A challenge is bound to terminal, card and amount.',
      plant: (read) => (by, bound, token) =>
        read(by, { ...bound, terminalId: binding.terminalId }, token),
      says: 'a challenge is good at any terminal',
    },
    {
      name: 'challenge-mac-not-compared',
      bug: 'The MAC of a challenge is not compared: a terminal makes its own.',
      breaks: 'Only the engine makes challenges.',
      plant: (read) => (by, bound, token) => {
        const found = read(by, bound, token);
        const isOwn = bound.terminalId === binding.terminalId && bound.totalAmount === '13.55';
        if (found !== undefined || !isOwn) return found;
        const bytes = Buffer.from(token, 'base64url');
        return { stamp: 0, factor: bytes.subarray(8, 16), source: bytes.subarray(16, 24) };
      },
      says: 'a challenge can be made up',
    },
  ),
  ...caughtBy(stamps, {
    name: 'stamps-follow-the-clock-back',
    bug: 'When the clock is set back, new challenges are older than those the card has used.',
    breaks: 'Stamps of challenges rise strictly.',
    plant: (create) => (now) => {
      let count = 0;
      return () => create(now)() + ++count;
    },
    says: 'a clock that steps back makes older challenges',
  }),
];
