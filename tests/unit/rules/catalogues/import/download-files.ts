/** Rows of national download files, as a region would get them: blanks, nulls and all. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportRequest } from '../../../../../rules/catalogues/import/import-catalogue.ts';
import type { FileKind } from '../../../../../rules/catalogues/import/import-settings.ts';
import { importSettings } from '../../../../../rules/catalogues/import/import-settings.ts';

/** Cells by position, counted from 1, in a row of so many columns. */
export function cells(columns: number, filled: Readonly<Record<number, string>>): string {
  return Array.from({ length: columns }, (_, index) => filled[index + 1] ?? 'null').join('\t');
}

export const western = (
  code: string,
  name: string,
  change: Readonly<Record<number, string>> = {},
) => cells(97, { 1: code, 8: name, 37: '2021-01-01 00:00:00', 79: '1', 92: '乙', ...change });

export const service = (
  code: string,
  name: string,
  change: Readonly<Record<number, string>> = {},
) => cells(20, { 1: code, 7: '1', 10: name, 12: '20210101', ...change });

/** 1312: code, name, region, first and last day, charge type, class. */
export const listing = (
  code: string,
  name: string,
  change: Readonly<Record<number, string>> = {},
) => {
  const row = { 1: code, 2: name, 3: '230200', 4: '2022-01-01', 5: '', 6: '09', 7: '02' };
  return cells(28, { ...row, 8: '0', 9: '101', 16: '', 17: '1', ...change });
};

/** 1318: code, type, way, region, first and last day, limit. */
export const priceLimit = (
  code: string,
  limit: string,
  change: Readonly<Record<number, string>> = {},
) => cells(20, { 1: code, 2: '901', 4: '230200', 5: '2022-01-01', 7: limit, 8: '1', ...change });

/** 1319: code, persons, type, region, first and last day, share. */
export const ownShare = (
  code: string,
  share: string,
  change: Readonly<Record<number, string>> = {},
) => cells(20, { 1: code, 2: '', 4: '230200', 5: '2022-01-01', 7: share, 8: '1', ...change });

type Files = Readonly<Partial<Record<FileKind, readonly string[]>>>;

/** Writes the files into a folder and asks for a catalogue of Qiqihar (230200) made of them. */
export function requestOf(folder: string, files: Files, lineEnd = '\n'): ImportRequest {
  const settings = importSettings();
  if (!settings.ok) throw new Error('the default settings must fit their schema');
  const paths = Object.entries(files).map(([kind, rows]) => {
    const path = join(folder, `${kind}.txt`);
    writeFileSync(path, rows.map((row) => row + lineEnd).join(''));
    return { kind: kind as FileKind, path };
  });
  return {
    files: paths,
    settings: settings.value,
    id: '230200/2023-01-01',
    region: '230200',
    effectiveFrom: '2023-01-01',
    source: 'national download files',
  };
}
