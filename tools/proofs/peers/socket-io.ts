import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { accept, fanOut } from '../bench/cells.ts'
import { nextUser } from '../bench/ids.ts'
import { bareProgram, Contestant, type Kind, ourProgram, type Program } from '../bench/servers.ts'
import type { About, Entrant, Server } from './server.ts'

function versionIn(file: string | URL): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** The bare socket.io server and ours in both modes, with the cells of the bench. */
export function socketIoServers(): Entrant[] {
  const version = versionIn(new URL('../../../packages/server/package.json', import.meta.url))
  const ours = (kept: About['kept']): About => ({
    key: kept === 'in memory' ? 'ours, memory' : 'ours, durable',
    version,
    kept,
    note: 'Its acknowledgement. Checks who may send what, and stores a message that is sent twice once.',
  })
  const bare: About = {
    key: 'bare',
    version: versionIn(createRequire(import.meta.url).resolve('socket.io/package.json')),
    kept: 'not kept',
    note: 'socket.io alone; its acknowledgement.',
  }
  return [
    entrant(bare, 'bare', bareProgram),
    entrant(ours('in memory'), 'memory', ourProgram()),
    entrant(ours('on disk, synced'), 'durable', ourProgram()),
  ]
}

function entrant(about: About, kind: Kind, program: Program): Entrant {
  return {
    about,
    start: async () => asServer(about, await Contestant.start({ key: about.key, kind, program })),
  }
}

function asServer(about: About, contestant: Contestant): Server {
  return {
    about,
    pids: [contestant.pid],
    residentBytes: async () => (await contestant.memory()).rss,
    join: (room) => contestant.join(nextUser(), room),
    fanOut: (shape) => fanOut(contestant, { senders: 1, ...shape }),
    accept: (shape) => accept(contestant, { senders: 1, ...shape }),
    stop: () => contestant.stop(),
  }
}
