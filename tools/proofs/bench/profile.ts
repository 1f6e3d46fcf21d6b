import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { functionName: string; url: string; lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

type Frame = Profile['nodes'][number]['callFrame']

// A native function has no file. A SQLite binding's functions all carry the name of the last one it defined, and the
// profiler's own start appears as `dispatch`.
const isNative = ({ url }: Frame) => url === ''
const isOf = (packages: RegExp) => (frame: Frame) => packages.test(frame.url)
const isNamed = (names: RegExp) => (frame: Frame) => isNative(frame) && names.test(frame.functionName)

const groups: readonly (readonly [name: string, fits: (frame: Frame) => boolean])[] = [
  ['idle', isNamed(/^(\(idle\)|dispatch)$/)],
  ['garbage collection', isNamed(/^\(garbage collector\)$/)],
  ['native, unattributed', isNamed(/^\(program\)$/)],
  ['socket.io, engine.io, ws', isOf(/node_modules\/(socket\.io[^/]*|engine\.io[^/]*|ws|debug)\//)],
  ['zod', isOf(/node_modules\/zod\//)],
  ['sqlite', isOf(/sqlite/)],
  ['sqlite', isNamed(/^(backup|run|get|all|exec|iterate)$/)],
  ['JSON', isNamed(/^(parse|stringify)$/)],
  ['worker messaging', isOf(/node:internal\/(worker|per_context\/messageport)/)],
  ['worker messaging', isNamed(/postMessage|receiveMessage|drain/i)],
  ['system calls and other natives', isNative],
  ['node', isOf(/^node:/)],
  ['other packages', isOf(/node_modules\//)],
  ['our code', () => true],
]

function groupOf(frame: Frame): string {
  return groups.find(([, fits]) => fits(frame))?.[0] ?? ''
}

function addTo(sums: Map<string, number>, key: string, ms: number): void {
  sums.set(key, (sums.get(key) ?? 0) + ms)
}

function table(sums: Map<string, number>, total: number, rows: number): string {
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, rows)
    .map(([key, ms]) => `    ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${key}`)
    .join('\n')
}

/** Where the time of each thread went: self time by group, and its top functions. Idle time is left out. */
export function describeProfiles(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => {
      const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile
      const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
      const byGroup = new Map<string, number>()
      const byFunction = new Map<string, number>()
      let total = 0
      profile.samples.forEach((id, at) => {
        const frame = frames.get(id) as Frame
        const group = groupOf(frame)
        const ms = (profile.timeDeltas[at] ?? 0) / 1_000
        if (group === 'idle') return
        total += ms
        addTo(byGroup, group, ms)
        const file = frame.url.split('/').slice(-2).join('/')
        addTo(
          byFunction,
          `${frame.functionName || '(anonymous)'} ${file}:${frame.lineNumber + 1} [${group}]`,
          ms,
        )
      })
      return `  ${name}: ${total.toFixed(0)} ms busy\n${table(byGroup, total, 12)}\n  of which\n${table(byFunction, total, 22)}`
    })
    .join('\n')
}
