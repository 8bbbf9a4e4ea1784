import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import { createPackRegistry } from '../../../../rules/packs/pack-registry.ts';
import { dongguanPharmacy, policy } from '../../../support/domain/builders.ts';
import { newRatioPack } from '../../../support/packs/new-ratio-pack.ts';
import { packWithoutAccount } from '../../../support/packs/pack-files.ts';
import { type Clinic, openClinic } from '../../../support/postgres/recorded-days.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { activateByTwo } from '../../../support/running-system/policy-office.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let database: TestDatabase;
let clinic: Clinic;
let ids: readonly string[];
beforeEach(async () => {
  database = await createTestDatabase();
  clinic = await openClinic(database.url, { people: 1 });
  const sold = [];
  for (const day of [0, 1, 2]) sold.push(await clinic.sell(clinic.patient(0), { day }));
  ids = sold.map(({ id }) => id);
});
afterEach(async () => {
  await clinic.close();
  await database.drop();
});

async function yikatong(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['rules', ...args], {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: temporaryFolder() },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: () => import('../../../../engine/main.ts'),
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

async function asOwner(text: string): Promise<void> {
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(text);
  await owner.end();
}

async function sellAtPharmacy(packPath: string): Promise<void> {
  const compiled = compilePack(JSON.parse(readFileSync(packPath, 'utf8')));
  if (!compiled.ok) throw new Error('no pack');
  const shelf = createPackRegistry([...policy.packs, compiled.value]);
  const counter = await openClinic(database.url, { people: 1, policy: shelf });
  const { code: institution, carePlace } = dongguanPharmacy;
  const change = { careType: '41', institution, carePlace, name: 'at-the-pharmacy' };
  await counter.sell(counter.patient(0), { day: 3, change });
  await counter.close();
}

function packFile(pack: object): string {
  const path = join(temporaryFolder(), 'pack.json');
  writeFileSync(path, JSON.stringify(pack));
  return path;
}

const november = ['--from', '2026-11-01', '--to', '2026-11-30'];

describe('replay', () => {
  test('ends with 0 when everything is as it was recorded', async () => {
    const { code, out, errors } = await yikatong('replay', ...november);
    expect({ code, out, errors }).toEqual({
      code: 0,
      out: '已读 3 笔结算，一致 3 笔，不一致 0 笔\n3 settlements read, 3 identical, 0 different',
      errors: '',
    });
  });

  test('ends with 1 and names settlement, field, both values and the reason; the CSV has all of it', async () => {
    await asOwner(`update posting set amounts[1] = amounts[1] - 1
      where settlement_id = '${ids[1]}' and accounts[1] like 'fund:%'`);
    const csv = join(temporaryFolder(), 'differences.csv');
    const { code, out } = await yikatong('replay', ...november, '--csv', csv);
    expect(code).toBe(1);
    expect(out).toContain(`${ids[1]}  2026-11-03  441900/2022-12-01-employee-outpatient`);
    expect(out).toContain(
      '  entries 0 fund:441900:310100: recorded -26.59, recomputed -26.58 – ' +
        'other records of this settlement agree with the new result',
    );
    expect(out).toContain('3 settlements read, 2 identical, 1 different');
    expect(readFileSync(csv, 'utf8').split('\r\n')).toEqual([
      '\uFEFFsettlement_id,business_date,pack_id,what,field,recorded,recomputed,why,detail',
      `${ids[1]},2026-11-03,441900/2022-12-01-employee-outpatient,difference,` +
        'entries 0 fund:441900:310100,-26.59,-26.58,one-record,',
      '',
    ]);
    const data = JSON.parse((await yikatong('replay', ...november, '--json')).out);
    expect(data).toMatchObject({
      ...{ from: '2026-11-01', to: '2026-11-30', read: 3, identical: 2, different: 1 },
      settlements: [{ settlementId: ids[1], differences: [{ recorded: '-26.59' }] }],
    });
  });

  test('takes packs that were activated, and tells which of them are not what was activated', async () => {
    const path = join(temporaryFolder(), 'pharmacy.json');
    writeFileSync(path, packWithoutAccount('2026-11-01'));
    const files = [{ path, text: readFileSync(path, 'utf8') }];
    const order = { dataDir: temporaryFolder(), databaseUrl: database.url };
    expect(await activateByTwo(order, files)).toMatchObject([{ verdict: 'activated' }]);
    await sellAtPharmacy(path);
    expect(await yikatong('replay', ...november)).toMatchObject({
      code: 0,
      out: expect.stringContaining('4 settlements read, 4 identical, 0 different'),
    });
    await asOwner(`update policy_pack set content = replace(content, '东莞', '深圳')`);
    const changed = await yikatong('replay', ...november);
    expect(changed.code).toBe(1);
    expect(changed.out).toContain(
      'the pack is not what was activated (it is not what was activated under this id)',
    );
  });

  test('asks for days of the calendar', async () => {
    const { code, errors } = await yikatong('replay', '--from', '2026-02-30', '--to', '2026-03-01');
    expect(code).toBe(1);
    expect(errors).toBe('日期应如 2026-11-22：2026-02-30\nA day looks like 2026-11-22: 2026-02-30');
  });
});

describe('whatif', () => {
  test('tells totals by payer, and has a row for each settlement in the CSV', async () => {
    const csv = join(temporaryFolder(), 'bills.csv');
    const { code, out } = await yikatong(
      'whatif',
      '--pack',
      packFile(newRatioPack()),
      '--csv',
      csv,
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /hifp_pay 基本医保统筹基金 \/ basic pooled fund │ +79\.74 │ +40\.00 │ +-39\.74/,
    );
    expect(out).toMatch(/个人账户 \/ personal account +│ +42\.30 │ +82\.04 │ +39\.74/);
    expect(out).toContain('3 bills: the patient pays more in 0, less in 0, the same in 3');
    expect(out).toContain(`  ${ids[2]}  2026-11-04  hifp_pay 26.58 → 0.00, account 14.10 → 40.68`);
    const rows = readFileSync(csv, 'utf8').split('\r\n');
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatch(/^\uFEFFsettlement_id,business_date,pack_old,pack_new,hifp_pay_old,/);
    expect(rows[2]).toBe(
      `${ids[1]},2026-11-03,441900/2022-12-01-employee-outpatient,` +
        `441900/2027-01-01-employee-outpatient,26.58,17.22,${'0.00,'.repeat(16)}14.10,23.46,0.00,0.00`,
    );
  });

  test('is told as data, too, by the id of a pack that ships', async () => {
    const shipped = '441900/2022-12-01-employee-outpatient';
    const { out } = await yikatong('whatif', '--pack', shipped, '--json', '--from', '2026-11-03');
    expect(JSON.parse(out)).toMatchObject({
      read: 2,
      ruled: {
        bills: 2,
        patientSame: 2,
        payers: { hifp_pay: { old: '53.16', new: '53.16', change: '0.00' } },
      },
      largest: [],
    });
  });

  test('refuses a pack that does not compile, has errors of the linter, or is not there', async () => {
    const broken = { ...newRatioPack(), effectiveFrom: '2027-02-30' };
    const [payer] = newRatioPack().payers;
    const doubled = newRatioPack({ payers: [payer, payer].flatMap((one) => one ?? []) });
    for (const [pack, reason] of [
      [packFile(broken), 'effectiveFrom: "2027-02-30" – is not a day of the calendar'],
      [packFile(doubled), 'payers[1]'],
      ['441900/none', 'is neither a file nor the id of a pack'],
    ] as const) {
      const { code, out, errors } = await yikatong('whatif', '--pack', pack);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(errors).toContain(`Refused ${pack}`);
      expect(errors).toContain(reason);
    }
  });
});
