/**
 * A counter where bills of one pack are quoted and settled by the engine's flows, without socket or
 * database.
 */

import type { InstitutionCode } from '../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../engine/base/money/fen.ts';
import { addFen, formatFen } from '../../../engine/base/money/fen.ts';
import type { BillBody } from '../../../engine/contract/bill.ts';
import type { RenderedAnswer } from '../../../engine/domain/request/request-record.ts';
import { issueChallenge } from '../../../engine/flows/card/issue-challenge.ts';
import type { Caller, FlowDeps } from '../../../engine/flows/deps.ts';
import { quoteBill } from '../../../engine/flows/settlement/quote-bill.ts';
import { settleBill } from '../../../engine/flows/settlement/settle-bill.ts';
import type { PricedLine, SplitInput } from '../../../rules/model/bill.ts';
import type { Catalogue, CatalogueItem, PlaceLevel } from '../../../rules/model/catalogue.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';
import {
  card,
  cardBody,
  cardRules,
  keyOf,
  MORNING,
  terminal,
} from '../../support/domain/builders.ts';
import { flowDeps, storeOver, unasked } from '../../support/flows/flow-deps.ts';
import { bodyOf, rendered, toldBy } from '../../support/flows/rendered.ts';
import { chipAnswer, pinBlockOf, verifierOf } from '../../support/flows/test-keys.ts';
import type { MemoryStore } from '../../support/memory/memory-store.ts';
import { saleOf } from './any-sale.ts';

const PIN = '135790';
const holder = card({ pinVerifier: verifierOf(PIN) });

/** Answers of the quote and of the settlement that follows it, of the same bill by the same person. */
export async function quoteAndSettle(
  pack: Pack,
  input: SplitInput,
): Promise<{
  readonly quote: RenderedAnswer;
  readonly settled: RenderedAnswer;
  readonly store: MemoryStore;
}> {
  // A bill names diseases; nothing else of a visit is on the wire.
  const { diseases } = input.visit ?? {};
  const { visit: _, ...rest } = input;
  const sold = diseases === undefined ? rest : { ...rest, visit: { diseases } };
  const { store } = saleOf(pack, sold);
  store.cards.set(holder.cardId, holder);
  const deps = depsOf(pack, sold, store);
  const caller: Caller = {
    terminal: { ...terminal(), careTypes: pack.careTypes },
    institution: placeOf(sold),
  };
  const bill = wireBill(sold, diseases ?? []);
  const body = { card: cardBody(holder), bill, useAccount: true };
  const quote = rendered(await quoteBill(deps, caller, body));
  const { cardId } = holder;
  const { totalAmount } = bill;
  const stamp = () => MORNING * 1000;
  const issued = issueChallenge(deps, stamp, caller, { cardId, totalAmount });
  const { challenge, factor, source } = bodyOf(issued) as Record<string, string>;
  const bytes = (hex = '') => Buffer.from(hex, 'hex');
  const request = {
    ...body,
    requestKey: keyOf('sale-1'),
    chip: {
      challenge: challenge ?? '',
      cryptogram: chipAnswer(cardId, bytes(factor), bytes(source)),
    },
    pin: { block: pinBlockOf(PIN) },
    tender: { kind: 'cash' as const },
  };
  const settled = toldBy(await settleBill(deps, caller, request, 'f'));
  return { quote, settled, store };
}

function depsOf(pack: Pack, input: SplitInput, memory: MemoryStore): FlowDeps {
  const shelf = createPackRegistry([pack]);
  const store = storeOver(memory);
  return flowDeps({
    store: { ...store, nextTrace: unasked },
    policy: { current: () => shelf, refresh: async () => true },
    catalogues: () => [catalogueOf(input)],
    // Packs of all years: their bills are settled today.
    onTraceUsed: () => undefined,
    settings: {
      ...{ mode: 'sandbox', cardRules, challengeMs: 60_000, reservationMs: 90_000 },
      bankClockToleranceMs: 300_000,
      serviceDaysMax: 20_000,
    },
    log: { info: unasked, warn: unasked, error: unasked },
  });
}

const REGION = '441900';

function placeOf({ carePlace }: SplitInput): Caller['institution'] {
  const { code = '', ...place } = carePlace;
  return { code: code as InstitutionCode, name: '医院', region: REGION, carePlace: place };
}

const codeOf = (line: PricedLine): string => `XC08CAB037A00102018051${line.lineNo}`;

/** Lists each line of the bill under a code of its own. */
function catalogueOf({ lines, carePlace }: SplitInput): Catalogue {
  const level: PlaceLevel = carePlace.level === undefined ? 'pharmacy' : `${carePlace.level}`;
  const listed = lines.filter(({ code }) => code !== undefined);
  return {
    id: REGION,
    regions: [REGION],
    effectiveFrom: '1990-01-01',
    effectiveTo: undefined,
    items: new Map(listed.map((line) => [codeOf(line), [itemOf(line, level)]])),
  };
}

function itemOf(line: PricedLine, level: PlaceLevel): CatalogueItem {
  const { name, itemClass, chargeType, selfPayE4, priceLimitE6 } = line;
  return {
    ...{ code: codeOf(line), name, itemClass, chargeType, selfPayE4 },
    nameEn: undefined,
    selfPayFor: undefined,
    priceLimitE6: new Map(priceLimitE6 === undefined ? [] : [[level, priceLimitE6]]),
    validFrom: undefined,
    validTo: undefined,
    limitText: undefined,
    examplePriceE6: undefined,
    source: 'test',
  };
}

function wireBill(input: SplitInput, diseases: readonly string[]): BillBody {
  const { careType, serviceDate, lines } = input;
  return {
    careType,
    serviceDate,
    totalAmount: formatFen(addFen(...lines.map(({ amount }): Fen => amount))),
    lines: lines.map((line) => ({
      lineNo: line.lineNo,
      code: line.code === undefined ? null : codeOf(line),
      name: line.name,
      quantity: decimal(line.quantityE4, 4),
      unitPrice: decimal(line.priceE6, 6),
      amount: formatFen(line.amount),
    })),
    diseases,
  };
}

function decimal(scaled: bigint, decimals: number): string {
  const digits = scaled.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
