import type { CarePlace } from '../model/bill.ts';
import type { Catalogue, CatalogueItem } from '../model/catalogue.ts';

/**
 * The entry of a national code, or undefined: an item that is not in the catalogue is sold as all
 * own-pay.
 */
export function findItem(catalogue: Catalogue, code: string): CatalogueItem | undefined {
  return catalogue.items.get(code);
}

/** The price limit at this care place in millionths of a yuan, or undefined for none. */
export function priceLimitAt(item: CatalogueItem, place: CarePlace): bigint | undefined {
  if (place.kind === 'pharmacy') return item.priceLimitE6.get('pharmacy');
  if (place.level === undefined) return undefined;
  return item.priceLimitE6.get(`${place.level}`);
}
