import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../../../server/tests/support/free-port.ts'

/** The coturn of this machine; undefined where there is none. */
export const turnServer = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
  .map((folder) => join(folder, 'turnserver'))
  .find(isExecutable)

const secret = 'the secret of the test'

export interface TurnServer {
  /** As `iceServers` of a server takes it. */
  readonly turn: { readonly urls: readonly string[]; readonly secret: string }
  /** `SIGSTOP` lets nothing through until `SIGCONT`. */
  readonly kill: (signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => void
}

/** Starts a coturn that lets in whoever has credentials of a server with its secret. It ends with the test. */
export async function startTurnServer(): Promise<TurnServer> {
  const port = await freePort()
  const address = ownAddress()
  const child = spawn(turnServer ?? 'turnserver', [
    ...['-n', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=test'],
    ...[`--listening-ip=${address}`, `--relay-ip=${address}`, `--listening-port=${port}`],
    ...['--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers', '--log-file=stdout', '--pidfile='],
  ])
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`coturn ended with ${code}: ${said.slice(-2_000)}`)))
    child.stdout.on('data', (text: Buffer) => {
      said += String(text)
      if (said.includes('Total General servers')) resolve()
    })
  })
  return { turn: { urls: [`turn:${address}:${port}`], secret }, kill: (signal) => void child.kill(signal) }
}

/** Browsers reach no TURN server on a loopback address. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? [])
  const own = all.find(({ family, internal }) => family === 'IPv4' && !internal)
  return own?.address ?? '127.0.0.1'
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
