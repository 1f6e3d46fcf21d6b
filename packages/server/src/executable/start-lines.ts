/** What a server that has started is like. */
export interface Started {
  readonly url: string
  readonly host: string | undefined
  readonly isDemo: boolean
  /** Whether only pages of certain origins may connect. */
  readonly hasOrigins: boolean
  readonly hasPages: boolean
  /** Whether other servers may share its database, and it has no Redis to speak to them. */
  readonly needsRedis?: boolean
  /** Whether calls have a TURN server. */
  readonly hasTurn: boolean
  /** Where the metrics are. */
  readonly metricsUrl?: string
}

const everywhere: readonly (string | undefined)[] = [undefined, '0.0.0.0', '::']
const loopback = /^(127\.|::1$|localhost$)/i

/** What the executable prints once it listens. */
export function startLines(started: Started): string[] {
  const { url, host, isDemo, hasOrigins, hasPages, needsRedis = false, hasTurn, metricsUrl } = started
  const isEverywhere = everywhere.includes(host)
  const others = isEverywhere ? ' and every other address of this machine' : ''
  return [
    `dowellchat-server listens on ${url}${others}`,
    ...(isDemo || hasOrigins
      ? []
      : ['Pages of every origin may connect: set ORIGINS to those of your own pages']),
    ...(isDemo
      ? [`Demo: ${whoCanReach(host)} can be anybody in the workspace demo, whose key is demo-key`]
      : []),
    ...(isDemo && isLoopback(host) ? ['To let other machines in, set HOST=0.0.0.0'] : []),
    ...(needsRedis
      ? [
          'Several servers on this database need REDIS_URL: without it calls and presence stay on each server, and messages and tickets reach the others up to two seconds late',
        ]
      : []),
    ...(isDemo || hasTurn
      ? []
      : [
          'Calls have no TURN server: people behind strict networks will not hear each other. Set TURN_URLS and TURN_SECRET',
        ]),
    ...(metricsUrl === undefined ? [] : [`Metrics are on ${metricsUrl}`]),
    ...(hasPages ? [`Open ${url}/ in a browser`] : []),
  ]
}

function whoCanReach(host: string | undefined): string {
  return isLoopback(host) ? 'anybody on this machine, and nobody else,' : 'anybody who can reach this machine'
}

function isLoopback(host = ''): boolean {
  return loopback.test(host)
}
