import { startEngineChild } from '../load/engine-child.ts';
import type { BenchOptions } from '../scoreboard/bench-options.ts';
import type { Target } from '../scoreboard/measure-part.ts';
import { measurePart } from '../scoreboard/measure-part.ts';
import type { LoadPart } from '../scoreboard/samples.ts';
import { rateOf } from '../scoreboard/samples.ts';
import type { TestBed } from '../scoreboard/test-bed.ts';
import type { BenchKeystore } from './bench-keystores.ts';
import { makeSealedKeystore, makeTokenKeystore } from './bench-keystores.ts';

export const keystoreKinds = ['pkcs11', 'sealed'] as const;
export type KeystoreKind = (typeof keystoreKinds)[number];

/** A round: the same load on the engine with the file keystore and on each other, one after the other. */
export type KeystoreRound = { readonly [Kind in 'file' | KeystoreKind]?: LoadPart };

export type KeystoreFigures = {
  readonly rounds: readonly KeystoreRound[];
  /** Why a keystore was not measured. */
  readonly missing: { readonly [Kind in KeystoreKind]?: string };
  /** Settlements that were answered, also those before the rounds. */
  readonly approved: number;
};

const CONNECTIONS = 64;
/** Spare requests, because a part may be faster than the one before. */
const SPARE = 1.4;
/** Each engine's own: see the scoreboard's warm-up. */
const WARM_UP_SETTLEMENTS = { quick: 2_000, usual: 20_000 };
const WARM_UP_PARTS_MAX = 12;

type Contender = readonly [name: keyof KeystoreRound, target: Target];

/**
 * Settles with one engine for each keystore, on one database and with the same keys, in alternating order.
 * The requests are made at the engine with the file keystore: a challenge of one is valid at all.
 */
export async function measureKeystores(
  testBed: TestBed,
  options: BenchOptions,
  stops: (() => Promise<void>)[],
  tell: (what: string) => void,
): Promise<KeystoreFigures> {
  const { contenders, missing } = await openContenders(testBed, stops, tell);
  let [expected, approved] = [1_000, 0];
  const measure = async (target: Target): Promise<LoadPart> => {
    const { load, engine } = testBed;
    const { seconds } = options;
    const count = Math.max(CONNECTIONS, Math.ceil(expected * seconds * SPARE));
    await load.tell({ do: 'prepare', url: engine.url, count, mix: 'mixed', bankShare: 0 });
    const { url } = target.engine;
    const plan = { url, connections: CONNECTIONS, durationMs: seconds * 1_000 };
    const part = await measurePart(testBed, target, () => load.measure({ do: 'closed', ...plan }));
    approved += part.load.approved;
    expected = Math.max(200, rateOf(part));
    return part;
  };
  const wanted = options.quick ? WARM_UP_SETTLEMENTS.quick : WARM_UP_SETTLEMENTS.usual;
  for (const [name, target] of contenders) {
    tell(`warming up the engine with keystore ${name}`);
    let settled = 0;
    for (let part = 0; part < WARM_UP_PARTS_MAX && settled < wanted; part += 1) {
      settled += (await measure(target)).load.approved;
    }
  }
  const rounds: KeystoreRound[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    tell(`round ${round} of ${options.rounds}`);
    const parts: Partial<Record<keyof KeystoreRound, LoadPart>> = {};
    // The order alternates, so that no engine always follows the same one.
    for (const [name, target] of round % 2 === 0 ? contenders : contenders.toReversed()) {
      parts[name] = await measure(target);
    }
    rounds.push(parts);
  }
  return { rounds, missing, approved };
}

/** The test bed's engine, whose keystore is a file, and an engine for each other keystore. */
async function openContenders(
  { engine, database, bank }: TestBed,
  stops: (() => Promise<void>)[],
  tell: (what: string) => void,
): Promise<{ contenders: readonly Contender[]; missing: KeystoreFigures['missing'] }> {
  const { dataDir, engineUrl: databaseUrl } = database;
  tell('giving the keys to the other keystores');
  const keystores: Readonly<Record<KeystoreKind, BenchKeystore>> = {
    pkcs11: await makeTokenKeystore(dataDir, stops),
    sealed: await makeSealedKeystore(dataDir),
  };
  const contenders: Contender[] = [['file', { engine, server: database }]];
  const missing: { [Kind in KeystoreKind]?: string } = {};
  for (const kind of keystoreKinds) {
    const { settings, missing: why } = keystores[kind];
    if (settings === undefined) {
      if (why !== undefined) missing[kind] = why;
      continue;
    }
    const place = { databaseUrl, dataDir, bankPort: bank.port };
    const started = await startEngineChild({ ...place, settings, profile: undefined });
    stops.push(started.stop);
    contenders.push([kind, { engine: started, server: database }]);
  }
  return { contenders, missing };
}
