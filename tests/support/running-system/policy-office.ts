import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { PackVerdict } from '../../../engine/flows/policy/activate-packs.ts';
import { activatePolicy, approvePolicy } from '../../../engine/main.ts';
import { readConfig } from '../../../engine/ops/config.ts';

type Credentials = { readonly login: string; readonly password: string };

/** Two operators with logins of their own. Logins belong to the whole server, which other tests use too. */
export async function createOperators(
  databaseUrl: string,
): Promise<readonly [Credentials, Credentials]> {
  const mark = randomBytes(4).toString('hex');
  const operators = [
    { login: `wang_${mark}`, password: 'secret' },
    { login: `li_${mark}`, password: 'secret' },
  ] as const;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const { login, password } of operators) {
    await client.query(
      `create role ${login} login password '${password}' in role yikatong_operator`,
    );
  }
  await client.end();
  return operators;
}

export async function dropOperators(
  databaseUrl: string,
  operators: readonly Credentials[],
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const { login } of operators) await client.query(`drop role ${login}`);
  await client.end();
}

/**
 * Activates packs in place of whatever they take bills from: by one operator, and if it concerns days gone
 * by, by a
 * second one.
 */
export async function activateByTwo(
  { dataDir, databaseUrl }: { readonly dataDir: string; readonly databaseUrl: string },
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<readonly PackVerdict[]> {
  const config = readConfig({ YIKATONG_DATA: dataDir, DATABASE_URL: databaseUrl });
  const operators = await createOperators(databaseUrl);
  const [wang, li] = operators;
  try {
    const order = { files, reason: undefined };
    const tried = await activatePolicy({ config, credentials: wang }, { ...order, replaces: [] });
    const replaces = tried.verdicts.flatMap(({ moves }) => moves.flatMap(({ from }) => from ?? []));
    if (replaces.length === 0) return tried.verdicts;
    const named = { ...order, replaces: [...new Set(replaces)] };
    const { verdicts, changeNo } = await activatePolicy({ config, credentials: wang }, named);
    if (changeNo === undefined) return verdicts;
    const approved = await approvePolicy({ config, credentials: li }, changeNo);
    if (!approved.ok) throw new Error(approved.error.en);
    return verdicts.map((judged) =>
      judged.verdict === 'proposed' ? { ...judged, verdict: 'activated' } : judged,
    );
  } finally {
    await dropOperators(databaseUrl, operators);
  }
}
