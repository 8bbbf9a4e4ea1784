import { type ErrorCode, errorRegistry } from '../../engine/base/errors/error-registry.ts';
import type { Refusal } from './engine-result.ts';

/**
 * A refusal that the terminal itself states, with the engine's words for it. The terminal closes the
 * request key with it, so a further try takes a new key.
 */
export function localRefusal(code: ErrorCode): Refusal {
  const { retry, zh, en, cashierZh, cashierEn } = errorRegistry[code];
  return {
    code,
    moneyEffect: 'none',
    retry: retry === 'same-key' ? 'new-key' : retry,
    message: { zh, en },
    cashier: { zh: cashierZh, en: cashierEn },
  };
}
