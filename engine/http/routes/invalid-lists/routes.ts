import type { FastifyReply } from 'fastify';
import type { Result } from '../../../base/errors/result.ts';
import type { CardId } from '../../../base/ids/ids.ts';
import { isoTime } from '../../../base/time/calendar.ts';
import {
  InvalidListsDocument,
  ListChangesDocument,
  ListChangesParams,
  ListChangesQuery,
  ListQueryDocument,
  ListQueryRequest,
  OfflineListDocument,
  OfflinePartDocument,
  OfflinePartParams,
  OfflinePartQuery,
} from '../../../contract/invalid-list.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import { terminalPrincipal } from '../../../domain/principal/principal.ts';
import type { Caller } from '../../../flows/deps.ts';
import type { AskRefusal, ListDeps } from '../../../flows/invalid-list/ask-lists.ts';
import {
  askChanges,
  askListed,
  readListsInForce,
  readOfflineList,
  readOfflinePart,
} from '../../../flows/invalid-list/ask-lists.ts';
import type { OfflineRecord } from '../../../ports/offline-lists.ts';
import { requireCaller } from '../../auth/terminal-signature.ts';
import { sendProblem } from '../../problem.ts';
import type { Scope } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';
import { createQueryLimit } from './query-limit.ts';

type ListScope = Pick<Scope, 'app' | 'authenticate'> & { readonly lists: ListDeps };

/** GET and POST /v1/invalid-lists and everything below it, for terminals. */
export function registerInvalidLists(scope: ListScope): void {
  const limit = createQueryLimit(() => scope.lists.environment.now());
  registerQueries(scope, limit);
  registerChanges(scope, limit);
  registerOffline(scope);
}

type Limit = ReturnType<typeof createQueryLimit>;

/** Sends what was read, or why not. */
function send<T>(
  reply: FastifyReply,
  read: Result<T, AskRefusal>,
  documentOf: (value: T) => object,
): FastifyReply {
  if (read.ok) return sendJson(reply, 200, documentOf(read.value));
  const { code, detail } = read.error;
  return sendProblem(reply, code, detail === undefined ? {} : { detail });
}

/** @returns false: the terminal has asked for too many cards within a minute, and was told so */
function isWithin(reply: FastifyReply, limit: Limit, { terminal }: Caller, cards: number): boolean {
  const waitMs = limit.take(terminal.id, cards);
  if (waitMs === 0) return true;
  reply.header('retry-after', String(Math.ceil(waitMs / 1_000)));
  sendProblem(reply, 'BUSY', { detail: 'too many questions about invalid lists within a minute' });
  return false;
}

function principalOf({ terminal, institution }: Caller) {
  return terminalPrincipal(terminal.id, institution.code);
}

function registerQueries({ app, authenticate, lists }: ListScope, limit: Limit): void {
  app.get(
    '/v1/invalid-lists',
    {
      config: { action: 'list.query' },
      preValidation: authenticate('hmac-sm3'),
      schema: {
        operationId: 'invalidLists',
        summary: 'The invalid lists (无效卡名单) in force: versions, sizes, ages',
        response: { 200: InvalidListsDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const caller = requireCaller(request);
      if (!isWithin(reply, limit, caller, 1)) return reply;
      return send(reply, await readListsInForce(lists, principalOf(caller)), (read) => ({
        setNo: read.setNo,
        lists: read.lists.map(({ level, region, version, entries, listHash, ...times }) => ({
          ...{ level, region, version, entries, listHash: listHash ?? null },
          ...{ issuedAt: isoTime(times.issuedAt), loadedAt: isoTime(times.loadedAt) },
        })),
      }));
    },
  );
  app.post(
    '/v1/invalid-lists/queries',
    {
      config: { action: 'list.query' },
      preValidation: [authenticate('hmac-sm3'), readJsonBody],
      schema: {
        operationId: 'queryInvalidLists',
        summary: 'On which invalid lists these cards are: one card, or up to 10,000',
        description:
          'Card ids stand in the body, because paths are logged on the way. A terminal may ask for 20,000 ' +
          'cards and 600 times a minute; beyond it BUSY and Retry-After. Every question is audited.',
        body: ListQueryRequest,
        response: { 200: ListQueryDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const caller = requireCaller(request);
      const { cardIds = [], packedCardIds = '' } = request.body;
      const packed = Buffer.from(packedCardIds, 'base64');
      if (!isWithin(reply, limit, caller, cardIds.length + packed.length / 16)) return reply;
      const asked = await askListed(lists, principalOf(caller), { cardIds, packed });
      return send(reply, asked, (answer) => answer);
    },
  );
}

function registerChanges({ app, authenticate, lists }: ListScope, limit: Limit): void {
  app.get(
    '/v1/invalid-lists/:level/:region/changes',
    {
      config: { action: 'list.query' },
      preValidation: authenticate('hmac-sm3'),
      schema: {
        operationId: 'invalidListChanges',
        summary: 'What has changed on a list since a version',
        params: ListChangesParams,
        querystring: ListChangesQuery,
        response: { 200: ListChangesDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const caller = requireCaller(request);
      const { level, region } = request.params;
      const since = Number(request.query.since);
      const after = request.query.after as CardId | undefined;
      if (!isWithin(reply, limit, caller, 100)) return reply;
      const from = { since, after };
      const page = await askChanges(lists, principalOf(caller), { level, region }, from);
      return send(reply, page, ({ version, changes, next }) => ({
        ...{ level, region, since, version, changes, next: next ?? null },
      }));
    },
  );
}

function registerOffline({ app, authenticate, lists }: ListScope): void {
  app.get(
    '/v1/invalid-lists/offline',
    {
      config: { action: 'list.query' },
      preValidation: authenticate('hmac-sm3'),
      schema: {
        operationId: 'offlineList',
        summary: 'The files of the compact list that a terminal keeps',
        response: { 200: OfflineListDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const read = await readOfflineList(lists, principalOf(requireCaller(request)));
      return send(reply, read, ({ base, delta }) => ({
        hashKey: base.hashKey,
        base: { ...fileOf(base), entries: base.entries },
        delta: delta === undefined ? null : fileOf(delta),
      }));
    },
  );
  app.get(
    '/v1/invalid-lists/offline/:fileHash',
    {
      config: { action: 'list.query' },
      preValidation: authenticate('hmac-sm3'),
      schema: {
        operationId: 'offlineListPart',
        summary: 'Bytes of a file of the compact list, from an offset on',
        description: 'A file never changes: a download goes on where it broke off.',
        params: OfflinePartParams,
        querystring: OfflinePartQuery,
        response: { 200: OfflinePartDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      requireCaller(request);
      const { fileHash } = request.params;
      const offset = Number(request.query.offset);
      const part = await readOfflinePart(lists, fileHash, offset);
      return send(reply, part, (bytes) => ({
        ...{ fileHash, offset, content: Buffer.from(bytes).toString('base64') },
      }));
    },
  );
}

function fileOf({ setNo, madeAt, fileHash, bytes }: OfflineRecord) {
  return { setNo, madeAt: isoTime(madeAt), fileHash, bytes };
}
