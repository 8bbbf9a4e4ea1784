import type { Result } from '../base/errors/result.ts';
import { fail, ok } from '../base/errors/result.ts';
import type { FailpointOrder } from './failpoints.ts';
import { failpointKinds, isName } from './failpoints.ts';
import { failpointNames } from './names.ts';

/** An error in an order, for the line that stops the start. */
export type FailpointMistake = { readonly zh: string; readonly en: string };

/** name=kind, optionally :ms, optionally @nth. */
const orderForm = /^([a-z.-]+)=([a-z]+)(?::(\d{1,7}))?(?:@(\d{1,6}))?$/;
const FORM = 'name=kind[:ms][@nth]';

/**
 * Parses YIKATONG_FAILPOINTS, e.g. "settle.sale.sent=exit@1,batch.write.before=slow:200".
 * @returns the orders, or the first error with the allowed values
 */
export function parseFailpoints(text: string): Result<readonly FailpointOrder[], FailpointMistake> {
  const orders: FailpointOrder[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const [, name = '', kind = '', ms, nth] = orderForm.exec(part) ?? [];
    if (name === '' || nth === '0') return fail(wrong(part, FORM));
    if (!isName(name)) return fail(wrong(name, Object.keys(failpointNames).join(', ')));
    const known = failpointKinds.find((one) => one === kind);
    if (known === undefined) return fail(wrong(kind, failpointKinds.join(', ')));
    const isTimed = known === 'hang' || known === 'slow';
    if (ms !== undefined && !isTimed) return fail(wrong(part, 'hang:ms, slow:ms'));
    orders.push({
      name,
      kind: known,
      ...(ms !== undefined && { ms: Number(ms) }),
      ...(nth !== undefined && { nth: Number(nth) }),
    });
  }
  return ok(orders);
}

function wrong(given: string, allowed: string): FailpointMistake {
  const shown = `"${given.slice(0, 60)}"`;
  return {
    zh: `中的 ${shown} 不正确；允许：${allowed}`,
    en: `has ${shown}, allowed is ${allowed}`,
  };
}
