/** The PIN of a card: how often it is compared, and with which card. */
import assert from 'node:assert/strict';
import type { Card } from '../../engine/domain/card/card.ts';
import { checkCard } from '../../engine/domain/card/check-card.ts';
import {
  type CheckCard,
  checked,
  type Entry,
  leavingCard,
  onOtherCard,
  right,
  withOtherEntry,
  wrong,
} from './card-parts.ts';
import { type Check, caughtBy } from './plant.ts';

const pins: Check<CheckCard> = {
  name: 'PIN of a card',
  honest: () => checkCard,
  keeps(check) {
    const tried = (tries: number, entry = wrong, status: Card['status'] = 'active') =>
      checked(check, { card: { pinWrongTries: tries, status }, entry });
    assert.equal(tried(0).card.pinWrongTries, 1, 'a wrong PIN is not counted');
    assert.equal(tried(2).refusal, 'PIN_LOCKED', 'the third wrong PIN does not lock');
    assert.equal(tried(3, right).refusal, 'PIN_LOCKED', 'a locked card pays');
    assert.equal(
      tried(2, right).card.pinWrongTries,
      0,
      'a right PIN does not begin the count anew',
    );
    const damaged: Entry = { ...right, pin: { kind: 'malformed' } };
    assert.equal(tried(1, damaged).card.pinWrongTries, 1, 'a damaged PIN block is a try');
    const lost = [tried(0, wrong, 'written-loss'), tried(0, right, 'written-loss')];
    const told = new Set(lost.map(({ refusal }) => refusal));
    assert.equal(told.size, 1, 'a lost card tells whether its PIN is right');
  },
};

export const pinPlants = caughtBy(
  pins,
  {
    name: 'pin-count-not-kept',
    bug: 'The count of wrong PINs is not written with the answer: a crash forgets the try.',
    breaks: 'A wrong PIN is durable before anybody hears that it was wrong.',
    plant: leavingCard((_, { pinWrongTries }) => ({ pinWrongTries })),
    says: 'a wrong PIN is not counted',
  },
  {
    name: 'four-tries',
    bug: 'The comparison of the count is off by one: a fourth PIN is compared.',
    breaks: 'At most three wrong PINs are compared between two resets.',
    plant: onOtherCard(({ pinWrongTries }) => ({ pinWrongTries: Math.max(0, pinWrongTries - 1) })),
    says: 'the third wrong PIN does not lock',
  },
  {
    name: 'lock-opened-by-the-right-pin',
    bug: 'The right PIN opens a locked card.',
    breaks: 'A lock ends only with an authorised unlock.',
    plant: onOtherCard(({ pinWrongTries, pinVerifier }, { pin }) => ({
      pinWrongTries: pin.kind === 'verifier' && pin.verifier === pinVerifier ? 0 : pinWrongTries,
    })),
    says: 'a locked card pays',
  },
  {
    name: 'right-pin-does-not-reset',
    bug: 'Wrong PINs of three different years lock the card.',
    breaks: 'Three consecutive wrong entries lock; a right one resets.',
    plant: leavingCard((decided, known) => ({
      pinWrongTries: Math.max(decided.pinWrongTries, known.pinWrongTries),
    })),
    says: 'a right PIN does not begin the count anew',
  },
  {
    name: 'damaged-block-is-a-try',
    bug: 'A PIN block that cannot be read is counted as a wrong PIN: a faulty PIN pad locks cards.',
    breaks: 'Only a PIN that was compared is a try.',
    plant: withOtherEntry(({ pin }) => ({
      pin: pin.kind === 'malformed' ? { kind: 'verifier', verifier: '' } : pin,
    })),
    says: 'a damaged PIN block is a try',
  },
  {
    name: 'pin-told-of-a-lost-card',
    bug: 'The PIN is compared first: with a stolen card one learns whether a PIN is right.',
    breaks: 'Nobody learns anything about a PIN with a card that is refused anyway.',
    plant: (check) => (known, holder, hits, entry) => {
      const first = check({ ...known, status: 'active' }, holder, hits, entry);
      return first.refusal === undefined ? check(known, holder, hits, entry) : first;
    },
    says: 'a lost card tells whether its PIN is right',
  },
);
