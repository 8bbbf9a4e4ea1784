// A terminal at a real PC/SC service: reads the card, has it prove itself and ask its bank, and writes what
// came of it as JSON. Argument: the folder of the built add-on.
import { createRequire } from 'node:module';
import { fromHex } from '../../../engine/base/crypto/bytes.ts';
import { fen } from '../../../engine/base/money/fen.ts';
import { openCounterCard } from '../../../terminal-adapter/agent/counter-card.ts';
import { systemClock } from '../../../terminal-adapter/counter/open-counter.ts';
import { openPcscReader } from '../../../terminal-adapter/readers/pcsc-reader.ts';

const [folder = ''] = process.argv.slice(2);
const load = async (): Promise<unknown> => createRequire(import.meta.url)(folder);
const TIMEOUT_MS = 10_000;

const opened = await openPcscReader({ timeoutMs: TIMEOUT_MS, load });
if (!opened.ok) throw new Error(opened.error);
const reader = opened.value;
if (!(await reader.waitForCard(TIMEOUT_MS))) throw new Error('no card came');
const connection = await reader.connect();
const card = openCounterCard({
  ...{ connection, clock: systemClock, serial: '12345678', traceNumber: 1 },
});
const read = await card.read();
const challenge = { factor: '0011223344556677', source: '8899AABBCCDDEEFF' };
const proof = await card.prove(challenge);
const asked = await card.authorise(fen(650n));
const amount = asked.ok && fromHex(asked.value.chipData).length;
await connection.disconnect().catch(() => undefined);
await reader.close();
process.stdout.write(
  JSON.stringify({ protocol: connection.protocol, read, proof, isAsked: asked.ok, amount }),
);
