import { describe, expect, test } from 'vitest';
import { createLogger, forbiddenFields } from '../../../../engine/ops/logging.ts';

function captured(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}

describe('log', () => {
  test.each([...forbiddenFields])('never prints the field %s, however deep', (field) => {
    const line = captured((log) => {
      log.info(
        { [field]: 'top-value', card: { holder: [{ [field]: 'deep-value' }] } },
        'card read',
      );
      log.child({ [field]: 'bound-value' }).info('from a child');
    });
    expect(line).toContain('card read');
    expect(line).toContain('from a child');
    expect(line).not.toMatch(/(top|deep|bound)-value/);
  });

  test.each([
    ['an 18-digit ID number', '110101199003070011'],
    ['an ID number that ends in X', '11010519491231002X'],
    ['a 15-digit ID number', '110105491231002'],
    ['a 19-digit card number', '6228480402564890018'],
  ])('takes %s out of messages, texts and errors', (_what, digits) => {
    const line = captured((log) => {
      log.warn(
        { note: `holder ${digits}`, err: new Error(`no person ${digits}`) },
        `lost ${digits}`,
      );
      log.error(new Error(`again ${digits}`));
    });
    expect(line).toContain('lost [hidden]');
    expect(line).toContain('no person [hidden]');
    expect(line).not.toContain(digits);
  });

  test('keeps numbers that identify no person: times, serials, amounts', () => {
    const line = captured((log) =>
      log.info({ amountFen: 1234n, at: 1_764_000_000_000 }, 'stan 000123'),
    );
    expect(line).toContain('"amountFen":"1234"');
    expect(line).toContain('1764000000000');
    expect(line).toContain('stan 000123');
  });

  test('keeps the code of a database error and drops the row it complains about', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (name)=(Zhang San) already exists.',
    });
    const line = captured((log) => log.error({ err: error }, 'not stored'));
    expect(line).toContain('23505');
    expect(line).not.toContain('Zhang San');
  });

  test('prints neither bytes nor the query of a request', () => {
    const line = captured((log) =>
      log.info(
        {
          frame: Buffer.from('4C0000'),
          req: { id: 'r1', method: 'GET', url: '/v1/people?name=x1' },
        },
        'in',
      ),
    );
    expect(line).toContain('[6 bytes]');
    expect(line).toContain('"path":"/v1/people"');
    expect(line).not.toContain('x1');
  });
});
