/** What each kind of failpoint does to the step that it stands at, and which orders are taken. */
import { describe, expect, test } from 'vitest';
import type { FailpointOrder } from '../../../../engine/failpoints/failpoints.ts';
import { createFailpoints, failpointKinds } from '../../../../engine/failpoints/failpoints.ts';
import { failpointNames } from '../../../../engine/failpoints/names.ts';
import { openFailpoints } from '../../../../engine/failpoints/open.ts';
import { parseFailpoints } from '../../../../engine/failpoints/parse.ts';
import { flowRunner } from '../../../../engine/failpoints/wrap.ts';
import { readConfig } from '../../../../engine/ops/config.ts';
import { flowDeps } from '../../../support/flows/flow-deps.ts';

const SALE = 'settle.sale';

/** A bank that counts how often it was asked. */
function ask(...orders: readonly FailpointOrder[]) {
  const told: string[] = [];
  const failpoints = createFailpoints(orders, {
    sleep: async (ms) => void told.push(`slept ${ms}`),
    exit: () => told.push('died'),
    onFire: ({ name }) => told.push(name),
  });
  let asked = 0;
  const sell = () =>
    failpoints.around(SALE, async () => {
      asked += 1;
      told.push(`asked ${asked}`);
      return asked;
    });
  return { told, sell, failpoints };
}

describe('a failpoint', () => {
  test('throws before the bank is asked, or after it has answered', async () => {
    const before = ask({ name: 'settle.sale.before', kind: 'throw', nth: 1 });
    await expect(before.sell()).rejects.toThrow('settle.sale.before');
    expect(before.told).toEqual(['settle.sale.before']);
    expect(await before.sell()).toBe(1);
    const after = ask({ name: 'settle.sale.after', kind: 'throw', nth: 1 });
    await expect(after.sell()).rejects.toThrow('settle.sale.after');
    expect(after.told).toEqual(['asked 1', 'settle.sale.after']);
  });

  test('makes the process die while the answer is on its way: nothing goes on', async () => {
    const { sell, told } = ask({ name: 'settle.sale.sent', kind: 'exit' });
    const raced = await Promise.race([
      sell(),
      new Promise((resolve) => setImmediate(resolve, 'nothing')),
    ]);
    expect(raced).toBe('nothing');
    expect(told).toEqual(['asked 1', 'settle.sale.sent', 'died']);
  });

  test('hangs until it is released, and is slow for so long', async () => {
    const hanging = ask({ name: 'settle.sale.before', kind: 'hang' });
    const selling = hanging.sell();
    await new Promise((resolve) => setImmediate(resolve));
    expect(hanging.told).toEqual(['settle.sale.before']);
    hanging.failpoints.release();
    expect(await selling).toBe(1);
    const slow = ask({ name: 'settle.sale.before', kind: 'slow', ms: 300 });
    await slow.sell();
    expect(slow.told).toEqual(['settle.sale.before', 'slept 300', 'asked 1']);
  });

  test('performs the step twice: the first answer counts, or the second', async () => {
    const before = ask({ name: 'settle.sale.before', kind: 'twice' });
    expect([await before.sell(), before.told.length]).toEqual([1, 3]);
    const after = ask({ name: 'settle.sale.after', kind: 'twice' });
    expect(await after.sell()).toBe(2);
  });

  test('counts how often it is met, and fires that time only', async () => {
    const { sell, told } = ask({ name: 'settle.sale.after', kind: 'throw', nth: 2 });
    await sell();
    await expect(sell()).rejects.toThrow();
    await sell();
    expect(told.filter((line) => line === 'settle.sale.after')).toHaveLength(1);
  });

  test('that is not in the list is a mistake of whoever wrote the step', async () => {
    const { failpoints } = ask();
    const step = 'settle.coffee' as typeof SALE;
    await expect(failpoints.around(step, async () => 1)).rejects.toThrow('settle.coffee');
  });
});

describe('YIKATONG_FAILPOINTS', () => {
  test('takes several orders', () => {
    const text = 'settle.sale.sent=exit@1, batch.write.before=slow:200,job.due.after=hang';
    expect(parseFailpoints(text)).toEqual({
      ok: true,
      value: [
        { name: 'settle.sale.sent', kind: 'exit', nth: 1 },
        { name: 'batch.write.before', kind: 'slow', ms: 200 },
        { name: 'job.due.after', kind: 'hang' },
      ],
    });
  });

  const allNames = Object.keys(failpointNames).join(', ');
  test.each([
    ['settle.sale.send=exit', allNames],
    ['settle.sale.sent=explode', failpointKinds.join(', ')],
    ['settle.sale.sent', 'name=kind[:ms][@nth]'],
    ['settle.sale.sent=exit@0', 'name=kind[:ms][@nth]'],
    ['settle.sale.sent=exit:20', 'hang:ms, slow:ms'],
  ])('%s stops the start, and the line says what is allowed', (text, allowed) => {
    const start = () => readConfig({ YIKATONG_FAILPOINTS: text });
    expect(start).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        en: expect.stringMatching(/YIKATONG_FAILPOINTS has ".*", allowed is /),
      }),
    );
    expect(start).toThrow(allowed);
  });

  test('is refused in production, whoever builds the configuration', () => {
    const failpoints = 'settle.sale.sent=exit';
    const environment = {
      YIKATONG_MODE: 'production',
      YIKATONG_FAILPOINTS: failpoints,
      DATABASE_URL: 'postgres://u@db.example/yikatong',
      YIKATONG_BANK_HOST: 'bank.example',
      YIKATONG_BANK_PORT: '9100',
    };
    expect(() => readConfig(environment)).toThrow('never allowed in production');
    expect(() => openFailpoints({ mode: 'production', failpoints })).toThrow('never in production');
  });

  test('unset, builds nothing: a flow gets the very parts that there are', async () => {
    expect(openFailpoints(readConfig({}))).toBeUndefined();
    const deps = flowDeps();
    expect(await flowRunner(deps, undefined)('settle', async (given) => given)).toBe(deps);
  });
});
