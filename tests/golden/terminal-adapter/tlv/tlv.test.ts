// BER-TLV and DOL against published trees, and against data that must be refused.
import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { fillDol, parseDol } from '../../../../terminal-adapter/tlv/dol.ts';
import { parseTlv, type Tlv, type TlvError } from '../../../../terminal-adapter/tlv/tlv.ts';
import { loadVectors } from '../../vectors/load-vectors.ts';

type Node = { tag: string; length: number; value: string; children?: readonly Node[] };

function asNode({ tag, value, children }: Tlv): Node {
  const node = { tag, length: value.length, value: toHex(value) };
  return children.length === 0 ? node : { ...node, children: children.map(asNode) };
}

describe('a tree', () => {
  test.each(loadVectors<{ data: string }, { tree: readonly Node[] }>('tlv'))(
    '$id',
    ({ inputs, expected }) => {
      const parsed = parseTlv(fromHex(inputs.data));
      expect(parsed.ok && parsed.value.map(asNode)).toEqual(expected.tree);
    },
  );
});

describe('refused', () => {
  const codes: Readonly<Record<string, TlvError>> = {
    'value overruns': 'TLV_VALUE_OVERRUN',
    'child overruns its parent': 'TLV_CHILD_OVERRUN',
    'indefinite length not allowed in EMV': 'TLV_LENGTH_INDEFINITE',
    'tag truncated': 'TLV_TAG_TRUNCATED',
    'length missing': 'TLV_LENGTH_MISSING',
    'tag never ends': 'TLV_TAG_TOO_LONG',
  };
  test.each(loadVectors<{ data: string }, { error: string }>('tlv-bad'))(
    '$id',
    ({ inputs, expected }) => {
      expect(parseTlv(fromHex(inputs.data))).toEqual({ ok: false, error: codes[expected.error] });
    },
  );
});

describe('a data object list', () => {
  type Inputs = { dol: string; values: Readonly<Record<string, string>> };
  test.each(loadVectors<Inputs, { data: string }>('dol'))('$id', ({ inputs, expected }) => {
    const entries = parseDol(fromHex(inputs.dol));
    const values = new Map(Object.entries(inputs.values).map(([tag, hex]) => [tag, fromHex(hex)]));
    expect(entries.ok && toHex(fillDol(entries.value, values))).toBe(expected.data);
  });
});
