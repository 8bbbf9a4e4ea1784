/** Stored answers are compared by byte: the order of the keys of a settlement's answer must never change. */
import { expect, test } from 'vitest';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import {
  BENIDIPINE,
  card,
  person,
  policy,
  pricedLines,
  settleBill,
} from '../../../../support/domain/builders.ts';
import { createMemoryStore } from '../../../../support/memory/memory-store.ts';
import golden from '../settlement/settlement.json' with { type: 'json' };

test('the answer to a sale of 盐酸贝尼地平片 paid by the personal account', () => {
  const store = createMemoryStore(createDecide(() => policy));
  store.add(person(), card());
  const { rendered } = store.run(settleBill({ lines: pricedLines([BENIDIPINE]) }));
  expect(rendered.body).toBe(JSON.stringify(golden));
});
