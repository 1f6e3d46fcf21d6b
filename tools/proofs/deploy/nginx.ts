import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'

const examples = fileURLToPath(new URL('../../../examples/nginx/', import.meta.url))
const startsWithinMs = 10_000
const hasNginx = spawnSync('nginx', ['-v'], { stdio: 'ignore' }).status === 0

/** Why there is no nginx to test with; with CI=true the tests fail over it instead of being skipped. */
export const noNginx: string | undefined =
  hasNginx || process.env.CI === 'true' ? undefined : 'install nginx-light, or run .ci/run once'

export interface NginxOptions {
  /** One of the examples. */
  readonly example: 'sticky.conf' | 'websocket-only.conf'
  /** The ports of the servers, in place of those that the example names. */
  readonly servers: readonly number[]
  /** Changes the example further. */
  readonly change?: (text: string) => string
}

/** A request as nginx has passed it on. */
export interface Passed {
  readonly client: string
  readonly uri: string
  readonly status: string
  /** The ports of the servers that were asked; the last one answered. */
  readonly servers: readonly number[]
}

/** A real nginx with an example of ours, on this machine. */
export class Nginx {
  readonly port: number
  readonly url: string
  readonly #folder: string
  readonly #child: ChildProcess

  private constructor(port: number, options: NginxOptions) {
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.#folder = mkdtempSync(join(tmpdir(), 'dowellchat-nginx-'))
    const config = join(this.#folder, 'nginx.conf')
    writeFileSync(config, mainConfig(this.#folder, exampleOn(port, options)))
    this.#child = spawn('nginx', ['-p', this.#folder, '-c', config], { stdio: 'ignore' })
  }

  /** Resolves when it listens. */
  static async start(options: NginxOptions): Promise<Nginx> {
    const nginx = new Nginx(await freePort(), options)
    for (const end = performance.now() + startsWithinMs; !(await nginx.#listens()); await pause(20)) {
      if (nginx.#child.exitCode === null && performance.now() < end) continue
      const { errors } = nginx
      await nginx.stop()
      throw new Error(`nginx did not start: ${errors}`)
    }
    return nginx
  }

  /** What it has complained about. */
  get errors(): string {
    return readFileSync(join(this.#folder, 'error.log'), 'utf8')
  }

  /** The requests that have ended; a WebSocket ends with its connection. */
  get passed(): Passed[] {
    const lines = readFileSync(join(this.#folder, 'access.log'), 'utf8').split('\n').filter(Boolean)
    return lines.map((line) => {
      const [client = '', status = '', uri = '', servers = ''] = line.split('|')
      return {
        client,
        status,
        uri,
        servers: [...servers.matchAll(/:(\d+)/g)].map(([, port]) => Number(port)),
      }
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      await exited
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #listens(): Promise<boolean> {
    return fetch(this.url).then(
      () => true,
      () => false,
    )
  }
}

/** An example on ports of this machine. */
function exampleOn(port: number, { example, servers, change = (text) => text }: NginxOptions): string {
  let text = readFileSync(join(examples, example), 'utf8')
  const put = (from: string, to: string): void => {
    if (text.split(from).length !== 2) throw new Error(`${example} has to have "${from}" once`)
    text = text.replace(from, to)
  }
  put('listen 80;', `listen 127.0.0.1:${port};`)
  for (const [n, server] of servers.entries()) put(`chat-${n + 1}:4000`, `127.0.0.1:${server}`)
  return change(text)
}

/** What Debian's nginx.conf is to the example, in a folder of its own. */
function mainConfig(folder: string, example: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `
daemon off;
${user}
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 8192; }
http {
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  log_format passed '$remote_addr|$status|$request_uri|$upstream_addr';
  access_log ${folder}/access.log passed;
${example}
}
`
}
