import { parseArgs } from 'node:util'
import { StartError } from '../errors.ts'
import { closest } from './closest.ts'
import { commands } from './commands/index.ts'

/** What the executable was started with. */
export interface Options {
  readonly isDemo: boolean
  readonly isHelp: boolean
  readonly isVersion: boolean
  readonly pages: string | undefined
}

const known = {
  demo: { type: 'boolean' },
  pages: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** @throws StartError that names what it does not know, and what was probably meant */
export function readOptions(args: readonly string[]): Options {
  for (const { kind, ...token } of tokensOf(args)) {
    if (kind === 'option' && 'rawName' in token && !(token.name in known))
      throw unknown(`option ${token.rawName}`, closest(token.name, Object.keys(known)), '--')
    if (kind === 'positional' && 'value' in token) throw misplaced(String(token.value))
  }
  const { demo = false, help = false, version = false, pages } = parsed(args)
  return { isDemo: demo, isHelp: help, isVersion: version, pages }
}

function tokensOf(args: readonly string[]) {
  return parseArgs({ args: [...args], options: known, strict: false, allowPositionals: true, tokens: true })
    .tokens
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known }).values
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error })
  }
}

function misplaced(name: string): StartError {
  if (!commands.has(name)) return unknown(`command ${name}`, closest(name, [...commands.keys()]), '')
  const problem = `The command ${name} comes first and takes options of its own: dowellchat-server ${name}`
  return new StartError(`${problem}\nSee dowellchat-server --help`)
}

function unknown(what: string, meant: string | undefined, dashes: string): StartError {
  const hint = meant === undefined ? '' : `; did you mean ${dashes}${meant}?`
  return new StartError(`There is no ${what}${hint}\nSee dowellchat-server --help`)
}
