/** Goal: a new PIN unlocks a card, and makes none valid that was taken out of use. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import type { CardStanding } from '../../../../engine/domain/card/card-standing.ts';
import { statesOf } from '../../../../engine/domain/card/card-standing.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from '../store/toy-store.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'card-pin-'));
let database: TestDatabase;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { YIKATONG_DATA: dataDir, DATABASE_URL: database.url };
  const seeded = await runCli(['seed'], {
    env: environment,
    print: () => undefined,
    printError: () => undefined,
    loadMain: () => import('../../../../engine/main.ts'),
  });
  expect(seeded).toBe(0);
});
afterAll(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true });
});

/** Any card, made to be in this state. */
async function cardThatIs(standing: CardStanding, wrongTries: number): Promise<string> {
  const { status, medical, financial } = statesOf(standing);
  const [card] = await query(database.url, 'select card_id from card order by card_id limit 1');
  const cardId = `${card?.['card_id']}`;
  const until = standing === 'oral-loss' ? Date.now() + 60_000 : 'null';
  const state = `status = '${status}', medical = '${medical}', financial = '${financial}',
    oral_loss_until = ${until}, pin_wrong_tries = ${wrongTries}, pin_verifier = repeat('0', 64)`;
  await query(database.url, `update card set ${state} where card_id = '${cardId}'`);
  return cardId;
}

async function stateOf(cardId: string) {
  const columns =
    'status, medical, pin_wrong_tries as tries, pin_verifier = repeat(\'0\', 64) as "isOldPin"';
  const [card] = await query(
    database.url,
    `select ${columns} from card where card_id = '${cardId}'`,
  );
  return card;
}

/** The PIN is typed, so this one runs as a program. */
async function setPin(cardId: string): Promise<{ code: number; errors: string }> {
  const program = join(import.meta.dirname, '../../../../engine/cli/bin.mjs');
  const child = spawn(process.execPath, [program, 'card', 'pin', cardId], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece.toString();
  });
  child.stdin.end('246810\n246810\n');
  const [code] = (await once(child, 'close')) as [number];
  return { code, errors };
}

test.each([
  ['active', 3],
  ['initial-pin', 0],
  ['not-activated', 0],
] as const)('a card that is %s, with %i wrong entries, works again', async (status, tries) => {
  const cardId = await cardThatIs(status, tries);
  expect(await setPin(cardId)).toMatchObject({ code: 0 });
  expect(await stateOf(cardId)).toMatchObject({ medical: 'active', tries: 0, isOldPin: false });
});

test.each(['suspended', 'oral-loss', 'written-loss', 'cancelled'] as const)(
  'a card that is %s stays so, with its PIN',
  async (status) => {
    const cardId = await cardThatIs(status, 3);
    const { code, errors } = await setPin(cardId);
    expect(code).toBe(1);
    expect(errors).toContain(`The card is ${status}`);
    expect(errors).toContain(`该卡当前状态为 ${status}`);
    expect(await stateOf(cardId)).toMatchObject({
      ...{ status: statesOf(status).status, medical: statesOf(status).medical },
      ...{ tries: 3, isOldPin: true },
    });
  },
);
