/** Invalid lists: which version follows which, what a removal reaches, what terminals are given. */
import assert from 'node:assert/strict';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { ok } from '../../engine/base/errors/result.ts';
import { readOffline } from '../../engine/base/offline-list/offline-file.ts';
import { openOfflineList } from '../../engine/base/offline-list/offline-list.ts';
import { judgeVersion } from '../../engine/domain/invalid-list/judge-version.ts';
import type { OfflineDeps } from '../../engine/flows/invalid-list/build-offline-list.ts';
import { buildOfflineList } from '../../engine/flows/invalid-list/build-offline-list.ts';
import { importList } from '../../engine/flows/invalid-list/import-list.ts';
import type { NewBase } from '../../engine/ports/offline-lists.ts';
import { openInvalidLists } from '../../engine/store/invalid-lists/invalid-lists.ts';
import { openIssuers } from '../../engine/store/invalid-lists/issuers.ts';
import { openInvalidListReads } from '../../engine/store/invalid-lists/list-reads.ts';
import { query } from '../integration/engine/store/toy-store.ts';
import {
  cardNo,
  cityList,
  fullFile,
  listed,
  makeIssuer,
  nationalList,
  sourceOf,
} from '../support/lists/list-files.ts';
import { withDatabase } from './database.ts';
import { type Check, caughtBy } from './plant.ts';

type Judge = typeof judgeVersion;

const versions: Check<Judge> = {
  name: 'versions of an invalid list',
  honest: () => judgeVersion,
  keeps(judge) {
    const inForce = { version: 5, listHash: 'L', fileHash: 'A' };
    const full = (version: number) => ({ version, base: undefined });
    assert.equal(judge(full(4), 'B', inForce), 'older', 'a version goes back');
    assert.equal(judge({ version: 5, base: 4 }, 'A', inForce), 'done', 'a delta is applied twice');
    assert.equal(judge(full(5), 'B', inForce), 'other', 'a version changes its content');
    const astray = { version: 7, base: 6 };
    assert.equal(judge(astray, 'C', inForce), 'base', 'a delta is applied to another version');
    assert.equal(judge({ version: 7, base: 5 }, 'C', inForce), 'apply', 'a delta is not taken');
  },
};

type OpenLists = typeof openInvalidLists;

const levels: Check<OpenLists> = {
  name: 'levels of invalid lists',
  isSlow: true,
  honest: () => openInvalidLists,
  keeps: (open) =>
    withDatabase(async (url) => {
      const [lists, reads, issuers] = [open(url), openInvalidListReads(url), openIssuers(url)];
      const issuer = { ...makeIssuer('key'), addedAt: 0 };
      await issuers.add({ ...cityList, ...issuer, keyId: 'city' });
      await issuers.add({ ...nationalList, ...issuer, keyId: 'nation' });
      const deps = { lists, clock: { now: () => 0 }, onProgress: () => undefined };
      const take = async (keyId: string, version: number, ...cards: readonly number[]) => {
        const name = keyId === 'city' ? cityList : nationalList;
        const order = { name, version, issuer: { ...issuer, keyId } };
        const list = listed(...cards.map((no) => [no, 'lost'] as const));
        await importList(deps, sourceOf(await fullFile(order, list)));
      };
      await take('nation', 1, 1);
      await take('city', 1, 1, 2);
      await take('city', 2, 2);
      const found = (await reads.listed([cardNo(1)])).map(({ level }) => level);
      for (const part of [lists, reads, issuers]) await part.close();
      assert.deepEqual(found, ['national'], 'a removal at one level reaches another');
    }),
};

type Build = typeof buildOfflineList;

const compact: Check<Build> = {
  name: 'compact list of terminals',
  honest: () => buildOfflineList,
  async keeps(build) {
    const saved: NewBase[] = [];
    const notUsed = () => Promise.reject(new Error('a first list is a base'));
    const deps: OfflineDeps = {
      offline: {
        latest: async () => undefined,
        countEntries: async () => 1,
        // The card of a set has its number.
        async *cards(setNo: number) {
          yield Buffer.from(cardNo(setNo), 'hex');
        },
        changes: async () => ok({ added: Buffer.alloc(0), removed: Buffer.alloc(0) }),
        saveBase: async (base) => void saved.push(base),
        ...{ saveDelta: notUsed, readPart: notUsed },
      },
      reads: { currentSet: async () => ({ setNo: 2, versions: {}, madeAt: 0 }) },
      signer: makeIssuer('answer-key'),
      environment: { now: () => 0, randomBytes: (count) => Buffer.alloc(count, 1) },
      onProgress: () => undefined,
    };
    await build(deps, false);
    const [base] = saved;
    const file = base && readOffline(base.file);
    const list = file && openOfflineList(fromHex(base.hashKey), file, undefined);
    assert.ok(list?.mayBeListed(cardNo(2)), 'a listed card is missed by terminals');
    assert.ok(list?.mayBeListed(cardNo(1)) === false, 'terminals are given an older version');
  },
};

/** Ends the entries of a card on every list, when one list ends its own. */
const reachingAll =
  (open: OpenLists): OpenLists =>
  (url) => {
    const lists = open(url);
    return {
      ...lists,
      async finish(order, version) {
        const done = await lists.finish(order, version);
        await query(
          url,
          `delete from invalid_list_entry where card_id in (
             select card_id from invalid_list_entry where until_version = ${order.version})`,
        );
        return done;
      },
    };
  };

export const listPlants = [
  ...caughtBy(
    versions,
    {
      name: 'list-version-goes-back',
      bug: 'A list file of last week is taken although a later version is in force.',
      breaks: 'Versions of an invalid list never go back.',
      plant: (judge) => (header, fileHash, standing) => {
        const verdict = judge(header, fileHash, standing);
        return verdict === 'older' ? 'apply' : verdict;
      },
      says: 'a version goes back',
    },
    {
      name: 'list-delta-applied-twice',
      bug: 'A delta that is in force already is applied again when its file is given again.',
      breaks: 'A file has one effect.',
      plant: (judge) => (header, fileHash, standing) => {
        const verdict = judge(header, fileHash, standing);
        return verdict === 'done' ? 'apply' : verdict;
      },
      says: 'a delta is applied twice',
    },
    {
      name: 'list-delta-on-any-base',
      bug: 'A delta is applied to whatever version is in force, so the one between is missing.',
      breaks: 'A delta fits the version that it was made for.',
      plant: (judge) => (header, fileHash, standing) =>
        judge({ ...header, base: header.base && standing?.version }, fileHash, standing),
      says: 'a delta is applied to another version',
    },
  ),
  ...caughtBy(levels, {
    name: 'list-removal-at-all-levels',
    bug: 'A card that the city takes off its list is taken off the national list, too.',
    breaks: 'A removal at one level leaves the others.',
    plant: reachingAll,
    says: 'a removal at one level reaches another',
  }),
  ...caughtBy(compact, {
    name: 'compact-list-of-an-old-version',
    bug: 'The list for terminals is built of the version before the one in force.',
    breaks: 'Terminals are given the lists in force.',
    plant: (build) => (deps, isWhole) => {
      const currentSet = async () => {
        const set = await deps.reads.currentSet();
        return { ...set, setNo: set.setNo - 1 };
      };
      return build({ ...deps, reads: { currentSet } }, isWhole);
    },
    says: 'a listed card is missed by terminals',
  }),
];
