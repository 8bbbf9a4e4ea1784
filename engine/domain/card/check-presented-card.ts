import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { parseCardId } from '../../base/ids/ids.ts';
import type { PresentedCard } from './card.ts';

/** Cards that this installation accepts. */
export type CardRules = {
  /** Accepted first two digits of the issuing region (first byte of the card id). */
  readonly issuingProvinces: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
  readonly specVersions: ReadonlySet<string>;
  /** False after a restore, until the invalid lists are loaded again. */
  readonly areListsCurrent: boolean;
};

const CARD_NUMBER = /^[0-9A-Z]{9}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Checks card data of EF05, in this order: form, issuing region, class, specification version, validity. No
 * card is taken while the invalid lists may be older than the last loss reports.
 * @param today business date, "2026-11-22"
 * @returns the first error, or undefined
 */
export function checkPresentedCard(
  card: PresentedCard,
  rules: CardRules,
  today: string,
): ErrorCode | undefined {
  const isWellFormed =
    parseCardId(card.cardId) !== undefined &&
    CARD_NUMBER.test(card.cardNumber) &&
    DATE.test(card.issuedOn) &&
    (card.expiresOn === undefined || DATE.test(card.expiresOn));
  if (!isWellFormed) return 'CARD_MALFORMED';
  if (!rules.issuingProvinces.has(card.cardId.slice(0, 2))) return 'CARD_REGION_UNSUPPORTED';
  if (!rules.classes.has(card.cardClass)) return 'CARD_CLASS_UNSUPPORTED';
  if (!rules.specVersions.has(card.specVersion)) return 'CARD_VERSION_UNSUPPORTED';
  if (card.issuedOn > today) return 'CARD_NOT_YET_VALID';
  if (card.expiresOn !== undefined && card.expiresOn < today) return 'CARD_EXPIRED';
  return rules.areListsCurrent ? undefined : 'INVALID_LISTS_OUTDATED';
}
