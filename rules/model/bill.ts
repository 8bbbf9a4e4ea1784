import type { Fen } from '../../engine/domain/money/fen.ts';

/** 医疗类别 `med_type`: the ones that a counter settles without an admission. */
export type CareType = '11' | '41';

/**
 * A bill line as the catalogue of the care place sees it: what was charged, and what the item's
 * entry says.
 */
export type PricedLine = {
  /** 费用明细流水号 `feedetl_sn`, unique within the bill. */
  readonly lineNo: string;
  /** 医疗目录编码 `med_list_codg`; `undefined` when the item has no insurance code (all own-pay). */
  readonly code: string | undefined;
  readonly name: string;
  /** Quantity in ten-thousandths (`cnt`, four decimals). */
  readonly quantityE4: bigint;
  /** Unit price in millionths of a yuan (`pric`, six decimals). */
  readonly priceE6: bigint;
  /** `det_item_fee_sumamt`: quantity × price, half up to the fen; checked before the split. */
  readonly amount: Fen;
  /**
   * 自付比例 `selfpay_prop` in ten-thousandths: 10000 = all own-pay, 500 = 5 %. It decides; the A/B/C
   * class does not.
   */
  readonly selfPayE4: number;
  /**
   * 定价上限 `pric_uplmt_amt` in millionths of a yuan for this institution's level; `undefined` = no
   * limit.
   */
  readonly priceLimitE6: bigint | undefined;
  /** 收费项目等级 `chrgitm_lv`, for the receipt only. */
  readonly itemClass: '01' | '02' | '03';
  /** 医疗收费项目类别 `med_chrgitm_type`: 09 western medicine, 11 patent medicine, 02 consultation … */
  readonly chargeType: string;
};

export type CarePlace = {
  readonly kind: 'hospital' | 'pharmacy';
  /** 1, 2 or 3; pharmacies have none. */
  readonly level: 1 | 2 | 3 | undefined;
  readonly isCommunity: boolean;
};

/** What a pack may ask about the insured person. */
export type Insured = {
  /** 险种 `insutype`: 310 employees, 390 residents. */
  readonly scheme: string;
  /** 人员类别 `psn_type`: 11xx in service, 12xx retired … */
  readonly personType: string;
  readonly ageYears: number;
  /**
   * Region-specific facts by name ("main-point", "second-point", "referred", "family-doctor",
   * "unit-supplement", "veteran-aid").
   */
  readonly traits: ReadonlySet<string>;
};

/**
 * Yearly totals by name, in fen; a name that is missing is zero. Which names exist is the pack's
 * matter.
 */
export type Accumulators = ReadonlyMap<string, Fen>;

/**
 * What the medical personal account (个人账户) can give: zero when it is absent, frozen, or not to be
 * used.
 */
export type SplitInput = {
  readonly careType: CareType;
  /**
   * Date of service, "2026-11-22": selects nothing here (the pack is already chosen) but names the
   * benefit year.
   */
  readonly serviceDate: string;
  readonly lines: readonly PricedLine[];
  readonly carePlace: CarePlace;
  readonly insured: Insured;
  readonly accumulators: Accumulators;
  readonly accountAvailable: Fen;
};
