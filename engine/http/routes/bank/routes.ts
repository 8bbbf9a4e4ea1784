import { hash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { invariant } from '../../../base/errors/result.ts';
import { parseCardId } from '../../../base/ids/ids.ts';
import type { NoticeForm } from '../../../contract/bank-cards.ts';
import {
  NoticeForm as NoticeBody,
  NoticeDocument,
  ReviewFileForm,
} from '../../../contract/bank-cards.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import type { BankNotice, NoticeAnswer } from '../../../flows/bank-cards/hear-notice.ts';
import type { ReviewFile, ReviewFileAnswer } from '../../../flows/bank-cards/hear-review-file.ts';
import type { BankAuthDeps } from '../../auth/bank-signature.ts';
import { registerBankAuth, requireBank } from '../../auth/bank-signature.ts';
import { sendProblem } from '../../problem.ts';
import type { App } from '../../scope.ts';
import { sendJson } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** What the routes of the banks call. */
export type BankHearing = Pick<BankAuthDeps, 'findBank'> & {
  hearNotice(notice: BankNotice): Promise<NoticeAnswer>;
  hearReviewFile(file: ReviewFile): Promise<ReviewFileAnswer>;
};

const response = { 200: NoticeDocument, default: ProblemResponse };

/** PUT /v1/bank/…: what the cards' banks say (银行通知), each under its own number. */
export function registerBank(app: App, hearing: BankHearing, auth: BankAuthDeps): void {
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, security: [{ bankSignature: [] }] };
  });
  const preValidation = [registerBankAuth(app, auth), readJsonBody];
  app.put(
    '/v1/bank/cards/:cardId/notices/:sequence',
    {
      preValidation,
      schema: {
        operationId: 'bankNotice',
        summary: 'A notice of the card’s bank (银行通知)',
        params: Type.Object({ cardId: Type.String(), sequence: Type.String() }),
        body: NoticeBody,
        response,
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      if (params.cardId !== body.cardId || params.sequence !== String(body.sequence)) {
        return sendProblem(reply, 'REQUEST_INVALID', { detail: 'path and body name two notices' });
      }
      return send(reply, await hearing.hearNotice(noticeOf(requireBank(request).code, body)));
    },
  );
  app.put(
    '/v1/bank/review-files/:fileNo',
    {
      preValidation,
      schema: {
        operationId: 'bankReviewFile',
        summary: 'A bank’s review of cards of a batch (制卡批次审核)',
        params: Type.Object({ fileNo: Type.String() }),
        body: ReviewFileForm,
        response,
      },
    },
    async (request, reply) => {
      const { body, params, rawBody } = request;
      const fault = faultOfFile(body, params.fileNo, Buffer.from(rawBody).toString());
      if (fault !== undefined) return sendProblem(reply, 'BANK_FILE_ROW_WRONG', { detail: fault });
      const { fileNo, batchNo } = body;
      const bank = requireBank(request).code;
      const rows = body.rows.map((row) => noticeOf(bank, row));
      return send(reply, await hearing.hearReviewFile({ bank, fileNo, batchNo, rows }));
    },
  );
}

/** A file that was cut or altered on its way. */
function faultOfFile(
  file: { fileNo: number; count: number; sha256: string; rows: readonly unknown[] },
  named: string,
  text: string,
): string | undefined {
  if (named !== String(file.fileNo)) return 'path and body name two files';
  if (file.rows.length !== file.count) {
    const row = Math.min(file.rows.length, file.count) + 1;
    return `row ${row}: the file names ${file.count} rows and holds ${file.rows.length}`;
  }
  const rows = text.slice(text.indexOf('"rows":') + '"rows":'.length, -1);
  const isWhole = hash('sha256', rows, 'hex') === file.sha256;
  return isWhole ? undefined : 'the hash is not that of the rows';
}

function noticeOf(bank: string, form: NoticeForm): BankNotice {
  const cardId = parseCardId(form.cardId);
  invariant(cardId !== undefined, 'the schema gives a card id its form');
  return { ...form, bank, cardId };
}

function send(reply: FastifyReply, answer: NoticeAnswer | ReviewFileAnswer): FastifyReply {
  switch (answer.kind) {
    case 'taken': {
      const rows = 'refusedRows' in answer ? { refusedRows: answer.refusedRows } : {};
      return sendJson(reply, 200, { outcome: 'taken', ...rows });
    }
    case 'expects':
      return sendJson(reply, 200, { outcome: 'expects', sequence: answer.sequence });
    case 'refused': {
      const row = 'row' in answer && answer.row !== undefined ? `row ${answer.row}: ` : '';
      return sendProblem(reply, answer.code, { detail: row + answer.detail });
    }
    case 'unavailable':
      return sendProblem(reply, 'UNAVAILABLE');
  }
}
