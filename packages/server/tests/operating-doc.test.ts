import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { metricDefinitions } from '../src/metrics/definitions.ts'

const source = fileURLToPath(new URL('../src', import.meta.url))
const page = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8')

const call = /\blogger\.(?:warn|error)\(/gi
const messageOf =
  /\blogger\.(?:warn|error)\(\s*(?:\{[^{}]*\}|\{[^{}]*\{[^{}]*\}[^{}]*\}|\w+),\s*(?:(['"`])((?:(?!\1).)+)\1|(\w+)\))/gi

function constantIn(code: string, name: string): string {
  return new RegExp(`^(?:export )?const ${name} = '(.+)'$`, 'm').exec(code)?.[1] ?? ''
}

/** The messages at warn and error in a file's code. Fails for a line whose message is not written in the same file. */
function messagesIn(file: string): string[] {
  const code = readFileSync(file, 'utf8')
  const messages = [...code.matchAll(messageOf)]
    .map(([, , message, name = '']) => message ?? constantIn(code, name))
    .filter((message) => message !== '')
  expect(messages.length, `${file}: write the message of each line of the log as a text`).toBe(
    [...code.matchAll(call)].length,
  )
  return messages
}

function logged(): string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  return files
    .filter((name) => name.endsWith('.ts') && !/\.test(-d)?\.ts$|^logs\/|^testing\//.test(name))
    .flatMap((name) => messagesIn(join(source, name)))
}

/** The first cells of the tables of a section. */
function firstCells(from: string, to: string): string[] {
  const section = page.slice(page.indexOf(`\n${from}\n`), page.indexOf(`\n${to}\n`))
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
}

it('[OM40] explains every warning and error of the log, and no others', () => {
  const messages = [...new Set(logged())].toSorted()
  expect(messages.length).toBeGreaterThan(15)
  const explained = firstCells('### Errors', '## When something is wrong').filter((name) => name !== 'msg')
  expect(explained.toSorted()).toEqual(messages)
})

it('[OM40] explains every metric, and no others', () => {
  const names = Object.values(metricDefinitions).map(({ name }) => name)
  const explained = firstCells('## Metrics', '### What to alert on').filter((name) =>
    name.startsWith('dowellchat_'),
  )
  expect(explained.toSorted()).toEqual(names.toSorted())
  // What the alerts ask for exists.
  for (const [name] of page.matchAll(/dowellchat_\w+/g)) expect(names).toContain(name.replace(/_bucket$/, ''))
})
