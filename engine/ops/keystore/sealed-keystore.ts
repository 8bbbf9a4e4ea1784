import type { BankLinkKeys, Keys } from '../../ports/keys.ts';
import type { KeyCabinet, KeyDomain } from './key-cabinet.ts';
import type { KeyKind } from './key-catalogue.ts';
import { financialKeys, socialSecurityKeys } from './key-catalogue.ts';
import { createLinkKeys } from './link-keys.ts';
import type { Shares } from './sealed-file.ts';
import { readSealedFile, writeSealedFile } from './sealed-file.ts';
import { createSoftwareCabinet, latestKeys, wipe } from './software-cabinet.ts';
import { createKeys } from './software-keys.ts';
import { softwareRoots } from './software-roots.ts';

/** A sealed file of one domain, and the shares of its master. */
export type SealedPlace = { readonly path: string; readonly shares: Shares };

/**
 * The keys of the social-security domain from a sealed file, for places without a module. All of them are in
 * this process while it runs. The shares are wiped.
 * @throws StartupError: the file is missing or damaged, a share is wrong, a key is missing
 */
export function openSealedKeys(place: SealedPlace): Keys {
  const keys = openSealed('social-security', socialSecurityKeys, place);
  return createKeys(
    softwareRoots({
      cardMasterKeys: { sm4: keys.cardMasterSm4, '3des': keys.cardMaster3des },
      pinVerifierKey: keys.pinVerifier,
      challengeKey: keys.challenge,
      storageCipherKey: keys.storageCipher,
      storageMacKey: keys.storageMac,
      answerKey: keys.answer,
    }),
  );
}

/** The engine's side of the bank's link from a sealed file of its own, with shares of its own. */
export function openSealedLinkKeys(place: SealedPlace): BankLinkKeys {
  const { linkKey } = openSealed('financial', financialKeys, place);
  return createLinkKeys({ algorithm: '3des', linkKey });
}

/** A new sealed file without keys. Fails with EEXIST's line when there is one. */
export function createSealedFile(domain: KeyDomain, { path, shares }: SealedPlace): void {
  writeSealedFile(path, domain, shares, new Map());
}

/** The keys of a sealed file for those who look after them. Closing it wipes the shares. */
export function openSealedCabinet(domain: KeyDomain, { path, shares }: SealedPlace): KeyCabinet {
  return createSoftwareCabinet({
    domain,
    kinds: domain === 'financial' ? financialKeys : socialSecurityKeys,
    load: () => readSealedFile(path, domain, shares),
    save: (keys) => writeSealedFile(path, domain, shares, keys),
    close: () => wipeShares(shares),
  });
}

function openSealed<Name extends string>(
  domain: KeyDomain,
  kinds: Readonly<Record<Name, KeyKind>>,
  { path, shares }: SealedPlace,
): Record<Name, Uint8Array> {
  try {
    const keys = readSealedFile(path, domain, shares);
    try {
      return latestKeys(domain, kinds, keys);
    } finally {
      wipe(keys);
    }
  } finally {
    wipeShares(shares);
  }
}

function wipeShares(shares: Shares): void {
  for (const share of shares) share.fill(0);
}
