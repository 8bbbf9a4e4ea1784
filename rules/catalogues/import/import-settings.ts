/**
 * How the national download files are read: the columns, the meaning of codes, and the share of
 * wrong rows allowed. The interface defines files and fields, but provinces fill them differently,
 * and column positions in 1301–1306 are known from client programs only. So all of it is a setting:
 * a JSON file of this schema, by default `default-settings.json`.
 */
import { type Static, Type } from 'typebox';
import { fail, ok, type Result } from '../../../engine/base/errors/result.ts';
import { type Problem, schemaProblems } from '../../kernel/problem.ts';
import { PLACE_LEVELS } from '../../model/catalogue-file.ts';
import defaultSettings from './default-settings.json' with { type: 'json' };

const closed = { additionalProperties: false } as const;
const oneOf = <const T extends string[]>(values: readonly [...T], description: string) =>
  Type.Enum(values, { description });
const text = (description: string) => Type.String({ minLength: 1, pattern: '\\S', description });
const share = Type.String({
  pattern: '^(0(\\.\\d{1,4})?|1(\\.0{1,4})?)$',
  description: 'A share.',
});

/** The files by the number of the interface that provides them (接口 infno). */
export const FILE_KINDS = [
  ...(['1301', '1302', '1303', '1304', '1305', '1306'] as const),
  ...(['1307', '1312', '1316', '1318', '1319'] as const),
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const COLUMNS = [
  ...(['code', 'name', 'nameElse', 'nameEn', 'listedCode', 'region', 'validFrom'] as const),
  ...(['validTo', 'valid', 'limitText', 'class', 'chargeType', 'limitType'] as const),
  ...(['limit', 'persons', 'shareType', 'share'] as const),
] as const;
export type ColumnName = (typeof COLUMNS)[number];

const Column = Type.Object(
  {
    at: Type.Integer({
      minimum: 1,
      description: 'Position, counted from 1, without a header line.',
    }),
    names: Type.Array(text('A heading.'), {
      minItems: 1,
      description: 'Headings by which a header line names the column; case does not matter.',
    }),
  },
  closed,
);

const FileSettings = Type.Object(
  {
    title: text('Chinese title of the interface.'),
    source: text('Where the positions were read.'),
    unverified: Type.Optional(text('Why the positions are not certain; a warning of the import.')),
    cells: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Cells of a row without a header line, which has as many as its rows; absent = as many as the first line. Rows of another number are rejected.',
      }),
    ),
    codeShape: Type.Optional(text('Regular expression of the codes in this file.')),
    chargeTypes: Type.Optional(
      Type.Record(Type.String(), Type.String({ pattern: '^(0[1-9]|1[0-4])$' }), {
        description:
          'med_chrgitm_type by the first characters of the code ("" = any; the longest decides), where 1312 says none.',
      }),
    ),
    columns: Type.Object(
      {
        code: Column,
        ...optional(COLUMNS.filter((name) => name !== 'code')),
      },
      closed,
    ),
  },
  closed,
);

function optional<Name extends string>(names: readonly Name[]) {
  const entries = names.map((name) => [name, Type.Optional(Column)] as const);
  return Object.fromEntries(entries) as Record<
    Name,
    ReturnType<typeof Type.Optional<typeof Column>>
  >;
}

const Persons = Type.Object(
  {
    schemes: Type.Optional(Type.Array(Type.String({ pattern: '^\\d{3,6}$' }), { minItems: 1 })),
    personTypes: Type.Optional(Type.Array(Type.String({ pattern: '^\\d{1,6}$' }), { minItems: 1 })),
  },
  { ...closed, description: 'Schemes and prefixes of person types; empty = everybody.' },
);

export const ImportSettings = Type.Object(
  {
    about: Type.Array(text('A sentence.')),
    encoding: oneOf(['utf-8', 'gb18030'], 'Encoding of the files.'),
    rejectedShareMax: Type.String({
      pattern: '^(0(\\.\\d{1,4})?|1(\\.0{1,4})?)$',
      description: 'An import that rejects a greater share of its rows is refused as a whole.',
    }),
    keepOwnPay: Type.Boolean({
      description:
        'Keep items that no listing names, as class 03 and all own-pay. They are sold as all own-pay ' +
        'anyway; kept, the bill carries their code.',
    }),
    classes: Type.Record(Type.String(), oneOf(['01', '02', '03'], 'A class.'), {
      description: 'chrgitm_lv of the files → 01 甲, 02 乙, 03 丙.',
    }),
    classShares: Type.Object(
      { '01': share, '02': share, '03': share },
      {
        ...closed,
        description: 'Own-pay share by class where 1319 has no row; marked as assumed.',
      },
    ),
    priceLimitTypes: Type.Record(
      Type.String(),
      Type.Array(oneOf(PLACE_LEVELS, 'A kind of care place.'), { minItems: 1 }),
      { description: 'hilist_lmtpric_type of 1318 → care places; "*" = any other type.' },
    ),
    zeroPriceLimit: Type.Optional(
      oneOf(
        ['no-limit', 'nothing-covered'],
        'What a limit of 0 in 1318 says: that there is none (the default), or that the whole price is over it.',
      ),
    ),
    persons: Type.Record(Type.String(), Persons, {
      description: 'selfpay_prop_psn_type of 1319 → whom it means; "*" = any other type.',
    }),
    shareTypes: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Rows of 1319 with these selfpay_prop_type count; absent = all.',
      }),
    ),
    files: Type.Object(
      Object.fromEntries(FILE_KINDS.map((kind) => [kind, FileSettings])) as Record<
        FileKind,
        typeof FileSettings
      >,
      closed,
    ),
  },
  { ...closed, title: 'Settings of the catalogue import' },
);

export type ImportSettings = Static<typeof ImportSettings>;
export type FileSettings = Static<typeof FileSettings>;

/** Checks settings read from JSON; undefined: the default ones. */
export function importSettings(
  value: unknown = defaultSettings,
): Result<ImportSettings, readonly Problem[]> {
  const problems = schemaProblems(ImportSettings, value);
  return problems.length === 0 ? ok(value as ImportSettings) : fail(problems);
}

/** The kind of a download file, by the interface number in its name. */
export function detectFileKind(path: string): FileKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const number = /(?<!\d)(13\d\d)(?!\d)/.exec(name)?.[1];
  return FILE_KINDS.find((kind) => kind === number);
}
