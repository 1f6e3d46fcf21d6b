import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import { consoleLogger, type Logger } from '../logger.ts'
import { Repeats } from './repeats.ts'

type Line = readonly [level: string, message: string, fields: Readonly<Record<string, unknown>>]

/** Repeats over a logger that keeps its lines, with a clock that only the test moves. */
function openRepeats() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const lines: Line[] = []
  const keep = (level: string) => (fields: object, message: string) =>
    void lines.push([level, message, { ...fields }])
  const logger: Logger = { info: keep('info'), warn: keep('warn'), error: keep('error') }
  return {
    repeats: new Repeats(logger),
    lines,
    afterMinutes: (n: number) => vi.advanceTimersByTime(n * 60_000),
  }
}

const full = new Error('database or disk is full')

it('[OM20] writes what repeats once, and then once a minute with how often it came', () => {
  const { repeats, lines, afterMinutes } = openRepeats()
  for (let n = 0; n < 1_000; n++)
    repeats.error({ event: 'join', request: `r${n}`, error: full }, 'A request failed')
  expect(lines).toMatchObject([['error', 'A request failed', { event: 'join', request: 'r0' }]])
  afterMinutes(1.2)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject(['error', 'A request failed', { event: 'join', repeated: 999 }])
  expect(lines[1]?.[2].requests).toEqual(Array.from({ length: 20 }, (_, n) => `r${n + 1}`))
  repeats.error({ event: 'join', error: full }, 'A request failed')
  expect(lines).toHaveLength(2)
  afterMinutes(5)
  expect(lines.slice(2)).toMatchObject([['error', 'A request failed', { repeated: 1 }]])
  repeats.error({ event: 'join', error: full }, 'A request failed')
  expect(lines).toHaveLength(4)
  expect(repeats.counts).toEqual({ info: 0, warn: 0, error: 1_002 })
})

it('[OM20] takes other requests, workspaces, errors and places for other causes', () => {
  const { repeats, lines } = openRepeats()
  const mistakes = [new Error('a'), new TypeError('a'), Object.assign(new Error('a'), { code: 'EIO' })]
  for (let n = 0; n < 3; n++) {
    for (const event of ['join', 'leave']) repeats.error({ event, error: full }, 'A request failed')
    for (const workspace of ['a', 'b']) repeats.error({ workspace }, 'Old messages could not be removed')
    for (const error of mistakes) repeats.warn({ error }, 'A mistake')
  }
  expect(lines).toHaveLength(7)
})

it('[OM20] keeps a bounded number of causes, loses no count, and writes what is left when it closes', () => {
  const { repeats, lines } = openRepeats()
  for (let n = 0; n < 10_000; n++)
    for (let twice = 0; twice < 2; twice++) repeats.warn({ workspace: `${n}` }, 'A mistake')
  repeats.close()
  const counted = lines.reduce((sum, [, , { repeated = 1 }]) => sum + Number(repeated), 0)
  expect(counted).toBe(20_000)
  expect(vi.getTimerCount()).toBe(0)
})

it('[OM21] shows type, text, place and causes of an error in every logger, and nothing that a driver put beside', () => {
  const text = 'a private text'
  const cause = Object.assign(new TypeError('no such column'), { parameters: [text], code: 'SQLITE' })
  const error = Object.assign(new RangeError('the store failed', { cause }), { document: { text } })
  const written: string[] = []
  const plainPino = pino({ base: null }, { write: (line) => void written.push(line) })
  new Repeats(plainPino).error({ error }, 'A request failed')
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    msg: 'A request failed',
    err: {
      type: 'RangeError',
      message: 'the store failed: no such column',
      stack: expect.stringMatching(/repeats\.test\.ts[\s\S]*caused by: TypeError: no such column/),
    },
  })

  const print = vi.spyOn(console, 'error').mockImplementation((line: string) => void written.push(line))
  onTestFinished(() => print.mockRestore())
  for (const logger of [consoleLogger, new Repeats(consoleLogger)])
    logger.error({ error }, 'A request failed')
  for (const line of written.slice(1)) {
    expect(line).toMatch(/^A request failed \{.*"type":"RangeError".*"the store failed".*"no such column"/)
    expect(line).toMatch(/\n\s+at .*repeats\.test\.ts/)
  }
  expect(written).toHaveLength(3)
  expect(written.join()).not.toContain(text)
})

it('[OM21] writes no credentials of an error, and lets none imitate another line', () => {
  const written: string[] = []
  const print = vi.spyOn(console, 'error').mockImplementation((line: string) => void written.push(line))
  onTestFinished(() => print.mockRestore())
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'
  const error = new Error(`mongodb://ann:hunter2@db.example refused ${token}\nA forged line\u001b[2J`)
  new Repeats(consoleLogger).error({ error }, 'A request failed')
  const [line = ''] = written
  expect(line).not.toMatch(/hunter2|eyJ|\n(?!\s+at )/)
  expect(line).not.toContain('\u001b')
  expect(line).toContain('mongodb://[removed]@db.example')
})

it('[OM21] shows what is thrown that is no error', () => {
  const { repeats, lines } = openRepeats()
  for (const error of [
    'a text',
    undefined,
    { a: 1 },
    new AggregateError([new Error('one'), new Error('two')]),
  ])
    repeats.error({ error }, String(error))
  expect(lines.map(([, , fields]) => (fields.err as { message: string }).message)).toEqual([
    'a text',
    'undefined',
    '[object Object]',
    'one; two',
  ])
})
