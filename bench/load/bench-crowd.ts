import type { InstitutionCode } from '../../engine/domain/ids/ids.ts';
import { fen } from '../../engine/domain/money/fen.ts';
import { openFileKeystore } from '../../engine/ops/file-keystore.ts';
import type { Institution } from '../../engine/ports/reference.ts';
import { prepareSandboxKeys, sandboxKeyFolder } from '../../engine/sandbox/keys/sandbox-keys.ts';
import type { SandboxTerminal } from '../../engine/sandbox/seed/sandbox-places.ts';
import { sandboxTerminal } from '../../engine/sandbox/seed/sandbox-places.ts';
import type { Crowd } from '../../engine/sandbox/seed/seed-crowd.ts';
import { seedCrowd } from '../../engine/sandbox/seed/seed-crowd.ts';
import { registerTerminal } from '../../engine/sandbox/seed/seed-terminals.ts';
import { migrate } from '../../engine/store/migrate.ts';
import { openSeedStore } from '../../engine/store/seed-store.ts';
import type { CareType } from '../../rules/model/bill.ts';

/** Who buys, and the counters that sell; half of those are pharmacies, half are health centres. */
export type BenchCrowd = {
  readonly folder: string;
  readonly members: Crowd;
  readonly counters: readonly BenchCounter[];
};

export type BenchCounter = { readonly terminal: SandboxTerminal; readonly careType: CareType };

/** 100,000.00 yuan in every account: no account of the crowd runs dry. */
const BALANCE = fen(10_000_000n);
const PHARMACIES = 10;
const HEALTH_CENTRES = 10;
const TERMINALS_EACH = 5;
/** Past the serials of the crowd's own terminals and institutions. */
const FIRST_TERMINAL = 5_000;
const FIRST_INSTITUTION = 99_200;

/**
 * Migrates a fresh database, makes the keys, and puts the crowd on record: insured employees of Dongguan
 * (the crowd's region), 10 pharmacies and 10 community health centres there, 5 terminals each.
 */
export async function seedBenchCrowd(
  databaseUrl: string,
  dataDir: string,
  people: number,
): Promise<BenchCrowd> {
  await migrate(databaseUrl);
  const folder = sandboxKeyFolder(dataDir);
  const keys = openFileKeystore(prepareSandboxKeys(folder).engineKeys, { createIfMissing: false });
  const target = await openSeedStore(databaseUrl);
  try {
    const plan = {
      people,
      institutions: PHARMACIES,
      terminals: TERMINALS_EACH,
      accountBalance: BALANCE,
      bankBalance: BALANCE,
    };
    const members = await seedCrowd(plan, { target, keys, folder });
    const centres = healthCentres();
    const terminals = centreTerminals(centres);
    await target.insertInstitutions(centres);
    await target.insertTerminals(
      terminals.map((terminal) => registerTerminal(terminal, { folder, keys })),
    );
    const counters = members.terminals.flatMap((terminal, index) => [
      { terminal, careType: '41' } as const,
      ...terminals
        .slice(index, index + 1)
        .map((own) => ({ terminal: own, careType: '11' }) as const),
    ]);
    return { folder, members, counters };
  } finally {
    await target.close();
  }
}

function healthCentres(): Institution[] {
  return Array.from({ length: HEALTH_CENTRES }, (_, i) => ({
    code: `H441900${FIRST_INSTITUTION + i}` as InstitutionCode,
    name: `测试社区卫生服务中心${i + 1}（压力测试）`,
    region: '441900',
    carePlace: { kind: 'hospital', level: 1, isCommunity: true },
  }));
}

function centreTerminals(centres: readonly Institution[]): SandboxTerminal[] {
  return centres.flatMap(({ code }, place) =>
    Array.from({ length: TERMINALS_EACH }, (_, i) => {
      const serial = FIRST_TERMINAL + place * TERMINALS_EACH + i;
      return sandboxTerminal({
        id: `LOAD-${serial}`,
        institution: code,
        careTypes: ['11'],
        serial,
      });
    }),
  );
}
