import type pg from 'pg';
import { StartupError } from '../startup-error.ts';

/**
 * Refuses a database that cannot hold every character, or holds bytes without knowing what they mean: names
 * of people and items are Chinese, and answers are compared byte for byte.
 * @throws StartupError DATABASE_NOT_UTF8
 */
export async function checkEncoding(client: Pick<pg.Client, 'query'>): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(
    `select current_setting('server_encoding') as encoding`,
  );
  const encoding = rows[0]?.encoding ?? '';
  if (encoding === 'UTF8') return;
  throw new StartupError({
    code: 'DATABASE_NOT_UTF8',
    zh: `数据库的编码是 ${encoding}，必须为 UTF8；请另建：create database yikatong encoding 'UTF8' locale 'C' template template0`,
    en: `The database is encoded in ${encoding} and must be UTF8; make another: create database yikatong encoding 'UTF8' locale 'C' template template0`,
  });
}
