import type { CarePlace, Insured, PricedLine } from '../model/bill.ts';
import type { Catalogue, CatalogueItem, PlaceLevel, SelfPayVariant } from '../model/catalogue.ts';

/**
 * The row of a national code on the day of service ("2026-11-22"), or undefined: an item that is not
 * in the catalogue that day is sold as all own-pay.
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
  const level = levelOf(place);
  return level === undefined ? undefined : item.priceLimitE6.get(level);
}

/** The item's own-pay share of this person at this care place, in ten-thousandths. */
export function selfPayAt(
  item: Pick<CatalogueItem, 'selfPayE4' | 'selfPayFor'>,
  insured: Pick<Insured, 'scheme' | 'personType'>,
  place: CarePlace,
): number {
  const level = levelOf(place);
  for (const variant of item.selfPayFor ?? []) {
    if (holdsAt(variant, level) && holdsFor(variant, insured)) return variant.selfPayE4;
  }
  return item.selfPayE4;
}

/** What a catalogue row decides about a bill line before the insured person is known. */
export type ListedFields = Pick<
  PricedLine,
  'name' | 'selfPayE4' | 'priceLimitE6' | 'itemClass' | 'chargeType'
> & { readonly selfPayFor?: readonly SelfPayVariant[] };

/**
 * The row's part of a bill line at this care place. Variants that the place alone decides are decided
 * here; `selfPayFor` is left only where the share still depends on the person.
 */
export function listedFields(item: CatalogueItem, place: CarePlace): ListedFields {
  const { name, itemClass, chargeType } = item;
  const fields = { name, itemClass, chargeType, priceLimitE6: priceLimitAt(item, place) };
  if (item.selfPayFor === undefined) return { ...fields, selfPayE4: item.selfPayE4 };
  const level = levelOf(place);
  const open: SelfPayVariant[] = [];
  for (const variant of item.selfPayFor) {
    if (!holdsAt(variant, level)) continue;
    const isForAll = variant.schemes === undefined && variant.personTypes === undefined;
    if (isForAll) return withVariants({ ...fields, selfPayE4: variant.selfPayE4 }, open);
    open.push(variant);
  }
  return withVariants({ ...fields, selfPayE4: item.selfPayE4 }, open);
}

function withVariants(fields: ListedFields, selfPayFor: readonly SelfPayVariant[]): ListedFields {
  return selfPayFor.length === 0 ? fields : { ...fields, selfPayFor };
}

function levelOf(place: CarePlace): PlaceLevel | undefined {
  if (place.kind === 'pharmacy') return 'pharmacy';
  return place.level === undefined ? undefined : `${place.level}`;
}

function holdsAt(variant: SelfPayVariant, level: PlaceLevel | undefined): boolean {
  if (variant.levels === undefined) return true;
  return level !== undefined && variant.levels.includes(level);
}

function holdsFor(
  { schemes, personTypes }: SelfPayVariant,
  insured: Pick<Insured, 'scheme' | 'personType'>,
): boolean {
  if (schemes !== undefined && !schemes.includes(insured.scheme)) return false;
  return personTypes === undefined || personTypes.some((it) => insured.personType.startsWith(it));
}
