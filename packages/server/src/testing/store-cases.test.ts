import { AssertionError } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { storeWriter } from '../../tests/support/programs.ts'
import { type Domain, operationKinds } from '../stores/embedded/operations.ts'
import {
  countsTwice,
  driftingCounts,
  forgetsMutes,
  forgetsTheLine,
  givesAllAtOnce,
  hasAnotherTable,
  keepsQuotes,
  keepsRemovedTexts,
  keepsReportedTexts,
  knowsNoPace,
  leaksThrough,
  leavesOutAMessage,
  letsAnybodyEdit,
  overlapsBackwards,
  overlapsForwards,
  tellsNoRemoval,
} from './broken-stores/broken-methods.ts'
import {
  changesEpochs,
  forgetsCidsWithARestart,
  ignoresCids,
  leavesAHole,
  losesTheLastWrite,
  reusesASeq,
} from './broken-stores/broken-streams.ts'
import { hastyStore } from './broken-stores/hasty-store.ts'
import { mainThreadStore, type OpenFolder } from './broken-stores/main-thread-store.ts'
import { storeCases } from './store-cases/index.ts'
import { isolationCases } from './store-cases/isolation.ts'
import { moderationCases } from './store-cases/moderation.ts'
import type { StoreCase, Writer } from './store-cases/store-case.ts'

// Some run every case, which takes long on a busy machine.
vi.setConfig({ testTimeout: 600_000 })

type Titled = Readonly<Record<string, string>>

/** Runs the cases; resolves to those that fail and their messages. Rejects if a case fails with anything but a broken rule. */
async function caughtBy(
  open: OpenFolder,
  cases: readonly StoreCase[],
  writer?: (folder: string) => Writer,
): Promise<Titled> {
  const caught: Record<string, string> = {}
  for (const { title, run } of cases) {
    const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    try {
      await run(() => open(folder), writer?.(folder))
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error
      caught[title] = error.message
    }
  }
  return caught
}

/** A store that notes which of its methods are called. */
function noting(open: OpenFolder, called: Set<string>): OpenFolder {
  return async (folder) => {
    const store = await open(folder)
    const noted = Object.keys(operationKinds).map((domain) => {
      // The names come from `operationKinds`.
      const methods = store[domain as Domain]
      const get = (target: object, method: string) => {
        called.add(`${domain}.${method}`)
        return Reflect.get(target, method) as unknown
      }
      return [domain, new Proxy(methods, { get: (target, method) => get(target, String(method)) })]
    })
    return { ...store, ...Object.fromEntries(noted) }
  }
}

const allMethods = Object.entries(operationKinds).flatMap(([domain, kinds]) =>
  Object.keys(kinds).map((method) => `${domain}.${method}`),
)
/** These call every method only to compare what two workspaces see. */
const isIsolation = (one: StoreCase) => isolationCases.includes(one)
const inOneProcess = storeCases.filter(({ durable }) => !durable)
const appends = '[S1] appends concurrent messages of several streams without holes, each once'
const repeats = '[S3] answers a repeated cid with its message, and appends nothing'
const conflicts = '[S3] refuses a cid of another message; other authors and streams may use it'
const knowsCids = '[S3] knows who has used a cid in a stream'
const restarts = '[S7] keeps streams, their epochs and cids over a restart, and goes on from there'
const paging = '[S8] meets every message once, in either direction, whatever the limit'
const order = '[S1] gives what is appended through several connections one order, without holes or doubles'
const apart = '[S21] lets two workspaces use the same names and cids, each for its own'

describe('the cases of a store', () => {
  it('pass with one that is whole, and call each of its methods', async () => {
    const called = new Set<string>()
    const open = noting(mainThreadStore(), called)
    const [others, isolated] = [
      inOneProcess.filter((one) => !isIsolation(one)),
      inOneProcess.filter(isIsolation),
    ]
    expect(await caughtBy(open, others)).toEqual({})
    const uncalled = allMethods.filter((name) => !called.has(name))
    const hint = 'methods without a case in testing/store-cases: add one for what each does'
    expect(uncalled.join(', '), hint).toBe('')
    expect(await caughtBy(open, isolated)).toEqual({})
  })

  const noHoles = "A stream's messages have the seqs and nths 1, 2, 3, … without holes or doubles"
  const counted = "A line manager's ticket_count is the number of their open tickets"
  const broken: readonly [what: string, open: OpenFolder, expected: Titled][] = [
    ['loses the last write', losesTheLastWrite, { [restarts]: 'After a restart a page is what it was' }],
    ['leaves a hole in the seqs', leavesAHole, { [repeats]: noHoles }],
    ['gives a seq twice', reusesASeq, { [order]: noHoles }],
    [
      'ignores cids',
      ignoresCids,
      {
        [repeats]: 'A cid makes a message once',
        [conflicts]: 'A cid that comes with another fingerprint is a conflict',
        [knowsCids]: 'has is true for the author, the stream and the cid of an entry',
        '[S3] answers a repeated cid with the ticket as it is now':
          'A repeated cid is answered with the ticket',
        '[S3] answers a repeated cid with the call as it is now': 'A cid makes a call once',
      },
    ],
    [
      'forgets cids with a restart',
      forgetsCidsWithARestart,
      { [restarts]: 'After a restart a cid that was used is still known' },
    ],
    ['changes epochs with a restart', changesEpochs, { [restarts]: 'After a restart a page is what it was' }],
    [
      'lets counts drift',
      driftingCounts(),
      {
        '[S17] still counts right when tickets are closed twice at once, and spreads the next ones': counted,
      },
    ],
    ['has pages that overlap', overlapsBackwards, { [paging]: 'no overlap, no hole' }],
    ['repeats an entry to whoever reads on', overlapsForwards, { [paging]: 'no overlap, no hole' }],
    [
      'keeps the texts of removed messages',
      keepsRemovedTexts,
      {
        '[RE1] takes the texts of removed messages, and keeps their places':
          'A removed message keeps its place and loses its text',
      },
    ],
    [
      'tells nobody of a removal',
      tellsNoRemoval,
      {
        '[RE2] tells of a removal by an entry that names the messages':
          'A deletion names its messages and counts as none',
      },
    ],
    [
      'keeps quotes of what was removed',
      keepsQuotes,
      {
        '[CH25] removes with a message all that others have of it': 'Nobody reads a text that was removed',
      },
    ],
    [
      'lets anybody edit',
      letsAnybodyEdit,
      {
        '[CH21] lets the author alone edit, and keeps the texts from before':
          'Only what is there is edited, by its author',
      },
    ],
    [
      'counts a reaction twice',
      countsTwice,
      { '[CH22] counts each reaction of each person once': 'Nobody gives a reaction twice' },
    ],
    [
      'gives all that wait at once',
      givesAllAtOnce,
      { '[CC8] gives at most 100 tickets that wait, and goes on with the next call': 'at most 100 tickets' },
    ],
    [
      'begins each page of a line anew',
      forgetsTheLine,
      {
        '[CC8] lists a line in pages, from a ticket on that may be closed':
          'A page of a line has the open tickets after a known one',
      },
    ],
    ['leaves a message out between pages', leavesOutAMessage, { [paging]: 'no overlap, no hole' }],
  ]

  it.each(broken)('catch one that %s', async (_what, open, expected) => {
    // Of all cases those that are to catch it, and one about something else.
    const some = inOneProcess.filter(({ title }) => title in expected || title === appends)
    const caught = await caughtBy(open, some)
    const rules = Object.entries(expected).map(([title, rule]) => [title, expect.stringContaining(rule)])
    expect(caught).toMatchObject(Object.fromEntries(rules))
    expect(caught, 'a case about something else').not.toHaveProperty([appends])
  })

  it.each([
    ['keeps the texts of reported messages', keepsReportedTexts, 'An erased author leaves no text'],
    ['lets everybody write as fast as they like', knowsNoPace, 'has to wait'],
    ['forgets who is muted', forgetsMutes, 'A mute stays'],
  ] as const)('catch one that %s', async (_what, open, rule) => {
    const alone = moderationCases.filter(({ shares, reopens }) => !shares && !reopens)
    expect(Object.values(await caughtBy(open, alone))).toEqual([expect.stringContaining(rule)])
  })

  it('catch a table that is neither moved, exported nor erased', async () => {
    const title = '[PD6] says of every table what it has'
    const mine = inOneProcess.filter((one) => one.title === title)
    const rule = expect.stringContaining('Every table belongs to a collection')
    expect(await caughtBy(hasAnotherTable, mine)).toEqual({ [title]: rule })
  })

  it('catch a seq that is given twice by what only several connections show', async () => {
    const alone = inOneProcess.filter(({ shares }) => !shares)
    expect(await caughtBy(reusesASeq, alone)).toEqual({})
  })
})

/** What to do where no case notices a leak. */
function missingCase(domain: string, method: string): string {
  return `No case fails where ${domain}.${method} serves another workspace: call it in \`fill\` or \`everything\` of testing/store-cases/isolation.ts`
}

describe('a store that leaks a workspace', () => {
  // What they answer says of which workspace each row is.
  const acrossAll = ['owners', 'listOwned', 'settle', 'tables', 'due', 'tidy', 'absent', 'unsent', 'overdue']
  const methods = Object.entries(operationKinds)
    .filter(([domain]) => domain !== 'workspaces' && domain !== 'changes')
    .flatMap(([domain, kinds]) => Object.keys(kinds).map((method) => [domain, method] as const))
    .filter(([domain, method]) => !acrossAll.includes(method) && `${domain}.${method}` !== 'shareLinks.find')
  // Those first that ask for everything.
  const aboutWorkspaces = [
    ...inOneProcess.filter(isIsolation),
    ...inOneProcess.filter((one) => one.title.includes('workspace') && !isIsolation(one)),
  ]

  it.each(methods)('is caught when it does through %s.%s', async (domain, method) => {
    // The names come from `operationKinds`.
    const open = leaksThrough(domain as Domain, method)
    const isCreation = method === 'create' || method === 'append'
    for (const one of isCreation ? aboutWorkspaces.filter(({ title }) => title === apart) : aboutWorkspaces)
      if (Object.keys(await caughtBy(open, [one])).length > 0) return
    expect.fail(missingCase(domain, method))
  })
})

describe('a store that acknowledges before it is durable', () => {
  const writer = (folder: string) => storeWriter('hastyStore', folder)
  const mine = storeCases.filter(({ shares }) => !shares)

  it('is caught by being killed, and by nothing else', async () => {
    const caught = await caughtBy(hastyStore, mine, writer)
    expect(caught).toEqual({
      '[S22] has everything that was acknowledged when its process is killed, once, and goes on from there':
        expect.stringMatching(
          /^A (message|ticket|topic|change).* acknowledged is (there|closed) after the kill/,
        ),
    })
  })
})
