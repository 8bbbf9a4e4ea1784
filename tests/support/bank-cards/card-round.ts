/**
 * A card office with its engine's routes, store and PostgreSQL, and a bank with its card service, over
 * real sockets.
 */

import type { CardId, PersonKey } from '../../../engine/base/ids/ids.ts';
import { cardRegionOf } from '../../../engine/domain/card/card-regions.ts';
import type { CardOrder } from '../../../engine/domain/card/orders/card-order.ts';
import type { Command } from '../../../engine/domain/commands.ts';
import { createDecide } from '../../../engine/domain/decide.ts';
import { hearNotice } from '../../../engine/flows/bank-cards/hear-notice.ts';
import { hearReviewFile } from '../../../engine/flows/bank-cards/hear-review-file.ts';
import { buildApp } from '../../../engine/http/build-app.ts';
import { openBankNotices } from '../../../engine/store/bank-cards/bank-notices.ts';
import { createStore } from '../../../engine/store/create-store.ts';
import { openSeedStore } from '../../../engine/store/reference/seed-store.ts';
import { person, policy } from '../domain/builders.ts';
import { testPersonalData } from '../flows/test-keys.ts';
import type { CardLink } from './card-link.ts';
import { BANK, openCardLink, silentLog } from './card-link.ts';

export type CardRound = {
  readonly link: CardLink;
  /** Of the one person. */
  readonly key: PersonKey;
  /** Carries out an order of the office. @returns the refusal's code */
  order(order: CardOrder): Promise<string | undefined>;
  /** A card that was sent to the bank, applied for by the person. */
  sendCard(cardId: CardId): Promise<void>;
  /** Delivers what the office has, and lets the bank say what it has to say. */
  exchange(aheadMs?: number): Promise<void>;
  /** The card's three states as the office has them. */
  cardOf(cardId: CardId): Promise<{ status: string; medical: string; financial: string }>;
  workItems(): Promise<readonly { direction: string; sequence: number; code: string }[]>;
  close(): Promise<void>;
};

/** @param url of a migrated, empty database */
export async function openCardRound(url: string, books = ':memory:'): Promise<CardRound> {
  const link = await openCardLink(url, books);
  const holder = person({ region: '110000' });
  const seeds = await openSeedStore(url, testPersonalData);
  await seeds.insertPersons([holder]);
  await seeds.close();
  const store = createStore<Command>({
    url,
    ...{ decide: createDecide(() => policy), now: () => performance.now(), log: () => undefined },
  });
  const notices = openBankNotices(url);
  const hearing = { notices, store, clock: { now: Date.now }, log: silentLog };
  const app = await buildApp({
    run: () => Promise.reject(new Error('no flow of terminals is run here')),
    readiness: () => Promise.reject(new Error('nobody asks')),
    reference: {
      findTerminal: async () => undefined,
      findInstitution: async () => undefined,
      acceptOnce: async () => 'new',
    },
    keys: {
      sessionMac: () => new Uint8Array(),
      signAnswer: link.office.sign,
      ...{ answerKeyId: link.office.keyId, answerPublicKey: link.office.publicKey },
    },
    clock: { now: Date.now },
    bankHearing: {
      findBank: notices.findBank,
      hearNotice: (notice) => hearNotice(hearing, notice),
      hearReviewFile: (file) => hearReviewFile(hearing, file),
    },
  });
  link.service.tellEngine(await app.listen({ port: 0, host: '127.0.0.1' }));
  let orders = 0;
  const round: CardRound = {
    link,
    key: holder.key,
    async order(order) {
      const result = await store.execute({
        type: 'order-card',
        ...{ key: holder.key, at: Date.now(), orderId: `office-order-${++orders}-of-test` },
        ...{ by: { kind: 'operator', id: 'li' }, reason: undefined },
        evidence: { identity: 'ID card seen', record: 'R1' },
        ...{ region: cardRegionOf('110000'), order },
      });
      if (!result.ok) throw new Error(result.error.kind);
      return result.value.answer.code;
    },
    async sendCard(cardId) {
      const applicationNo = `A-${cardId.slice(-8)}`;
      const form = { applicationNo, issuingBank: BANK, delivery: 'window' } as const;
      const card = {
        ...{ cardId, cardClass: '1', specVersion: '3.00' },
        ...{
          cardNumberHash: testPersonalData.keyedHash('card-number', cardId),
          sealedCardNumber: '',
        },
        ...{ expiresOn: undefined, pinVerifier: 'first' },
      };
      const owner = 'insert into card_owner (card_id, shard, person_no) values ($1, $2, $3)';
      await link.client.query(owner, [cardId, holder.key.shard, holder.key.personNo]);
      await round.order({ kind: 'apply', ...form });
      await round.order({ kind: 'review', applicationNo, isAccepted: true });
      await round.order({ kind: 'personalise', applicationNo, card });
      await round.order({ kind: 'send-to-bank', cardId });
    },
    async exchange(aheadMs = 0) {
      await link.deliver(aheadMs);
      await link.service.work();
    },
    async cardOf(cardId) {
      const text = 'select status, medical, financial from card where card_id = $1';
      return (await link.client.query(text, [cardId])).rows[0];
    },
    async workItems() {
      const text =
        'select direction, sequence, code from bank_work_item order by opened_at, sequence';
      return (await link.client.query(text)).rows;
    },
    async close() {
      await app.close();
      await store.close();
      await notices.close();
      await link.close();
    },
  };
  return round;
}
