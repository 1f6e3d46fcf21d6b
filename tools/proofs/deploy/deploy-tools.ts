import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../.cache/deploy-tools/bin/', import.meta.url))

/** Why what checks the examples is not here; with CI=true the tests fail over it instead of being skipped. */
export const noDeployTools: string | undefined =
  existsSync(join(folder, 'hadolint')) || process.env.CI === 'true' ? undefined : 'run .ci/run once'

/** What a tool has found; empty if nothing. */
export function problemsFrom(tool: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(join(folder, tool), args, { input, encoding: 'utf8' })
  if (error) throw error
  return status === 0 ? '' : `${stdout}${stderr}` || `exit code ${status}`
}

/** The documents of a YAML file, without anchors and merges. */
export function readYaml<T>(text: string): T[] {
  const program = 'import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))'
  const { stdout, stderr } = spawnSync(join(folder, 'python'), ['-c', program], {
    input: text,
    encoding: 'utf8',
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

/** What is wrong with a compose file. */
export function composeProblems(compose: unknown): string {
  const program =
    'import sys; from compose_spec import PyCompose; PyCompose.from_json(sys.stdin.read()).validate()'
  return problemsFrom('python', ['-c', program], JSON.stringify(compose))
}
