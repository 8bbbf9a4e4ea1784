/**
 * An office and a bank's card service, joined by real sockets: the office's messages in PostgreSQL, the
 * bank's books in SQLite.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import pg from 'pg';
import type { CardId } from '../../../engine/base/ids/ids.ts';
import type { PeerSigner } from '../../../engine/base/signatures/peer-signature.ts';
import type { CardEvent } from '../../../engine/domain/bank-cards/card-event.ts';
import type { DeliveryDeps } from '../../../engine/flows/bank-cards/deliver-messages.ts';
import { deliverBatch, deliverQueue } from '../../../engine/flows/bank-cards/deliver-messages.ts';
import type { FlowLog } from '../../../engine/flows/deps.ts';
import { createBankCards } from '../../../engine/gateways/bank-cards/client.ts';
import type { CardBank } from '../../../engine/ports/card-messages.ts';
import type { CardService } from '../../../engine/sandbox/bank-cards/card-service.ts';
import { createCardService } from '../../../engine/sandbox/bank-cards/card-service.ts';
import type { Books } from '../../../engine/sandbox/bank-host/books.ts';
import { openBooks } from '../../../engine/sandbox/bank-host/books.ts';
import type { BankHostKeys } from '../../../engine/sandbox/bank-host/host-keys.ts';
import { openCardMessages } from '../../../engine/store/bank-cards/card-messages.ts';

export const BANK = 'B01';

/** A new Ed25519 key. */
export function newSigner(keyId: string): PeerSigner & { readonly publicKey: string } {
  const pair = generateKeyPairSync('ed25519');
  const key = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return {
    keyId,
    sign: async (data) => sign(null, data, key),
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
}

export const bankHostTestKeys: BankHostKeys = {
  issuerMasterKey: new Uint8Array(16),
  cardAlgorithm: '3des',
  pinVerifierKey: new Uint8Array(32),
  linkKey: new Uint8Array(16),
  pinPadKeyOf: () => undefined,
};

export const silentLog: FlowLog = { info: () => {}, warn: () => {}, error: () => {} };

export function cardIdOf(number: number): CardId {
  return `441900D156000005${number.toString(16).toUpperCase().padStart(16, '0')}` as CardId;
}

export type CardLink = {
  readonly url: string;
  readonly books: Books;
  readonly service: CardService;
  /** The office's key. */
  readonly office: ReturnType<typeof newSigner>;
  readonly deps: DeliveryDeps;
  readonly client: pg.Client;
  /** Stores an event as a command of a person does. */
  store(shard: number, event: CardEvent): Promise<void>;
  /** Claims all that is due and delivers it, as one look of the job. `at`: ms from now. */
  deliver(atMs?: number): Promise<void>;
  close(): Promise<void>;
};

/** @param url of a migrated database */
export async function openCardLink(url: string, store = ':memory:'): Promise<CardLink> {
  const books = openBooks(store);
  const office = newSigner('office-key-1');
  const bankKey = newSigner(BANK);
  const service = await createCardService({
    ...{ books, keys: bankHostTestKeys, signer: bankKey, officeKey: office, port: 0 },
    ...{ now: Date.now, isAutomatic: false, lateMs: 1_500 },
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const bank: Omit<CardBank, 'isEnabled'> = {
    ...{ code: BANK, name: '沙盒银行', address: `http://127.0.0.1:${service.port}` },
    publicKey: bankKey.publicKey,
  };
  await client.query(
    `insert into card_bank values ($1, $2, $3, $4, true)
     on conflict (code) do update set address = excluded.address, public_key = excluded.public_key`,
    [bank.code, bank.name, bank.address, bank.publicKey],
  );
  const messages = openCardMessages(url);
  let aheadMs = 0;
  const environment = {
    now: () => Date.now() + aheadMs,
    randomBytes: (n: number) => randomBytes(n),
  };
  const bankCards = createBankCards({
    ...{ signer: office, environment, timeoutMs: 1_000, openName: (name) => name },
  });
  const deps: DeliveryDeps = {
    ...{ messages, bankCards, environment, log: silentLog, leaseMs: 10_000, answerMs: 1_000 },
  };
  return {
    ...{ url, books, service, office, deps, client },
    async store(shard, { topic, cardStep: { cardId, stepNo }, payload }) {
      const insert = `insert into outbox (shard, topic, card_id, card_step, payload, created_at)
        values ($1, $2, $3, $4, $5, $6)`;
      await client.query(insert, [
        shard,
        topic,
        cardId,
        stepNo,
        JSON.stringify(payload),
        Date.now(),
      ]);
    },
    async deliver(atMs = 0) {
      aheadMs = atMs;
      const terms = { at: environment.now(), leaseMs: deps.leaseMs, limit: 100 };
      await messages.formBatches({ at: terms.at, rowsMax: 1_000 });
      const batches = await messages.claimBatches(terms);
      await Promise.all(batches.map((batch) => deliverBatch(deps, batch)));
      const queues = await messages.claimQueues(terms);
      await Promise.all(queues.map((queue) => deliverQueue(deps, queue)));
    },
    async close() {
      await messages.close();
      await client.end();
      await service.close();
      books.close();
    },
  };
}

/** The state that a step of this card led to. */
export function eventOf(cardId: CardId, status: string, financial = 'active'): CardEvent {
  return {
    topic: `card-${status}`,
    cardStep: { cardId, stepNo: 1 },
    payload: { bank: BANK, cardId, financial },
  };
}
