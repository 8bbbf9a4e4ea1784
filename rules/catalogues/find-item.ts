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

/** The price limit at this care place in millionths of a yuan, or undefined for none. */
export function priceLimitAt(item: CatalogueItem, place: CarePlace): bigint | undefined {
  const level = placeLevel(place);
  return level === undefined ? undefined : item.priceLimitE6.get(level);
}

/** The item's own-pay share of this person at this care place, in ten-thousandths. */
export function selfPayAt(
  item: Pick<CatalogueItem, 'selfPayE4' | 'selfPayFor'>,
  insured: Pick<Insured, 'scheme' | 'personType'>,
  place: CarePlace,
): number {
  const level = placeLevel(place);
  for (const variant of item.selfPayFor ?? []) {
    if (holdsAtLevel(variant, level) && holdsForPerson(variant, insured)) return variant.selfPayE4;
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
  const level = placeLevel(place);
  const open: SelfPayVariant[] = [];
  for (const variant of item.selfPayFor) {
    if (!holdsAtLevel(variant, level)) continue;
    const isForAll = variant.schemes === undefined && variant.personTypes === undefined;
    if (isForAll) return withVariants({ ...fields, selfPayE4: variant.selfPayE4 }, open);
    open.push(variant);
  }
  return withVariants({ ...fields, selfPayE4: item.selfPayE4 }, open);
}

function withVariants(fields: ListedFields, selfPayFor: readonly SelfPayVariant[]): ListedFields {
  return selfPayFor.length === 0 ? fields : { ...fields, selfPayFor };
}

function placeLevel(place: CarePlace): PlaceLevel | undefined {
  if (place.kind === 'pharmacy') return 'pharmacy';
  return place.level === undefined ? undefined : `${place.level}`;
}

function holdsAtLevel(variant: SelfPayVariant, level: PlaceLevel | undefined): boolean {
  if (variant.levels === undefined) return true;
  return level !== undefined && variant.levels.includes(level);
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
