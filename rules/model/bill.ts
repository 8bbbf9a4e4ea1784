import type { Fen } from '../../engine/base/money/fen.ts';
import type { BIRTHS, DISTANCES, TRAVELS } from './pack-file-condition.ts';

/**
 * 医疗类别 `med_type`, national or local: 11 outpatient, 14 chronic and special outpatient, 21
 * inpatient, 41 pharmacy, 51 maternity outpatient, 52 maternity inpatient … Packs match by prefix.
 */
export type CareType = string;

/**
 * A bill line: what was charged, and what the catalogue of the care place says of the item.
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
  /** 定点医药机构编号 `fixmedins_code`; empty where a bill names none. */
  readonly code?: string;
  /** "provincial", "top", "psychiatric", "traditional" …: what packs of the region distinguish. */
  readonly marks?: readonly string[];
};

/** The facts of the insured person that a pack may use. */
export type Insured = {
  /** 险种 `insutype`: 310 employees, 390 residents, 410 work injury, 510 maternity. */
  readonly scheme: string;
  /** 人员类别 `psn_type`: 11xx in service, 12xx retired … */
  readonly personType: string;
  readonly ageYears: number;
  /**
   * Region-specific facts by name ("main-point", "second-point", "family-doctor", "poor", "tier-2",
   * "unit-supplement", "veteran-aid").
   */
  readonly traits: ReadonlySet<string>;
  /**
   * Numbers that a pack asks for, by name, in ten-thousandths: "insured-months", "own-wage" (yuan),
   * "leave-days" …
   */
  readonly factsE4?: ReadonlyMap<string, bigint>;
};

export type Travel = (typeof TRAVELS)[number];
export type Distance = (typeof DISTANCES)[number];
export type Birth = (typeof BIRTHS)[number];

/** Particulars of this visit or admission; an ordinary local visit has none. */
export type Visit = {
  /** Day of discharge, "2026-11-22", of a stay. */
  readonly dischargeDate?: string;
  /** 异地就医: why the person is treated outside the place of insurance; absent = "local". */
  readonly travel?: Travel;
  /** Absent = "in-city". */
  readonly distance?: Distance;
  /** 病种 `dise_codg` of a chronic or special outpatient bill first, then diagnosis codes. */
  readonly diseases?: readonly string[];
  /**
   * A settlement within a stay, or after a transfer, and the deductible paid by its earlier parts.
   */
  readonly continues?: { readonly kind: 'mid' | 'transfer'; readonly deductiblePaid: Fen };
  readonly birth?: Birth;
  /** 离院方式 `dscg_way`. */
  readonly dischargeCondition?: string;
};

/**
 * Running totals by name, in fen (admissions: a count); a missing name is zero. The packs define
 * the names.
 */
export type Accumulators = ReadonlyMap<string, Fen>;

export type SplitInput = {
  readonly careType: CareType;
  /** Date of service, "2026-11-22". */
  readonly serviceDate: string;
  readonly lines: readonly PricedLine[];
  readonly carePlace: CarePlace;
  readonly insured: Insured;
  readonly visit?: Visit;
  /** Totals of the pack's benefit year before this bill. */
  readonly accumulators: Accumulators;
  /**
   * The money available in the medical personal account (个人账户): zero when it is absent, frozen, or
   * not to be used.
   */
  readonly accountAvailable: Fen;
  /** The part of it credited this year (当年账户); absent = not known separately. */
  readonly accountCurrentYear?: Fen;
  /**
   * 共济: the money available in relatives' accounts; absent = nothing. Next step: the kernel splits
   * it, but the engine does not offer it yet.
   */
  readonly familyAvailable?: Fen;
};
