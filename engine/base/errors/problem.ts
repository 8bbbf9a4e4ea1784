import { type ErrorCode, errorRegistry, httpStatusOf } from './error-registry.ts';

/** Members of a problem beside its registry entry. They never contain card, PIN or key data. */
export type ProblemExtra = {
  readonly requestKey?: string;
  readonly settlementId?: string;
  /** The rule or field, in the engine's own words; never the text of an exception. Cut after 480 characters. */
  readonly detail?: string;
  /** ISO 8601; only with REQUEST_STALE, so that a terminal can correct its clock. */
  readonly serverTime?: string;
};

/** The contract allows 500 (`Text`). */
export const DETAIL_MAX = 480;

/** The RFC 9457 problem of a code, ready for JSON.stringify. `moneyEffect` and `retry`: see the registry. */
export function problemBody(code: ErrorCode, extra: ProblemExtra = {}) {
  const entry = errorRegistry[code];
  const { detail } = extra;
  return {
    type: `urn:yikatong:error:${code}`,
    title: entry.en,
    status: httpStatusOf(code),
    code,
    moneyEffect: entry.money,
    retry: entry.retry,
    ...extra,
    ...(detail !== undefined && { detail: detail.slice(0, DETAIL_MAX) }),
    message: { zh: entry.zh, en: entry.en },
    cashier: { zh: entry.cashierZh, en: entry.cashierEn },
  };
}
