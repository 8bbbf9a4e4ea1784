/**
 * The rows of the download files before they are joined: the columns that a catalogue needs, by
 * code.
 */
import type { CatalogueItemFile } from '../../model/catalogue-file.ts';
import type { ColumnName, FileKind, ImportSettings } from './import-settings.ts';
import type { RowOutcome } from './read-table.ts';
import type { TableRow } from './table-row.ts';

type Persons = ImportSettings['persons'][string];
type ItemClass = CatalogueItemFile['itemClass'];

/**
 * What a row of 1312 to 1319 is about: region, first day and what else tells it from other rows of its
 * code. A later row of the same record replaces the earlier one, and withdraws it when it is no longer
 * valid.
 */
type OfRecord = { readonly record: string };
/** In force from `from` to `to` ("" and "9999-12-31" where the file says none), both inclusive. */
export type Period = { readonly from: string; readonly to: string };
/** `closeness` of a row to the region: 0 the whole country, 2 the province, 4 the city … */
type Listed = Period & OfRecord & { readonly closeness: number };

/** A row of 1301 to 1306: the item itself. */
export type ItemRow = Period & {
  readonly name: string;
  readonly nameEn: string;
  readonly itemClass: ItemClass | undefined;
  readonly chargeType: string | undefined;
  readonly limitText: string;
  readonly kind: FileKind;
};
/** A row of 1312: the item's listing in the insurance catalogue. */
export type ListingRow = Listed & {
  readonly name: string;
  readonly itemClass: ItemClass;
  readonly chargeType: string;
  readonly memo: string;
};
/** A row of 1318. */
export type LimitRow = Listed & {
  readonly levels: ImportSettings['priceLimitTypes'][string];
  readonly limit: string;
  /** The file says 0, and the settings that 0 is no limit. */
  readonly wasZero: boolean;
};
/** A row of 1319. */
export type ShareRow = Listed & { readonly persons: Persons; readonly share: string };

/** A row of 1316: an item listed under another code. */
export type MappingRow = Listed & { readonly code: string };

export type GatheredRows = {
  readonly items: Map<string, ItemRow>;
  /** Codes whose last row of 1301 to 1306 is no longer valid; no listing makes them items. */
  readonly withdrawn: Set<string>;
  readonly listings: Map<string, ListingRow[]>;
  readonly limits: Map<string, LimitRow[]>;
  readonly shares: Map<string, ShareRow[]>;
  /** 1316: insurance catalogue code → the items listed under it. */
  readonly mappings: Map<string, MappingRow[]>;
};

export function noRows(): GatheredRows {
  return {
    items: new Map(),
    withdrawn: new Set(),
    listings: new Map(),
    limits: new Map(),
    shares: new Map(),
    mappings: new Map(),
  };
}

export type ImportState = {
  readonly settings: ImportSettings;
  /** Pooling region of the care places, six digits. */
  readonly region: string;
  readonly rows: GatheredRows;
};

export const LAST_DAY = '9999-12-31';
const ANY_CODE = '^[A-Z0-9][A-Z0-9-]{4,49}$';
/** How the files write that there is no limit. */
const NO_LIMIT = '999999';
const FLAGS: Readonly<Record<string, boolean>> = { '1': true, '0': false };

/** The shape of the codes in a kind of file. */
export function codeShape(kind: FileKind, settings: ImportSettings): RegExp {
  return new RegExp(settings.files[kind].codeShape ?? ANY_CODE);
}

/** Returns the function that reads a row of one kind of file into the gathered rows. */
export function createRowReader(
  kind: FileKind,
  importState: ImportState,
): (row: TableRow) => RowOutcome {
  // Diagnoses are not items, but their file may be in the folder.
  if (kind === '1307') return () => 'passed-over';
  const shape = codeShape(kind, importState.settings);
  return (row) => {
    const code = row.needed('code');
    if (code !== '' && !shape.test(code))
      row.reject('code', {
        rule: `must be a code like ${shape.source}`,
        zh: `须为符合 ${shape.source} 的编码`,
      });
    const isValid = row.text('valid') === '' || row.known('valid', FLAGS, 'of 0 and 1');
    const closeness = measureCloseness(row.text('region'), importState.region);
    if (closeness === undefined) return 'passed-over';
    const period = { from: row.day('validFrom') ?? '', to: row.day('validTo') ?? LAST_DAY };
    const record = recordColumns[kind].map(row.text).concat(period.from).join(' ');
    const reading = { row, code, listed: { ...period, record, closeness } };
    if (isValid === false) return row.isGood() ? withdraw(kind, importState, reading) : 'invalid';
    if (period.to < period.from)
      row.reject('validTo', { rule: 'must not be before the first day', zh: '不得早于首日' });
    return takeRow(kind, importState, reading);
  };
}

/** Beside code and first day, what tells records of one code from each other. */
const recordColumns = {
  ...{ '1301': [], '1302': [], '1303': [], '1304': [], '1305': [], '1306': [] },
  '1312': ['region'],
  '1316': ['region', 'code'],
  '1318': ['region', 'limitType'],
  '1319': ['region', 'persons', 'shareType'],
} satisfies Readonly<Record<Exclude<FileKind, '1307'>, readonly ColumnName[]>>;

type Reading = { readonly row: TableRow; readonly code: string; readonly listed: Listed };

function takeRow(kind: FileKind, { settings, rows }: ImportState, reading: Reading): RowOutcome {
  const { row, code, listed } = reading;
  switch (kind) {
    case '1312': {
      const itemClass = row.known('class', settings.classes, 'classes');
      const chargeType = row.needed('chargeType').padStart(2, '0');
      if (!/^(0[1-9]|1[0-4])$/.test(chargeType))
        row.reject('chargeType', { rule: 'must be 01 to 14', zh: '须为 01 至 14' });
      const [name, memo] = [row.needed('name'), row.text('limitText')];
      if (!row.isGood() || itemClass === undefined) return 'passed-over';
      return add(rows.listings, code, { ...listed, name, itemClass, chargeType, memo });
    }
    case '1316': {
      const listedCode = row.needed('listedCode');
      return row.isGood() ? add(rows.mappings, listedCode, { ...listed, code }) : 'passed-over';
    }
    case '1318': {
      const levels = row.known('limitType', settings.priceLimitTypes, 'priceLimitTypes');
      const limit = row.price('limit');
      const wasZero = limit === '0' && settings.zeroPriceLimit !== 'nothing-covered';
      if (!row.isGood() || levels === undefined) return 'passed-over';
      return add(rows.limits, code, {
        ...listed,
        levels,
        limit: wasZero ? NO_LIMIT : limit,
        wasZero,
      });
    }
    case '1319': {
      const { shareTypes } = settings;
      if (shareTypes !== undefined && !shareTypes.includes(row.text('shareType')))
        return 'passed-over';
      const persons = row.known('persons', settings.persons, 'persons');
      const share = row.share('share');
      if (!row.isGood() || persons === undefined) return 'passed-over';
      return add(rows.shares, code, { ...listed, persons, share });
    }
    default:
      return takeItem(kind, { settings, rows }, reading);
  }
}

/** A later row of the same code replaces the earlier one. */
function takeItem(
  kind: FileKind,
  { settings, rows }: Pick<ImportState, 'settings' | 'rows'>,
  { row, code, listed }: Reading,
): RowOutcome {
  const name = row.text('name') === '' ? row.needed('nameElse') : row.needed('name');
  const isListed = row.text('class') !== '';
  const itemClass = isListed ? row.known('class', settings.classes, 'classes') : undefined;
  if (!row.isGood()) return 'passed-over';
  rows.withdrawn.delete(code);
  rows.items.set(code, {
    from: listed.from,
    to: listed.to,
    name,
    nameEn: row.text('nameEn'),
    itemClass,
    chargeType: findChargeType(code, settings.files[kind].chargeTypes ?? {}),
    limitText: row.text('limitText'),
    kind,
  });
  return 'taken';
}

/** Removes what an earlier row said of the same record. */
function withdraw(kind: FileKind, { rows }: ImportState, reading: Reading): RowOutcome {
  const { row, code, listed } = reading;
  switch (kind) {
    case '1312':
      remove(rows.listings, code, listed);
      break;
    case '1316':
      remove(rows.mappings, row.text('listedCode'), listed);
      break;
    case '1318':
      remove(rows.limits, code, listed);
      break;
    case '1319':
      remove(rows.shares, code, listed);
      break;
    default:
      rows.items.delete(code);
      rows.withdrawn.add(code);
  }
  return 'invalid';
}

function add<T extends OfRecord>(map: Map<string, T[]>, key: string, value: T): RowOutcome {
  remove(map, key, value);
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
  return 'taken';
}

function remove<T extends OfRecord>(
  map: Map<string, T[]>,
  key: string,
  { record }: OfRecord,
): void {
  const values = map.get(key);
  const index = values?.findIndex((other) => other.record === record) ?? -1;
  if (values === undefined || index < 0) return;
  values.splice(index, 1);
  if (values.length === 0) map.delete(key);
}

/** The charge type of the longest matching prefix. */
function findChargeType(
  code: string,
  byPrefix: Readonly<Record<string, string>>,
): string | undefined {
  for (let length = code.length; length >= 0; length -= 1) {
    const type = byPrefix[code.slice(0, length)];
    if (type !== undefined) return type;
  }
  return undefined;
}

/**
 * 医保区划 `insu_admdvs` of a row: "100000" or blank is the whole country, and a trailing "00" or
 * "99" stands for all places below ("230200" and "230299" are Qiqihar, "230000" Heilongjiang).
 * Undefined: the row is of another region.
 */
function measureCloseness(admdvs: string, region: string): number | undefined {
  if (admdvs === '' || admdvs === '100000') return 0;
  let prefix = admdvs;
  while (prefix.endsWith('00') || prefix.endsWith('99')) prefix = prefix.slice(0, -2);
  return region.startsWith(prefix) ? prefix.length : undefined;
}
