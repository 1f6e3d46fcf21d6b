import { parseArgs } from 'node:util'
import { roomStream, streamOwner } from '@dowellchat/protocol'
import { StartError } from '../../errors.ts'
import { rowProblems } from '../../stores/check-rows.ts'
import {
  type Mended,
  type Misnamed,
  mendEntry,
  mendLineManager,
  mendTicket,
  mendTopic,
  misnamed,
} from '../../stores/mending.ts'
import type { Portable, PortableRows, Replaceable } from '../../stores/portable.ts'
import { rowProblem } from '../../stores/row-problem.ts'
import { openServersPortable } from './portable-at.ts'

export const usage = `DATA_DIR=<folder> dowellchat-server check [--rename]

  Reads everything that is stored, and prints what is damaged; then it exits with 1.

  Lists the names and ids that earlier versions kept and that are not normal any more: not composed (NFC), with spaces at
  their ends, or with characters that have no shape. With --rename it renames them. Set MONGODB_URI to check MongoDB. Stop the
  servers first. If it is interrupted, run it again to resume, before you start a server.
`

/** `dowellchat-server check`: lists names from earlier versions that are not normal, and renames them with `--rename`. */
export async function check(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const isRenaming = readRename(args)
  const portable = await openServersPortable(environment)
  const report = new Report(isRenaming)
  try {
    const { files, rows } = portable.problems?.() ?? { files: [], rows: [] }
    for (const line of [...files, ...rows]) console.log(line)
    // Rows cannot be read through what is damaged below them, and none is renamed beside one that is damaged.
    if (files.length > 0 || (isRenaming && rows.length > 0)) return endDamaged(files.length + rows.length)
    if (!isRenaming) await printRowProblems(portable, rows.length)
    for (const workspaceId of await portable.workspaces())
      await new WorkspaceCheck(portable, workspaceId, isRenaming, report).run()
  } finally {
    await portable.close()
  }
  report.end()
  if (report.left > 0) process.exitCode = 1
}

const restoring = 'restore a backup, or go on: what cannot be read is told as removed, or left out'

function endDamaged(count: number): void {
  console.log(`${problemsIn(count)}: ${restoring}`)
  process.exitCode = 1
}

/** Its row is listed by itself. */
const leaveOut = (): void => {}

function problemsIn(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`
}

/** @param listed how many others have been printed */
async function printRowProblems(portable: Portable, listed: number): Promise<void> {
  let found = listed
  for (const workspaceId of await portable.workspaces()) {
    for await (const { workspace_id, collection, place, problem } of rowProblems(portable, workspaceId)) {
      if (++found <= mostLines) console.log(`${workspace_id} ${collection} ${place}: ${problem}`)
    }
  }
  if (found > 0) endDamaged(found)
  else console.log('Everything can be read')
}

function readRename(args: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...args], options: { rename: { type: 'boolean' } } }).values.rename ?? false
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n  ${usage}`, { cause })
  }
}

class WorkspaceCheck {
  readonly #portable: Portable
  readonly #workspaceId: string
  readonly #isRenaming: boolean
  readonly #report: Report
  readonly #topics = new Set<string>()
  readonly #lineManagers = new Set<string>()

  constructor(portable: Portable, workspaceId: string, isRenaming: boolean, report: Report) {
    this.#portable = portable
    this.#workspaceId = workspaceId
    this.#isRenaming = isRenaming
    this.#report = report
  }

  async run(): Promise<void> {
    const kept = { topics: this.#topics, lineManagers: this.#lineManagers }
    await this.#rooms()
    await this.#rows('topics', mendTopic, ({ name }) => this.#topics.add(name))
    await this.#rows('line_managers', mendLineManager, ({ user_id }) => this.#lineManagers.add(user_id))
    await this.#rows('tickets', (row) => mendTicket(row, kept))
    await this.#rows('entries', (row) => mendEntry(row, kept))
    this.#report.endWorkspace()
  }

  async #rooms(): Promise<void> {
    for await (const rows of this.#portable.read(this.#workspaceId, 'streams', null, leaveOut)) {
      for (const { stream } of rows) {
        const { kind, id } = streamOwner(stream)
        const name = kind === 'room' ? misnamed('room', id) : undefined
        if (name) this.#report.add(this.#workspaceId, 'room', name, await this.#renameRoom(stream, name))
      }
    }
  }

  async #renameRoom(stream: string, { to }: Misnamed): Promise<boolean> {
    if (!this.#isRenaming || to === null) return false
    return this.#portable.renameStream(this.#workspaceId, stream, roomStream(to))
  }

  async #rows<C extends Replaceable>(
    collection: C,
    mend: (row: PortableRows[C]) => Mended<PortableRows[C]>,
    onKept: (row: PortableRows[C]) => void = () => {},
  ): Promise<void> {
    for await (const rows of this.#portable.read(this.#workspaceId, collection, null, leaveOut)) {
      // A damaged row, which is listed by itself, may have no names to look at.
      const whole = rows.filter((row) => rowProblem(collection, row) === undefined)
      const mended = whole.map((old) => ({ old, ...mend(old) })).filter(({ found }) => found.length > 0)
      const replaced = this.#isRenaming
        ? await this.#portable.replace(
            this.#workspaceId,
            collection,
            mended.map(({ row }) => row),
          )
        : []
      for (const [at, { old, found }] of mended.entries()) {
        const isReplaced = replaced[at] ?? false
        if (this.#isRenaming && !isReplaced) onKept(old)
        for (const name of found) this.#report.add(this.#workspaceId, collection, name, isReplaced)
      }
    }
  }
}

/** How many different names of a workspace get a line of their own. */
const mostLines = 10_000

/** Prints each name once, with how often it occurs. */
class Report {
  readonly #isRenaming: boolean
  readonly #lines = new Map<string, number>()
  #unlisted = 0
  #renamed = 0
  left = 0

  constructor(isRenaming: boolean) {
    this.#isRenaming = isRenaming
  }

  add(workspaceId: string, where: string, { field, from, to }: Misnamed, isRenamed: boolean): void {
    const isDone = isRenamed && to !== null
    if (isDone) this.#renamed += 1
    else this.left += 1
    const line = `${workspaceId} ${where} ${field} ${shown(from)} ${this.#outcome(to, isDone)}`
    const count = this.#lines.get(line)
    if (count !== undefined || this.#lines.size < mostLines) this.#lines.set(line, (count ?? 0) + 1)
    else this.#unlisted += 1
  }

  #outcome(to: string | null, isDone: boolean): string {
    if (to === null) return 'has no visible characters: it stays'
    if (this.#isRenaming && !isDone) return `stays: there is ${shown(to)} already`
    return `${isDone ? 'is now' : 'would be'} ${shown(to)}`
  }

  endWorkspace(): void {
    for (const [line, count] of this.#lines) console.log(count === 1 ? line : `${line} (${count} times)`)
    if (this.#unlisted > 0) console.log(`… and ${this.#unlisted} more`)
    this.#lines.clear()
    this.#unlisted = 0
  }

  end(): void {
    if (this.#renamed > 0) console.log(`Renamed ${this.#renamed}`)
    if (this.left === 0) console.log('All names and ids are normal')
    else if (this.#isRenaming) console.log(`${this.left} stay as they are`)
    else console.log(`${this.left} names and ids are not normal: run it with --rename`)
  }
}

/** A name in quotes, with everything that cannot be seen written as its code. */
function shown(name: string): string {
  return JSON.stringify(name).replace(
    /[\p{DI}\p{M}\p{C}\u2800]|(?! )\p{Z}/gu,
    (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`,
  )
}
