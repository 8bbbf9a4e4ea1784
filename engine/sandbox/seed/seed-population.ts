import type { InstitutionCode } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen } from '../../base/money/fen.ts';
import type { PresentedCard } from '../../domain/card/card.ts';
import type { KeystoreSecrets } from '../../ops/keystore/software-roots.ts';
import type { Keys } from '../../ports/keys.ts';
import type { Institution } from '../../ports/reference.ts';
import type { CardApplication, IssuedCard } from '../issuer/issue-card.ts';
import { cardOnRecord, issueCard, socialSecurityKey } from '../issuer/issue-card.ts';
import type { SandboxTerminal } from './sandbox-institutions.ts';
import { sandboxTerminal } from './sandbox-institutions.ts';
import { SANDBOX_BANK_PIN, SANDBOX_MEDICAL_PIN } from './sandbox-people.ts';
import { loadIssuingKeys } from './seed-sandbox.ts';
import type { NewPerson, SeedTarget } from './seed-target.ts';
import { insertPeople } from './seed-target.ts';
import { registerTerminal } from './seed-terminals.ts';

/**
 * A population for load tests: many insured people with SM4 cards, and terminals. Nothing of a person is
 * kept in memory; each can be created again from its index.
 */
export type PopulationPlan = {
  readonly people: number;
  readonly institutions: number;
  /** Terminals of each institution. */
  readonly terminals: number;
  /** Opening balances of every personal account and of every bank account, fen. */
  readonly accountBalance: Fen;
  readonly bankBalance: Fen;
};

/** Data with which a load generator acts for one person. */
export type PopulationMember = {
  readonly card: Omit<PresentedCard, 'cardNumberHash'>;
  readonly medicalPin: string;
  /** The chip's key, 16 bytes, for `internalAuthCryptogram`. */
  cardKey(): Uint8Array;
  /** The complete card, for a virtual chip and the bank's books. */
  issue(): IssuedCard;
};

export type Population = {
  readonly people: number;
  /** `index` from 0 to people - 1. */
  member(index: number): PopulationMember;
  readonly terminals: readonly SandboxTerminal[];
};

/** First serials of the population, far from the sandbox's own. */
const FIRST_SERIAL = 1_000_000;
const FIRST_TERMINAL = 1_000;
const FIRST_INSTITUTION = 99_100;
const INSTITUTIONS_MAX = 900;
const REGION = '441900';
const BIRTH_DATE = '1985-06-15';
const CHUNK = 2_000;

/**
 * Stores the population; existing rows are not changed.
 * @param options `folder`: the sandbox's key folder, which receives the terminals' key files
 */
export async function seedPopulation(
  plan: PopulationPlan,
  options: {
    readonly target: SeedTarget;
    readonly keys: Pick<Keys, 'seal'>;
    readonly folder: string;
  },
): Promise<Population> {
  const { target, folder } = options;
  const { engine } = loadIssuingKeys(folder);
  const population = describePopulation(plan, folder);
  await target.insertInstitutions(populationInstitutions(plan));
  await target.insertTerminals(
    population.terminals.map((terminal) => registerTerminal(terminal, options)),
  );
  for (let start = 0; start < plan.people; start += CHUNK) {
    const count = Math.min(CHUNK, plan.people - start);
    const chunk = Array.from({ length: count }, (_, i) => newPerson(start + i, plan, engine));
    await insertPeople(target, chunk);
  }
  return population;
}

/**
 * The same population for a load generator in another process, which needs the key folder, not the
 * database.
 */
export function describePopulation(plan: PopulationPlan, folder: string): Population {
  const keys = loadIssuingKeys(folder);
  return {
    people: plan.people,
    member: (index) => {
      const application = createApplication(index, plan);
      const card = cardOnRecord(application, keys.engine);
      const { cardId, cardNumber, cardClass, specVersion, expiresOn } = card;
      return {
        card: {
          cardId,
          cardNumber,
          cardClass,
          specVersion,
          expiresOn,
          issuedOn: application.issuedOn,
        },
        medicalPin: application.medicalPin,
        cardKey: () => socialSecurityKey(keys.engine, card),
        issue: () => issueCard(application, keys),
      };
    },
    terminals: populationInstitutions(plan).flatMap(({ code }, index) =>
      Array.from({ length: plan.terminals }, (_, i) => {
        const serial = FIRST_TERMINAL + index * plan.terminals + i;
        return sandboxTerminal({
          id: `LOAD-${serial}`,
          institution: code,
          careTypes: ['11', '41'],
          serial,
        });
      }),
    ),
  };
}

function populationInstitutions(plan: PopulationPlan): Institution[] {
  const count = Math.min(plan.institutions, INSTITUTIONS_MAX);
  return Array.from({ length: count }, (_, i) => ({
    code: `P${REGION}${FIRST_INSTITUTION + i}` as InstitutionCode,
    name: `测试药店${i + 1}（压力测试）`,
    region: REGION,
    carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
  }));
}

function createApplication(index: number, plan: PopulationPlan): CardApplication {
  return {
    serial: FIRST_SERIAL + index,
    region: REGION,
    holder: {
      name: `测试${index + 1}`,
      latinName: `CESHI/${index + 1}`,
      sex: '1',
      birthDate: BIRTH_DATE,
    },
    specVersion: '3.00',
    issuedOn: '2021-01-01',
    expiresOn: '2041-01-01',
    standing: 'active',
    oralLossUntil: undefined,
    medicalPin: SANDBOX_MEDICAL_PIN,
    bankPin: SANDBOX_BANK_PIN,
    bankBalance: plan.bankBalance,
  };
}

function newPerson(index: number, plan: PopulationPlan, engine: KeystoreSecrets): NewPerson {
  const application = createApplication(index, plan);
  const card = cardOnRecord(application, engine);
  return {
    person: {
      key: card.key,
      name: application.holder.name,
      region: REGION,
      scheme: '310',
      personType: '1101',
      insured: true,
      birthDate: BIRTH_DATE,
      traits: ['main-point'],
      accountStatus: 'active',
      accountBalance: plan.accountBalance,
      accountHeld: fen(0n),
      version: 0,
    },
    card,
    accumulators: [],
  };
}
