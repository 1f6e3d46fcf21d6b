import { pick, type Random } from '../stores/random.ts'

const parse = (text: string): unknown => JSON.parse(text) as unknown

/** Values that some program somewhere has not survived. */
const hostileValues: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e300, -1e300, 5e-324],
  ...[
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u202e',
    'İ',
    'ß',
    'a\u200bb',
    '\r\nHTTP/1.1 200',
    '\u001b[2J',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    'None',
    '-1',
    '1e999',
    '[object Object]',
  ],
  ...[
    '../../etc/passwd',
    'room:r',
    'ticket:x',
    'user:u1',
    '~',
    '~x.y',
    '$where',
    'a.b',
    "'; drop table entries; --",
    '%s%n',
  ],
  ...[
    'e\u0301'.repeat(500),
    '👨‍👩‍👧‍👦'.repeat(200),
    'x'.repeat(129),
    'x'.repeat(16_001),
    `${'a'.repeat(30_000)}!`,
    '('.repeat(5_000),
  ],
  ...['2024-02-30', '9999-12-31T23:59:59.999Z', '00000000-0000-0000-0000-000000000000'],
  ...[[], [[]], [null], ['x', 'y'], Array(300).fill('u1'), Array(1_000).fill(0)],
  ...[
    {},
    { $ne: null },
    { $gt: '' },
    { $where: 'sleep(5000)' },
    { toString: 1 },
    { length: 1e9 },
    { toJSON: 1 },
  ],
  parse('{"__proto__":{"isAdmin":true}}'),
  parse('{"constructor":{"prototype":{"isAdmin":true}}}'),
  parse('{"then":1}'),
  { _placeholder: true, num: 0 },
  parse(`${'['.repeat(12)}${']'.repeat(12)}`),
  Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, at])),
]

export function hostileValue(random: Random): unknown {
  return pick(random, hostileValues)
}

const hostileTexts = hostileValues.filter((value) => typeof value === 'string')

export function hostileText(random: Random): string {
  return pick(random, hostileTexts)
}
