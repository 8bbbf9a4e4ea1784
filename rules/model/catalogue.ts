/**
 * The items a care place may sell and what the insurance says of each. Decides line by line before
 * the pack does.
 */
import type { PricedLine } from './bill.ts';

/** Care places with a price limit of their own: hospitals by level, and pharmacies. */
export type PlaceLevel = '1' | '2' | '3' | 'pharmacy';

export type CatalogueItem = {
  /** 医疗目录编码 `med_list_codg`. */
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | undefined;
  readonly itemClass: PricedLine['itemClass'];
  readonly chargeType: string;
  /** 自付比例 in ten-thousandths. */
  readonly selfPayE4: number;
  /** Price limits in millionths of a yuan; a level that is missing has none. */
  readonly priceLimitE6: ReadonlyMap<PlaceLevel, bigint>;
  /**
   * A price seen in the source, in millionths of a yuan: an example for demonstrations, decides
   * nothing.
   */
  readonly examplePriceE6: bigint | undefined;
  /** Where the row was read, and which of its fields are assumed. */
  readonly source: string;
};

export type Catalogue = {
  readonly id: string;
  readonly regions: readonly string[];
  readonly effectiveFrom: string;
  readonly effectiveTo: string | undefined;
  readonly items: ReadonlyMap<string, CatalogueItem>;
};
