/** How a metric is exposed. */
export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

function metric(
  type: MetricDefinition['type'],
  name: string,
  help: string,
  ...labels: readonly string[]
): MetricDefinition {
  return { type, name: `dowellchat_${name}`, help, labels }
}

/**
 * Every metric of the server, beside those of the process that prom-client has. Labels come from the contract, the limits or
 * this code; none is an id of a user, room or workspace.
 */
export const metricDefinitions = {
  info: metric('gauge', 'info', 'Always 1. The version that runs.', 'version'),
  ready: metric('gauge', 'ready', '1 where /ready answers 200, else 0.'),

  connections: metric('gauge', 'connections', 'Sockets that are connected.', 'dialect'),
  handshakes: metric(
    'counter',
    'handshakes_total',
    'Handshakes; the result is ok or an error code.',
    'result',
  ),
  disconnects: metric(
    'counter',
    'disconnects_total',
    "Sockets that are gone, by socket.io's reason.",
    'reason',
  ),

  requests: metric(
    'counter',
    'requests_total',
    'Requests that were answered; the result is ok or an error code.',
    'request',
    'result',
  ),
  requestSeconds: metric(
    'histogram',
    'request_seconds',
    'Seconds from when a request is begun to its answer, time in queues and in the store included.',
    'request',
  ),
  askedMessages: metric(
    'counter',
    'before_message_total',
    'What beforeMessage has answered; full where it was not asked, since too many of its calls have not ended.',
    'outcome',
  ),
  deliveries: metric(
    'counter',
    'webhook_deliveries_total',
    'Tries to deliver something to a webhook; the outcome is delivered or failed.',
    'webhook',
    'outcome',
  ),
  parkedStreams: metric(
    'counter',
    'webhook_streams_parked_total',
    'Streams that were parked, since their webhook has not taken them for a day.',
    'webhook',
  ),
  requestsInFlight: metric('gauge', 'requests_in_flight', 'Requests that are being handled.'),
  requestsWaiting: metric('gauge', 'requests_waiting', 'Requests that wait behind others of their socket.'),
  refusals: metric(
    'counter',
    'refusals_total',
    'What was refused or closed because of a limit; abuse where a client went on while it was refused.',
    'limit',
  ),

  drafts: metric('gauge', 'drafts', 'Messages that are being written bit by bit.'),
  queueLength: metric('gauge', 'queue_length', 'What waits in a queue.', 'queue'),
  receivedBytes: metric('counter', 'received_bytes_total', 'Bytes that came in over HTTP and WebSockets.'),
  sentBytes: metric('counter', 'sent_bytes_total', 'Bytes that went out over HTTP and WebSockets.'),

  storeSeconds: metric(
    'histogram',
    'store_seconds',
    'Seconds that the store took for an operation.',
    'operation',
  ),
  storeFailures: metric('counter', 'store_failures_total', 'Operations that the store failed.', 'operation'),
  storeInFlight: metric(
    'gauge',
    'store_operations_in_flight',
    'Operations that the store has not answered yet.',
  ),
  damagedRows: metric('counter', 'damaged_rows_total', 'Rows that could not be read as they were written.'),

  loopDelay: metric(
    'gauge',
    'event_loop_delay_seconds',
    'How late the event loop was since the last scrape.',
    'quantile',
  ),
  ticketsWaiting: metric(
    'gauge',
    'tickets_waiting',
    'Open tickets without a line manager, in all workspaces.',
  ),
  ticketsOverdue: metric(
    'gauge',
    'tickets_overdue',
    'Open tickets whose target is past, by what was promised, in all workspaces.',
    'target',
  ),
  lineWaits: metric(
    'counter',
    'line_waits_total',
    'Tickets that were taken out of a line, by when that was: within the range that was estimated when they came into it, before or after.',
    'outcome',
  ),
  lineWaitSeconds: metric(
    'histogram',
    'line_wait_seconds',
    'Seconds that tickets waited in a line, as was estimated and as it was.',
    'kind',
  ),
  lineErrorSeconds: metric(
    'histogram',
    'line_wait_error_seconds',
    'By how many seconds the middle of the estimate was off.',
  ),
  sharedChanges: metric(
    'counter',
    'shared_changes_total',
    'Changes that every server acts on, such as revocations, by kind.',
    'kind',
  ),
  servers: metric('gauge', 'servers', 'Servers that live on the database, this one included.'),
  serversUnheard: metric(
    'gauge',
    'servers_unheard',
    'Other servers that live and whose messages do not arrive here.',
  ),
  busConnected: metric('gauge', 'bus_connected', '1 where Redis answers, else 0.'),
  busSent: metric('counter', 'bus_sent_total', 'Messages to other servers.', 'kind'),
  busReceived: metric('counter', 'bus_received_total', 'Messages of other servers.', 'kind'),
  busGaps: metric(
    'counter',
    'bus_gaps_total',
    'Times at which messages of another server were missing; the store was read then.',
  ),
  busIgnored: metric(
    'counter',
    'bus_ignored_total',
    'What arrived over Redis and was not acted on, by why.',
    'reason',
  ),
  uploads: metric('counter', 'uploads_total', 'Steps of uploads, by what happened.', 'step'),
  filesRemoved: metric(
    'counter',
    'files_removed_total',
    'Files whose bytes had to go, by whether they could be removed.',
    'result',
  ),
  logLines: metric(
    'counter',
    'log_lines_total',
    'Lines of the log, also those that were only counted.',
    'level',
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>

/** Seconds. A request in memory takes under one millisecond, the store's deadline is two seconds. */
export const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Seconds that people wait: from ten seconds to eight hours. */
export const waitBuckets = [10, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200, 14_400, 28_800]
