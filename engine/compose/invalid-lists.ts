/** Composition of the commands on invalid lists, which run beside a running engine. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { ListSource } from '../flows/invalid-list/check-list-file.ts';
import type { UnusableCards } from '../flows/invalid-list/publish-list.ts';
import type { ListSigner } from '../flows/invalid-list/write-list-file.ts';
import type { Config } from '../ops/config.ts';
import type { InvalidListReads } from '../ports/invalid-list-reads.ts';
import type { InvalidLists } from '../ports/invalid-lists.ts';
import type { OfflineLists } from '../ports/offline-lists.ts';
import { openInvalidLists } from '../store/invalid-lists/invalid-lists.ts';
import type { Issuers } from '../store/invalid-lists/issuers.ts';
import { openIssuers } from '../store/invalid-lists/issuers.ts';
import { openInvalidListReads } from '../store/invalid-lists/list-reads.ts';
import { openOfflineLists } from '../store/invalid-lists/offline-lists.ts';
import { readUnusableCards } from '../store/invalid-lists/unusable-cards.ts';
import { openSocialSecurityKeys } from './keystores.ts';
import type { Credentials } from './operator.ts';
import { withLogin } from './operator.ts';

/** What the commands work with. */
export type ListTools = {
  readonly lists: InvalidLists;
  readonly reads: InvalidListReads;
  readonly issuers: Issuers;
  readonly offline: OfflineLists;
  readonly cards: UnusableCards;
  /** Gives what signs for the list that is kept here: the key of answers. */
  withSigner<T>(use: (signer: ListSigner) => Promise<T>): Promise<T>;
};

/** Bytes of a file that are read at once. */
const FILE_PART_BYTES = 1 << 20;

/** Runs one task under the operator's login, or that of DATABASE_URL. */
export async function withInvalidLists<T>(
  config: Config,
  credentials: Credentials | undefined,
  use: (tools: ListTools) => Promise<T>,
): Promise<T> {
  return withLogin(config, credentials, async (url) => {
    const [lists, reads, issuers] = [
      openInvalidLists(url),
      openInvalidListReads(url),
      openIssuers(url),
    ];
    const offline = openOfflineLists(url);
    const cards: UnusableCards = (region, at) => readUnusableCards(url, region, at);
    try {
      return await use({
        ...{ lists, reads, issuers, cards, offline },
        withSigner: (sign) => withOwnSigner(config, sign),
      });
    } finally {
      await Promise.all([lists.close(), reads.close(), issuers.close(), offline.close()]);
    }
  });
}

async function withOwnSigner<T>(
  config: Config,
  use: (signer: ListSigner) => Promise<T>,
): Promise<T> {
  const keys = await openSocialSecurityKeys(config, { createIfMissing: false });
  try {
    return await use({ keyId: keys.answerKeyId, algorithm: 'ed25519', sign: keys.signAnswer });
  } finally {
    await keys.close();
  }
}

/** The bytes of a list file; one that ends in .gz is unpacked on the way. */
export function openListFile(path: string): ListSource {
  return () => {
    const file = createReadStream(path, { highWaterMark: FILE_PART_BYTES });
    if (!path.endsWith('.gz')) return file;
    const unpacked = createGunzip({ chunkSize: FILE_PART_BYTES });
    file.on('error', (error) => unpacked.destroy(error));
    return file.pipe(unpacked);
  };
}
