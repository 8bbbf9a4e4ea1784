/**
 * The sandbox's bank as an issuer of cards: puts itself on the engine's record, and serves its card
 * service.
 */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { CardBank } from '../../ports/card-messages.ts';
import type { Keys } from '../../ports/keys.ts';
import type { BankHost } from '../bank-host/bank-host.ts';
import { bankHostKeys, loadCardServiceKey, SANDBOX_BANK } from '../keys/sandbox-keys.ts';
import type { CardService } from './card-service.ts';
import { createCardService } from './card-service.ts';

export type CardBankOptions = {
  /** Puts the bank on the engine's record. */
  readonly enter: (bank: CardBank) => Promise<void>;
  /** The sandbox's key folder. */
  readonly folder: string;
  readonly host: Pick<BankHost, 'books'>;
  /** Those of the engine whose messages are taken: the bank was given its public key. */
  readonly keys: Pick<Keys, 'answerKeyId' | 'answerPublicKey'>;
  /** ms */
  readonly now: () => number;
};

export async function serveCardBank(options: CardBankOptions): Promise<CardService> {
  const { enter, folder, host, keys, now } = options;
  const key = createPrivateKey({
    key: Buffer.from(loadCardServiceKey(folder)),
    ...{ format: 'der', type: 'pkcs8' },
  });
  const service = await createCardService({
    ...{ books: host.books, keys: bankHostKeys(folder, []), port: 0, now, isAutomatic: true },
    signer: { keyId: SANDBOX_BANK, sign: async (data) => sign(null, data, key) },
    officeKey: { keyId: keys.answerKeyId, publicKey: keys.answerPublicKey },
  });
  await enter({
    ...{ code: SANDBOX_BANK, name: '沙盒银行', isEnabled: true },
    address: `http://127.0.0.1:${service.port}`,
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64'),
  });
  return service;
}
