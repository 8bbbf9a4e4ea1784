/**
 * The items of a care place and their insurance terms. Decides line by line, before the pack
 * decides.
 */
import type { PricedLine } from './bill.ts';
import type { PLACE_LEVELS } from './catalogue-file.ts';

/** Kinds of care place that a limit or a share may name. */
export type PlaceLevel = (typeof PLACE_LEVELS)[number];

/**
 * An own-pay share for some persons or care places only. Every list that is present must contain
 * the value at hand; the first variant that holds decides.
 */
export type SelfPayVariant = {
  /** 险种 `insutype`. */
  readonly schemes?: readonly string[];
  /** Prefixes of 人员类别 `psn_type`: "12" = retired. */
  readonly personTypes?: readonly string[];
  readonly levels?: readonly PlaceLevel[];
  /** 自付比例 in ten-thousandths. */
  readonly selfPayE4: number;
};

export type CatalogueItem = {
  /** 医疗目录编码 `med_list_codg`. */
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | undefined;
  readonly itemClass: PricedLine['itemClass'];
  readonly chargeType: string;
  /** 自付比例 in ten-thousandths, where no variant holds. */
  readonly selfPayE4: number;
  /** Absent for nearly all items, which have one share for all. */
  readonly selfPayFor: readonly SelfPayVariant[] | undefined;
  /**
   * Price limits in millionths of a yuan; 999999 yuan and more say that this kind of place has none,
   * whatever holds for all. `priceLimitAt` reads them.
   */
  readonly priceLimitE6: ReadonlyMap<PlaceLevel, bigint>;
  /** First and last day of this row ("2023-01-01"); undefined = as long as the catalogue. */
  readonly validFrom: string | undefined;
  readonly validTo: string | undefined;
  /** 限制使用范围 `lmt_usescp` in the words of the source; not decided here, see rules/bill-review. */
  readonly limitText: string | undefined;
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
  /** Pooling regions of the care places that use it, six digits. */
  readonly regions: readonly string[];
  readonly effectiveFrom: string;
  readonly effectiveTo: string | undefined;
  /**
   * By code, the newest row of an item first; older rows stay for older bills. Days do not overlap.
   */
  readonly items: ReadonlyMap<string, readonly CatalogueItem[]>;
};

/**
 * A priced line whose own-pay share still depends on the person. `linesFor` turns it into a
 * `PricedLine` once the person is known.
 */
export type ListedLine = PricedLine & { readonly selfPayFor?: readonly SelfPayVariant[] };
