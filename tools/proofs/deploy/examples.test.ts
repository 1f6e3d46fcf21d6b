import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AllLimits } from '../../../packages/server/src/limits.ts'
import { commandIn, isIgnored, lastOf, readDockerfile, type Stage } from '../image/dockerfile.ts'
import { composeProblems, noDeployTools, problemsFrom, readYaml } from './deploy-tools.ts'

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))
const read = (name: string): string => readFileSync(join(examples, name), 'utf8')

const { drainMs, finishMs } = new AllLimits().server
/** Requests in hand, the connections, as long again while others are behind, and then the store. */
const stopsWithinMs = 2 * drainMs + 2 * finishMs

/** A copy of a text, changed, in a file of its own. */
function broken(text: string, from: string, to: string): string {
  expect(text).toContain(from)
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-example-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'example'), text.replace(from, to))
  return join(folder, 'example')
}

interface Service {
  readonly image: string
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: string
  readonly stop_grace_period?: string
  readonly volumes?: readonly string[]
  readonly networks: Readonly<Record<string, { readonly ipv4_address: string }>>
}

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: object }
  // biome-ignore lint/suspicious/noExplicitAny: kubernetes-validate has checked its form
  readonly spec: any
}

it('[DP6] the image has every package that a setting of the server may need', () => {
  const packageOf = (folder: string) => JSON.parse(read(`${folder}/package.json`)) as Record<string, object>
  const { dependencies = {} } = packageOf('docker')
  const { peerDependencies = {} } = packageOf('../packages/server')
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(Object.keys(peerDependencies)))
})

describe.skipIf(noDeployTools)(`the examples${noDeployTools ? `, which need: ${noDeployTools}` : ''}`, () => {
  it('[DP6] hadolint finds nothing in the Dockerfile, which runs the server without root', () => {
    const file = join(examples, 'docker/Dockerfile')
    expect(problemsFrom('hadolint', [file])).toBe('')
    const wrong = broken(read('docker/Dockerfile'), 'node:24.21.0-bookworm-slim\nENV', 'node\nENV')
    expect(problemsFrom('hadolint', [wrong])).toContain('DL3006')

    const stages = readDockerfile(read('docker/Dockerfile'))
    const last = stages.at(-1) as Stage
    expect(Number(lastOf(last, 'USER'))).toBeGreaterThan(0)
    expect(lastOf(last, 'STOPSIGNAL')).toBe('SIGTERM')
    expect(commandIn(lastOf(last, 'HEALTHCHECK'))[2]).toContain('/health')
    // One base, pinned, and at the version that the engines need.
    expect(new Set(stages.map(({ image }) => image)).size).toBe(1)
    const copied = stages.flatMap(({ steps }) => steps.filter(({ name }) => name === 'COPY'))
    const sources = copied.flatMap(({ text }) =>
      text.startsWith('--from') ? [] : text.split(' ').slice(0, -1),
    )
    for (const source of sources) expect(existsSync(join(examples, '..', source)), source).toBe(true)
    // What the server's build takes from beside it is there, too.
    const build = readFileSync(join(examples, '../packages/server/tsup.config.ts'), 'utf8')
    const besides = [...build.matchAll(/from '\.\.\/([\w-]+)\//g)].map(([, name]) => `packages/${name}`)
    expect(sources).toEqual(expect.arrayContaining(besides))
    const ignore = read('docker/Dockerfile.dockerignore')
    for (const source of sources) expect(isIgnored(source, ignore), source).toBe(false)
  })

  it('[DP7] compose.yaml is valid, and gives two servers what they need', () => {
    const [compose] = readYaml<{ services: Readonly<Record<string, Service>> }>(read('docker/compose.yaml'))
    expect(composeProblems(compose)).toBe('')
    expect(composeProblems({ ...compose, networks: {} })).toContain('chat')
    const { nginx, 'chat-1': first, 'chat-2': second } = compose?.services ?? {}
    const address = nginx?.networks.chat?.ipv4_address
    for (const server of [first, second]) {
      expect(server?.environment).toMatchObject({
        TRUSTED_PROXIES: address,
        KEY_PEPPER: expect.stringContaining('${KEY_PEPPER:?'),
        TOKEN_SECRET: expect.stringContaining('${TOKEN_SECRET:?'),
        MONGODB_URI: expect.stringContaining('replicaSet='),
        REDIS_URL: expect.stringMatching(/^redis:/),
      })
      // What an operator sets beside these reaches the server, too.
      expect(server?.env_file).toBe('.env')
      expect(Number.parseInt(server?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(stopsWithinMs)
    }
    const [config = ''] = nginx?.volumes?.[0]?.split(':') ?? []
    const upstreams = readFileSync(join(examples, 'docker', config), 'utf8')
    for (const name of ['chat-1', 'chat-2']) expect(upstreams).toContain(`server ${name}:4000`)
  })

  it('[DP8] the Kubernetes manifest fits its schema, and a deploy takes one server at a time', () => {
    const file = join(examples, 'kubernetes/dowellchat.yaml')
    for (const version of ['1.30', '1.37'])
      expect(problemsFrom('kubernetes-validate', ['--strict', '-k', version, '--quiet', file])).toBe('')
    const wrong = broken(read('kubernetes/dowellchat.yaml'), 'readinessProbe', 'readynessProbe')
    expect(problemsFrom('kubernetes-validate', ['--strict', wrong])).toContain('readynessProbe')

    const manifests = readYaml<Manifest>(read('kubernetes/dowellchat.yaml'))
    const of = (kind: string) => manifests.find((one) => one.kind === kind)?.spec
    const { strategy, template, replicas, selector } = of('Deployment')
    expect(strategy.rollingUpdate).toMatchObject({ maxUnavailable: 0 })
    expect(of('PodDisruptionBudget').minAvailable).toBe(replicas - 1)
    const [container] = template.spec.containers
    const { preStop } = container.lifecycle
    const sleepMs = Number(preStop.exec.command[1]) * 1_000
    expect(template.spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(sleepMs + stopsWithinMs)
    expect(container.livenessProbe.httpGet.path).toBe('/health')
    expect(container.readinessProbe.httpGet.path).toBe('/ready')
    expect(template.metadata.labels).toMatchObject(selector.matchLabels)
    expect(of('Service').selector).toEqual(selector.matchLabels)
    expect(of('PodDisruptionBudget').selector).toEqual(selector)
    const ports = container.ports.map(({ name }: { name: string }) => name)
    expect(ports).toContain(of('Service').ports[0].targetPort)
  })
})
