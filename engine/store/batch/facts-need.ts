import type {
  CardId,
  PersonKey,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../base/ids/ids.ts';

/** `near` (ms): only records of about that time can matter; undefined: look through all months. */
export type RequestNeed = {
  readonly terminalId: TerminalId;
  readonly requestKey: RequestKey;
  readonly near: number | undefined;
};

/**
 * Which facts somebody needs. Without a card, and with a settlement, it is the settlement's card.
 */
export type FactsNeed = {
  readonly key: PersonKey;
  readonly cardId: CardId | undefined;
  readonly settlementId: SettlementId | undefined;
  readonly request: RequestNeed | undefined;
  /** Of the settlement; only where somebody closes a reversal by hand. */
  readonly resolutions?: true;
};
