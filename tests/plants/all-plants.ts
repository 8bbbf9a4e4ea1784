import { activationPlants } from './activation.ts';
import { bankKeyPlants } from './bank-keys.ts';
import { bankLinkPlants } from './bank-link.ts';
import { bodyPlants, challengePlants } from './bodies.ts';
import { cardPlants } from './card.ts';
import { cardOfficePlants } from './card-office.ts';
import { certificatePlants } from './certificate.ts';
import { creditPlants } from './credits.ts';
import { journalPlants } from './journal.ts';
import { keystorePlants } from './keystore.ts';
import { lateAnswerPlants } from './late-answers.ts';
import { laterBillPlants } from './later-bills.ts';
import { legPlants } from './leg.ts';
import { legFlowPlants } from './leg-flows.ts';
import { listPlants } from './lists.ts';
import { money } from './money.ts';
import { oldApprovalPlants } from './old-approvals.ts';
import { operatorPlants } from './operators.ts';
import { pinPlants } from './pin.ts';
import type { PlantedBug } from './plant.ts';
import { policyPlants } from './policy.ts';
import { presentedCardPlants } from './presented-card.ts';
import { refundPlants } from './refund.ts';
import { requestKeyPlants } from './request-keys.ts';
import { salePlants } from './sale.ts';
import { signaturePlants } from './signatures.ts';
import { simulatedDecisions } from './simulated.ts';
import { simulatedBank } from './simulated-bank.ts';
import { storePlants } from './store.ts';
import { terminalPlants } from './terminal.ts';
import { wirePlants } from './wire.ts';

export type Subject = { readonly title: string; readonly bugs: readonly PlantedBug[] };

/** In the order of the page. */
export const subjects: readonly Subject[] = [
  { title: 'Money', bugs: money },
  { title: 'Accounts and insurance of persons', bugs: creditPlants },
  { title: 'Who acts', bugs: operatorPlants },
  { title: 'PIN', bugs: pinPlants },
  { title: 'Policy', bugs: [...policyPlants, ...activationPlants] },
  { title: 'Card', bugs: [...challengePlants, ...presentedCardPlants, ...cardPlants] },
  { title: 'Invalid lists', bugs: listPlants },
  { title: 'Orders on cards', bugs: cardOfficePlants },
  { title: 'Request keys', bugs: requestKeyPlants },
  { title: 'Sale', bugs: salePlants },
  { title: 'Refund', bugs: refundPlants },
  { title: 'Later bills of a year', bugs: laterBillPlants },
  {
    title: 'Bank leg',
    bugs: [...legPlants, ...legFlowPlants, ...lateAnswerPlants, ...oldApprovalPlants],
  },
  { title: 'Bank link', bugs: bankLinkPlants },
  { title: 'Bank keys', bugs: bankKeyPlants },
  { title: 'Keystores', bugs: keystorePlants },
  {
    title: 'Requests and answers on the wire',
    bugs: [...bodyPlants, ...signaturePlants, ...wirePlants],
  },
  { title: 'Terminal', bugs: [...certificatePlants, ...terminalPlants, ...journalPlants] },
  { title: 'Store', bugs: storePlants },
  { title: 'Decisions, in the simulator', bugs: simulatedDecisions },
  { title: 'The bank, in the simulator', bugs: simulatedBank },
];

export const allPlants: readonly PlantedBug[] = subjects.flatMap(({ bugs }) => bugs);
