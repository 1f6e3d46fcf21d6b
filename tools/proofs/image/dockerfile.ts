/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string
  readonly text: string
}

/** What one FROM begins. */
export interface Stage {
  readonly name: string
  readonly image: string
  readonly steps: readonly Instruction[]
}

/** Reads a Dockerfile of the plain kind: no heredocs, no arguments. */
export function readDockerfile(text: string): Stage[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line))
  const whole = lines.join('\n').replaceAll(/\\\n/g, ' ').split('\n')
  const stages: { name: string; image: string; steps: Instruction[] }[] = []
  for (const line of whole) {
    const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    if (name === 'FROM') {
      const [image = '', , as = `${stages.length}`] = rest.split(/\s+/)
      stages.push({ name: as, image, steps: [] })
    } else stages.at(-1)?.steps.push({ name, text: rest.replaceAll(/\s+/g, ' ').trim() })
  }
  return stages
}

/** The last instruction of a name; it takes the place of those before it. */
export function lastOf({ steps }: Stage, name: string): string {
  return steps.findLast((step) => step.name === name)?.text ?? ''
}

/** A command in JSON, as CMD and HEALTHCHECK have it. */
export function commandIn(text: string): string[] {
  return JSON.parse(text.slice(text.indexOf('['))) as string[]
}

/** Whether a .dockerignore keeps a path out of the build. */
export function isIgnored(path: string, ignore: string): boolean {
  let isOut = false
  for (const line of ignore.split('\n').filter((one) => !/^\s*(#|$)/.test(one))) {
    const isException = line.startsWith('!')
    if (patternOf(isException ? line.slice(1) : line).test(path)) isOut = !isException
  }
  return isOut
}

/** It matches what is below, too. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split('/').map((part) => {
    if (part === '**') return '(?:.*/)?'
    return `${part.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '[^/]*')}/`
  })
  return new RegExp(`^${parts.join('').replace(/\/$/, '')}(?:/.*)?$`)
}
