/** Days on which a person is insured in one scheme, without a break (在保时段). */
export type InsuredSpan = {
  /** 参保地 `insuplc_admdvs`. */
  readonly region: string;
  /** 险种 `insutype`. */
  readonly scheme: string;
  readonly personType: string;
  /** The first day. */
  readonly from: string;
  /** The last day, whole until 24:00; undefined: no end is known. */
  readonly until: string | undefined;
};
