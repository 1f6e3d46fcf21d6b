import { ejabberd, ejabberdVersion, hasSqlite } from './ejabberd.ts'
import { mosquitto, mosquittoVersion } from './mosquitto.ts'
import { canSyncAlways, nats, natsVersion } from './nats.ts'
import type { Entrant } from './server.ts'

const install = 'apt-get install --no-install-recommends nats-server mosquitto ejabberd erlang-p1-sqlite3'

export interface Peers {
  readonly entrants: readonly Entrant[]
  /** What is left out, and why: a line each. */
  readonly missing: readonly string[]
}

/** The peers that this machine has; their data goes to new folders in `folder`. */
export function findPeers(folder: string): Peers {
  const versions = { nats: natsVersion(), mosquitto: mosquittoVersion(), ejabberd: ejabberdVersion() }
  const entrants: Entrant[] = []
  const missing: string[] = []

  if (versions.nats === undefined) missing.push('NATS: nats-server is not installed')
  else {
    entrants.push(...nats(versions.nats, folder))
    if (!canSyncAlways(versions.nats))
      missing.push(`NATS, sync always: nats-server ${versions.nats} cannot; 2.10 and newer ones can`)
  }

  if (versions.mosquitto === undefined) missing.push('Mosquitto: mosquitto is not installed')
  else entrants.push(...mosquitto(versions.mosquitto, folder))

  if (versions.ejabberd === undefined) missing.push('ejabberd: it is not installed')
  else if (!hasSqlite()) missing.push('ejabberd: erlang-p1-sqlite3 is not installed')
  else entrants.push(...ejabberd(versions.ejabberd, folder))
  if (missing.some((line) => line.includes('not installed')))
    missing.push(`To install what is missing: ${install}`)
  return { entrants, missing }
}
