import type { CarePlace, Insured, PricedLine } from '../model/bill.ts';
import type { Catalogue, CatalogueItem, PlaceLevel, SelfPayVariant } from '../model/catalogue.ts';

/**
 * The row of a national code on the day of service ("2026-11-22"), or undefined. An item that is
 * not in the catalogue that day is all own-pay.
 */
export function findItem(
  catalogue: Catalogue,
  code: string,
  serviceDate: string,
): CatalogueItem | undefined {
  for (const row of catalogue.items.get(code) ?? []) {
    const { validFrom, validTo } = row;
    if (validFrom !== undefined && validFrom > serviceDate) continue;
    if (validTo === undefined || validTo >= serviceDate) return row;
  }
  return undefined;
}

/** The national "no limit" of recorded replies: 999999 or 99999999 yuan. */
export const NO_LIMIT_E6 = 999_999_000_000n;

/**
 * The price limit at this care place in millionths of a yuan, or undefined for none: that of the narrowest
 * kind of place which the item has one for.
 */
export function priceLimitAt(item: CatalogueItem, place: CarePlace): bigint | undefined {
  if (item.priceLimitE6.size === 0) return undefined;
  for (const level of placeLevels(place)) {
    const limit = item.priceLimitE6.get(level);
    if (limit !== undefined) return limit < NO_LIMIT_E6 ? limit : undefined;
  }
  return undefined;
}

/** The item's own-pay share of this person at this care place, in ten-thousandths. */
export function selfPayAt(
  item: Pick<CatalogueItem, 'selfPayE4' | 'selfPayFor'>,
  insured: Pick<Insured, 'scheme' | 'personType'>,
  place: CarePlace,
): number {
  for (const variant of item.selfPayFor ?? []) {
    if (holdsAtPlace(variant, place) && holdsForPerson(variant, insured)) return variant.selfPayE4;
  }
  return item.selfPayE4;
}

/** The fields of a bill line that a catalogue row decides before the insured person is known. */
export type ListedFields = Pick<
  PricedLine,
  'name' | 'selfPayE4' | 'priceLimitE6' | 'itemClass' | 'chargeType'
> & { readonly selfPayFor?: readonly SelfPayVariant[] };

/**
 * The fields of a bill line from a row, at this care place. Variants by place alone are decided
 * here; `selfPayFor` stays only where the share still depends on the person.
 */
export function listedFields(item: CatalogueItem, place: CarePlace): ListedFields {
  const { name, itemClass, chargeType } = item;
  const fields = { name, itemClass, chargeType, priceLimitE6: priceLimitAt(item, place) };
  if (item.selfPayFor === undefined) return { ...fields, selfPayE4: item.selfPayE4 };
  const open: SelfPayVariant[] = [];
  for (const variant of item.selfPayFor) {
    if (!holdsAtPlace(variant, place)) continue;
    const isForAll = variant.schemes === undefined && variant.personTypes === undefined;
    if (isForAll) return withVariants({ ...fields, selfPayE4: variant.selfPayE4 }, open);
    open.push(variant);
  }
  return withVariants({ ...fields, selfPayE4: item.selfPayE4 }, open);
}

function withVariants(fields: ListedFields, selfPayFor: readonly SelfPayVariant[]): ListedFields {
  return selfPayFor.length === 0 ? fields : { ...fields, selfPayFor };
}

/**
 * What a care place counts as, the narrowest first. Price lists call their lowest step "level 1 and
 * below", so a hospital without a level is level 1 where nothing names it; no list exempts it.
 */
function placeLevels({ kind, level, isCommunity }: CarePlace): readonly PlaceLevel[] {
  if (kind === 'pharmacy') return ['pharmacy', 'all'];
  const rated = level === undefined ? (['unrated', '1'] as const) : ([`${level}`] as const);
  return isCommunity ? ['community', ...rated, 'all'] : [...rated, 'all'];
}

function holdsAtPlace({ levels }: SelfPayVariant, place: CarePlace): boolean {
  return levels === undefined || placeLevels(place).some((level) => levels.includes(level));
}

function holdsForPerson(
  { schemes, personTypes }: SelfPayVariant,
  insured: Pick<Insured, 'scheme' | 'personType'>,
): boolean {
  if (schemes !== undefined && !schemes.includes(insured.scheme)) return false;
  return (
    personTypes === undefined || personTypes.some((prefix) => insured.personType.startsWith(prefix))
  );
}
