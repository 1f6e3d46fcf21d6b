import { existsSync, readFileSync } from 'node:fs'
import type { Result } from '../../bench/results.ts'
import type { StepFigures } from '../../cost/measure.ts'
import type { Figures as Nodes } from '../../nodes/run.ts'
import type { Figures as Capacity } from '../run.ts'

/** What a proof wrote to docs/evidence. */
export interface Evidence<Figures> {
  readonly command: string
  readonly commit: string
  readonly date: string
  readonly machine: {
    readonly cpus: number
    readonly model: string
    readonly memory_gib: number
    readonly node: string
  }
  readonly figures: Figures
}

interface Cost {
  readonly file: readonly StepFigures[]
  readonly visited: { readonly rooms: number; readonly keptMb: number }
}

/** The proofs that the page is made from; null for one that has not been run. */
export interface AllEvidence {
  readonly capacity: Evidence<Capacity> | null
  readonly nodes: Evidence<Nodes> | null
  readonly bench: Evidence<{ readonly results: readonly Result[] }> | null
  readonly cost: Evidence<Cost> | null
}

function read<Figures>(id: string): Evidence<Figures> | null {
  const file = new URL(`../../../../docs/evidence/${id}.json`, import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Evidence<Figures>) : null
}

export function readEvidence(): AllEvidence {
  return { capacity: read('capacity'), nodes: read('nodes'), bench: read('bench'), cost: read('cost') }
}

/** The line below a table that says where it comes from. */
export function sourceOf({ command, commit, date, machine }: Evidence<unknown>): string {
  const { cpus, model, memory_gib, node } = machine
  return `\`${command}\` at ${commit.slice(0, 7)}, ${date.slice(0, 10)}: ${cpus} cores (${model}), ${memory_gib} GiB, Node ${node}.`
}

/** A table in Markdown; the first row is its heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const [heading = [], ...rest] = rows
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...rest.map(line)].join('\n')
}

/** In place of a table whose proof has not been run. */
export function notRun(command: string): string {
  return `*Not measured yet: run \`${command}\`.*`
}
