import { accumulatorTable } from './accumulator.ts';
import { bankLegTable } from './bank-leg.ts';
import { cardTable } from './card.ts';
import { cardApplicationTable } from './card-application.ts';
import { cardMoveTable } from './card-move.ts';
import { cardStepTable } from './card-step.ts';
import { claimTable } from './claim.ts';
import { correctionTable } from './correction.ts';
import { creditTable } from './credit.ts';
import { legStepTable } from './leg-step.ts';
import { outboxTable } from './outbox.ts';
import { personTable } from './person.ts';
import { postingTable } from './posting.ts';
import { refundTable } from './refund.ts';
import { requestTable } from './request.ts';
import { approvalTable, resolutionTable } from './resolution.ts';
import { settlementTable } from './settlement.ts';
import { settlementStepTable } from './settlement-step.ts';

/** The tables whose rows belong to people, in the order in which the writing statement takes them. */
export const personTables = [
  personTable,
  cardMoveTable,
  cardTable,
  cardApplicationTable,
  cardStepTable,
  accumulatorTable,
  settlementStepTable,
  legStepTable,
  settlementTable,
  requestTable,
  bankLegTable,
  refundTable,
  correctionTable,
  claimTable,
  resolutionTable,
  approvalTable,
  creditTable,
  postingTable,
  outboxTable,
] as const;
