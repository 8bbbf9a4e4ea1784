import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { parseCardId } from '../../base/ids/ids.ts';
import type { PresentedCard } from './card.ts';

/** Which cards this engine serves: a setting of the installation, not of the code. */
export type CardRules = {
  /** First two digits of the issuing region (card id, first byte) that we hold or have a route to. */
  readonly issuingProvinces: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
  readonly specVersions: ReadonlySet<string>;
};

const CARD_NUMBER = /^[0-9A-Z]{9}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The checks that need only what the terminal read from EF05, in their order: form, institution
 * supported, class, specification version, validity.
 * @param today business date, "2026-11-22"
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
  return undefined;
}
