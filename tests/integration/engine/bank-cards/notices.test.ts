/**
 * What a bank says of a card counts once and in order; what contradicts the records changes nothing and
 * goes to people.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cardIdOf } from '../../../support/bank-cards/card-link.ts';
import type { CardRound } from '../../../support/bank-cards/card-round.ts';
import { openCardRound } from '../../../support/bank-cards/card-round.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';

let database: TestDatabase;
let round: CardRound;
beforeEach(async () => {
  database = await createTestDatabase();
  round = await openCardRound(database.url);
});
afterEach(async () => {
  await round.close();
  await database.drop();
});

const card = cardIdOf(1);
const HOUR_MS = 3_600_000;

/** The bank has reviewed the card, and made it. */
async function made(): Promise<void> {
  await round.sendCard(card);
  await round.exchange();
  round.link.service.office.reviewBatch(1, () => undefined);
  await round.exchange();
  round.link.service.office.make(card);
  await round.exchange();
}

async function inUse(): Promise<void> {
  await made();
  await round.order({ kind: 'collect', cardId: card, pinVerifier: 'chosen' });
  round.link.service.office.activate(card, '123456');
  await round.exchange();
}

function atBank() {
  const known = round.link.books.findServiceCard(card);
  return known === undefined ? 'unknown' : `${known.document} ${known.financial}`;
}

test('a card goes to the bank, is reviewed, made, collected and activated on both sides', async () => {
  await inUse();
  expect(await round.cardOf(card)).toMatchObject({ status: 'active', financial: 'active' });
  expect(atBank()).toBe('active active');
  expect(await round.workItems()).toEqual([]);
});

test('a card whose holder the bank will not have as a customer is refused, and sent again later', async () => {
  await round.sendCard(card);
  await round.exchange();
  round.link.service.office.reviewBatch(1, () => 'REAL_NAME');
  await round.exchange();
  expect((await round.cardOf(card)).status).toBe('bank-refused');
  expect(await round.order({ kind: 'send-to-bank', cardId: card })).toBeUndefined();
  await round.exchange();
  round.link.service.office.reviewBatch(2, () => undefined);
  await round.exchange();
  expect((await round.cardOf(card)).status).toBe('bank-approved');
});

test.each(['notice-lost', 'notice-doubled', 'notice-overtaken'] as const)(
  'a notice that is disturbed on its way (%s) is one step of the card',
  async (kind) => {
    await inUse();
    round.link.service.office.reportLoss(card);
    round.link.service.office.cancelLoss(card);
    round.link.service.faults.order({ kind });
    for (let turn = 0; turn < 4; turn++) await round.exchange(turn * HOUR_MS);
    expect((await round.cardOf(card)).status).toBe('active');
    expect(atBank()).toBe('active active');
    const steps = 'select kind from card_step where subject = $1 and by_kind = $2 order by step_no';
    const { rows } = await round.link.client.query(steps, [card, 'peer']);
    expect(rows.map((row) => row.kind)).toEqual([
      ...['bank-review', 'make', 'activate-financial', 'report-loss', 'cancel-loss'],
    ]);
  },
);

test('another notice under a number that was used changes nothing, and goes to people', async () => {
  await inUse();
  round.link.service.office.reportLoss(card);
  await round.exchange();
  const [, , , loss] = round.link.books.noticesOf(card);
  if (loss === undefined) throw new Error('the bank said nothing');
  const other = JSON.stringify({ ...JSON.parse(loss.body), kind: 'destroyed' });
  round.link.books.putNoticeBody(loss, other);
  await round.exchange();
  expect((await round.cardOf(card)).status).toBe('written-loss');
  expect(await round.workItems()).toEqual([
    { direction: 'notice', sequence: 4, code: 'BANK_NOTICE_CONTRADICTS' },
  ]);
});

test('a bank that activates a cancelled card is refused with the reason, and the work list has it', async () => {
  await made();
  await round.order({ kind: 'collect', cardId: card, pinVerifier: 'chosen' });
  await round.order({ kind: 'cancel', cardId: card });
  round.link.service.office.activate(card, '123456');
  await round.exchange();
  expect(await round.cardOf(card)).toMatchObject({
    ...{ status: 'cancelled', financial: 'not-activated' },
  });
  expect(await round.workItems()).toMatchObject([{ sequence: 3, code: 'CARD_STEP_NOT_POSSIBLE' }]);
  const [, , notice] = round.link.books.noticesOf(card);
  expect(notice).toMatchObject({ state: 'refused' });
  expect(notice?.answer).toContain('the card is cancelled');
});

test('a review of a card that nobody sent is refused with the row, and nothing of the file counts', async () => {
  await round.sendCard(card);
  await round.exchange();
  const { books, service } = round.link;
  service.office.reviewBatch(1, () => undefined);
  const [file] = books.waitingReviewFiles();
  if (file === undefined) throw new Error('no file');
  const [row] = JSON.parse(file.body);
  const stranger = { ...row, cardId: cardIdOf(99) };
  books.putReviewBody(file.fileNo, JSON.stringify([row, stranger]));
  await round.link.service.work();
  expect((await round.link.client.query('select from bank_review_file')).rowCount).toBe(0);
  expect(books.findReviewAnswer(file.fileNo)).toContain('row 2: this card was not sent');
  // The bank then says one by one what stands in its books.
  await round.exchange();
  expect((await round.cardOf(card)).status).toBe('bank-approved');
});

test('a written loss that both sides learn of at once is one loss', async () => {
  await inUse();
  await round.order({ kind: 'report-loss', cardId: card, form: 'written' });
  round.link.service.office.reportLoss(card);
  await round.exchange();
  await round.exchange();
  expect((await round.cardOf(card)).status).toBe('written-loss');
  expect(atBank()).toBe('written-loss suspended');
  expect(await round.workItems()).toEqual([]);
});

test('a stranger’s notice is refused before anything is read', async () => {
  await inUse();
  await round.link.client.query('update card_bank set public_key = $1', [
    round.link.office.publicKey,
  ]);
  round.link.service.office.reportLoss(card);
  await round.link.service.work();
  expect((await round.cardOf(card)).status).toBe('active');
});
