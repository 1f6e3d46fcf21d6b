import { CallCare } from './calls/call-care.ts'
import { CallsHere } from './calls/calls-here.ts'
import type { ChatParts } from './chat-parts.ts'
import { ChangedRows } from './delivery/changed-rows.ts'
import { followRemovals } from './delivery/follow-removals.ts'
import { followedHints, hintsOver, watchedHints } from './delivery/hints.ts'
import { LateChanges } from './delivery/late-changes.ts'
import { LineMinutes } from './delivery/line-minutes.ts'
import { LineMoves } from './delivery/line-moves.ts'
import { Lines } from './delivery/lines.ts'
import { ListedRooms } from './delivery/listed-rooms.ts'
import { MemberRooms } from './delivery/member-rooms.ts'
import { MissedEntries } from './delivery/missed-entries.ts'
import { OpeningHours } from './delivery/opening-hours.ts'
import { OwnStrategy } from './delivery/own-strategy.ts'
import { Receipts } from './delivery/receipts.ts'
import { RoomActivity } from './delivery/room-activity.ts'
import { SearchIndexing } from './delivery/search-indexing.ts'
import { ServingTimes } from './delivery/serving-times.ts'
import { Streams } from './delivery/streams.ts'
import { Threads } from './delivery/threads.ts'
import { tellingCalls } from './delivery/ticket-calls.ts'
import { WaitingTimes } from './delivery/waiting-times.ts'
import type { FinishSteps } from './finish.ts'
import { LastSeen } from './identity/last-seen.ts'
import { Attendance } from './lines/attendance.ts'
import { LineCare } from './lines/line-care.ts'
import type { Logger, Trace } from './logger.ts'
import type { Meter } from './metrics/meter.ts'
import { SerialQueues } from './queues/serial-queues.ts'
import { UnderWay } from './queues/under-way.ts'
import { auditRequests } from './requests/audited.ts'
import { createOpenContext } from './requests/contexts.ts'
import { type DispatchOptions, dispatch } from './requests/dispatch.ts'
import { type EndingCalls, endCalls } from './requests/end-calls.ts'
import { readingEvents } from './requests/reads.ts'
import { Renewals } from './requests/renewals.ts'
import { Budgets } from './sockets/budgets.ts'
import type { Connecting } from './sockets/connecting.ts'
import { CrossingFacts } from './sockets/crossing-facts.ts'
import { Devices } from './sockets/devices.ts'
import { createDialects, type Dialects } from './sockets/dialects/index.ts'
import { Drafts } from './sockets/drafts.ts'
import { answerDraining, type DrainParts, drain } from './sockets/drain.ts'
import { ProtocolAbuse } from './sockets/frames.ts'
import { Handshakes } from './sockets/handshakes.ts'
import { followRooms } from './sockets/heard-rooms.ts'
import { Outbound } from './sockets/outbound.ts'
import { nameOf } from './sockets/place.ts'
import { Presence } from './sockets/presence.ts'
import { SessionEnds } from './sockets/session-ends.ts'
import type { ChatIo, ChatSocket } from './sockets/socket.ts'
import { callRoom, Sockets } from './sockets/sockets.ts'
import { Typing } from './sockets/typing.ts'
import { Whereabouts } from './sockets/whereabouts.ts'
import type { Call, Store } from './stores/store.ts'
import { Webhooks } from './webhooks/webhooks.ts'

/** Connects sockets, dialects, streams and handlers. */
export class Chat {
  readonly #io: ChatIo
  readonly #connecting: Connecting
  readonly #logger: Logger
  readonly #trace: Trace | undefined
  readonly #meter: Meter | undefined
  readonly #dialects: Dialects
  readonly #sockets: Sockets
  readonly #devices: Devices
  readonly #handshakes: Handshakes
  readonly #sessionEnds: SessionEnds
  readonly #lastSeen: LastSeen
  readonly #memberRooms: MemberRooms
  readonly #lateChanges: LateChanges
  readonly #threads: Threads
  readonly #missedEntries: MissedEntries
  readonly #waitingTimes: WaitingTimes
  readonly #lineMoves: LineMoves
  readonly #servingTimes: ServingTimes
  readonly #attendance: Attendance
  readonly #listedRooms: ListedRooms
  readonly #roomActivity: RoomActivity
  readonly #receipts: Receipts
  readonly #rows: ChangedRows
  readonly #dispatching: DispatchOptions
  readonly #ending: EndingCalls
  readonly #budgets: Budgets
  readonly #draining: DrainParts
  readonly #outbound: Outbound
  readonly #presence: Presence
  readonly #typing: Typing
  readonly #drafts: Drafts
  readonly streams: Streams
  readonly lines: Lines
  /** Looks after those who are away. */
  readonly lineCare: LineCare
  readonly search: SearchIndexing
  readonly callCare: CallCare
  /** What follows streams from outside. */
  readonly webhooks: Webhooks
  readonly #calls = new SerialQueues()
  readonly #underWay = new UnderWay()
  #isStopping = false

  constructor(parts: ChatParts) {
    const { io, store, proveToken, revocations, nodes, changes, logger, trace, audit, authorize } = parts
    const calls = this.#calls
    // In the user's queue, so that it finds a call that the same socket requested just before.
    const openCalls: Store['calls']['listOpen'] = (workspaceId, device) =>
      calls.run(nameOf([workspaceId, device.user_id]), () => store.calls.listOpen(workspaceId, device))
    this.#io = io
    this.#draining = {
      io,
      limits: parts.limits.server,
      unansweredOf: (socket) => this.#budgets.unansweredOf(socket),
      nodes,
      logger,
    }
    answerDraining(nodes, () => this.requestsInFlight)
    this.#connecting = parts.connecting
    this.#logger = logger
    this.#trace = trace
    this.#meter = parts.meter
    const dialects = createDialects({ ...parts, openCalls })
    const sockets = new Sockets(io, dialects, parts.limits.server)
    const lastSeen = new LastSeen(store.users, parts.keys, logger)
    this.#dialects = dialects
    this.#sockets = sockets
    this.#devices = new Devices({ nodes, sockets })
    this.#lastSeen = lastSeen
    this.#handshakes = new Handshakes({ ...parts, dialects, sockets, lastSeen })
    this.#sessionEnds = new SessionEnds({ ...parts, dialects, sockets, lastSeen })
    this.#budgets = new Budgets({
      ...parts,
      dialects,
      inFlightOfAll: () => this.requestsInFlight,
      run: (socket, budget, event, args) =>
        this.#underWay.track(this.#outbound.reads.handle(socket, budget, event, args)),
    })
    const listedRooms = new ListedRooms({ store: store.streams, sockets, nodes, logger })
    const search = new SearchIndexing({ ...parts, store: store.search })
    this.search = search
    const watched = watchedHints(hintsOver(nodes), (key) => listedRooms.grew(key))
    const hints = followedHints(watched, (key, head) => {
      search.grew(key)
      this.webhooks.grew(key, head)
    })
    const callsHere = new CallsHere({ calls: store.calls, nodes, sockets })
    const { push } = new CrossingFacts({ nodes, sockets, onFact: callsHere.told.bind(callsHere) })
    const drafts = new Drafts({ nodes, push, limits: parts.limits.server })
    const streams = new Streams(store.streams, drafts.endedBy(sockets.broadcast), hints, {
      trace,
      isShared: store.nodes !== undefined,
      turns: store.turns,
    })
    const receipts = new Receipts({
      store,
      push,
      isHeard: (address) => nodes.others.length > 0 || sockets.hasAny([address]),
      areOn: (id) => parts.workspaces.get(id)?.receipts ?? false,
      logger,
    })
    const roomActivity = new RoomActivity({ store, push, receipts, logger })
    const whereabouts = new Whereabouts({ nodes, sockets })
    const { server: limits } = parts.limits
    const presence = new Presence({ io, sockets, nodes, changes, store, lastSeen, limits, logger })
    const typing = new Typing({ sights: presence.sights, push })
    this.#presence = presence
    this.#typing = typing
    this.#drafts = drafts
    const webhooks = new Webhooks({ ...parts, ...parts.outside, people: presence.people, limits })
    this.webhooks = webhooks
    const missedCall = webhooks.tellsCalls ? webhooks.missedCall.bind(webhooks) : undefined
    const tellCall = tellingCalls({ store, streams, logger, isStopping: () => this.#isStopping })
    const callEnded = (workspaceId: string, call: Call) => this.#underWay.track(tellCall(workspaceId, call))
    const callCare = new CallCare({
      calls: store.calls,
      here: callsHere,
      nodes,
      sockets,
      whereabouts,
      push,
      limits,
      logger,
      trace,
      missedCall,
      callEnded,
    })
    this.callCare = callCare
    const late = new LateChanges(changes)
    this.#lateChanges = late
    const rows = new ChangedRows({ store, sockets, push, changes, late, server: nodes.id, logger })
    const threads = new Threads({ store: store.threads, sockets, push })
    this.#threads = threads
    const memberRooms = new MemberRooms({
      rooms: store.rooms,
      streams,
      threads,
      sockets,
      changes,
      late,
      rows,
      logger,
    })
    const { tickets } = store
    const waitingTimes = new WaitingTimes({ tickets, sockets, changes, rows, logger })
    const openingHours = new OpeningHours({ topics: store.topics, changes })
    const lineMoves = new LineMoves({ store, hours: openingHours, push: sockets.push, changes, rows, logger })
    const lineMinutes = new LineMinutes(sockets, waitingTimes)
    lineMoves.onState = (key, state) => lineMinutes.moved(key, state)
    const servingTimes = new ServingTimes({ store, rows, meter: parts.meter, logger })
    servingTimes.onObserved = (key) => lineMoves.tell(key)
    const { strategy: choose } = parts
    const strategy = choose && new OwnStrategy({ choose, ...store, logger })
    const times = waitingTimes
    const lines = new Lines({
      store,
      streams,
      hours: openingHours,
      strategy,
      times,
      audit,
      rows,
      logger,
      trace,
    })
    const attendance = new Attendance({
      ...{ io, sockets, nodes, changes, rows, lines, logger },
      people: presence.people,
      lineManagers: store.lineManagers,
      onChanged: () => undefined,
    })
    this.lineCare = new LineCare({ ...parts, lines, attendance })
    this.#attendance = attendance
    this.streams = streams
    followRemovals(changes, streams, logger)
    followRooms(io.of('/').adapter, { streams, threads, listedRooms, lineMoves })
    this.#missedEntries = new MissedEntries({ store: store.streams, streams, nodes, logger })
    this.lines = lines
    this.#waitingTimes = waitingTimes
    this.#lineMoves = lineMoves
    this.#servingTimes = servingTimes
    this.#listedRooms = listedRooms
    this.#roomActivity = roomActivity
    this.#receipts = receipts
    this.#rows = rows
    this.#memberRooms = memberRooms
    const renewals = new Renewals({ proveToken, revocations, tickets: store.tickets, threads, lastSeen })
    const settled = async () => {
      await streams.settled()
      await Promise.all([roomActivity.write(), lastSeen.write(), audit.settled()])
    }
    const openContext = createOpenContext({
      ...parts,
      changes: {
        announce: late.announce.bind(late),
        afterWrite: late.afterWrite.bind(late),
        poll: changes.poll.bind(changes),
      },
      sockets,
      whereabouts,
      callCare,
      streams,
      memberRooms,
      threads,
      roomActivity,
      listedRooms,
      receipts,
      search,
      renewals,
      presence,
      typing,
      drafts,
      calls,
      settled,
      lines,
      attendance,
      openingHours,
      waitingTimes,
      lineMoves,
      servingTimes,
      rows,
      missedCall,
      callEnded,
    })
    const { meter } = parts
    const outbound = new Outbound({
      io,
      dialects,
      sockets,
      ends: streams.ends,
      limits: parts.limits.server,
      readingEvents,
      run: (socket, budget, event, args) => dispatch(socket, budget, event, args, this.#dispatching),
      logger,
      meter,
    })
    this.#outbound = outbound
    const { reads } = outbound
    this.#ending = { dialects, openContext, logger }
    this.#dispatching = { openContext, logger, trace, meter, audit: auditRequests(audit), authorize, reads }
  }

  /** Begins to admit sockets. */
  admit(): void {
    this.#io.use(this.#handshakes.admit)
    const { onEvent, onDisconnecting, onError } = this.#listeners()
    this.#io.on('connection', (socket) => {
      const { session, protocol } = socket.data
      const { workspace_id: workspace, user_id: user, device_id: device } = session
      this.#trace?.({ socket: socket.id, user, device, protocol, workspace }, 'connect')
      this.#connecting.admitted(socket.conn)
      const dialect = this.#dialects.of(socket)
      dialect.joinRooms(socket)
      if (dialect.hasDevices) this.#devices.connected(socket)
      this.#sockets.deadlines.watch(socket)
      this.#budgets.open(socket)
      socket.onAny(onEvent)
      // Not `disconnect`: by then the socket has left its rooms.
      socket.on('disconnecting', onDisconnecting)
      socket.on('error', onError)
      this.#sessionEnds.follow(socket)
      this.#handshakes.expectFew(socket)
      if (dialect.hasDevices) this.#underWay.track(this.callCare.welcome(session, socket.id))
    })
  }

  /** How many events are being handled. */
  get requestsInFlight(): number {
    return this.#underWay.count
  }

  /** How many requests wait behind others of their socket. */
  countWaitingRequests(): number {
    let waiting = 0
    for (const socket of this.#io.of('/').sockets.values()) waiting += this.#budgets.waitingOf(socket)
    return waiting
  }

  /** How many messages are being written bit by bit. */
  get draftCount(): number {
    return this.#drafts.count
  }

  /** What waits or runs in each queue. */
  get queueLengths(): Readonly<Record<string, number>> {
    return { streams: this.streams.waiting, calls: this.#calls.length }
  }

  /** Connected sockets by the name of their dialect. */
  countConnections(): Record<string, number> {
    const counts = Object.fromEntries(this.#dialects.all.map(({ name }) => [name, 0]))
    for (const socket of this.#io.of('/').sockets.values()) {
      const { name } = this.#dialects.of(socket)
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }

  /** Admits no more sockets, and closes those that there are once what they have asked is answered. */
  async drain(): Promise<void> {
    this.#isStopping = true
    this.#handshakes.close()
    this.#presence.drain()
    await drain(this.#draining)
    this.#sockets.deadlines.stop()
  }

  /** What is to be finished once everybody is gone. Each step may make work for the later ones. */
  get finishing(): FinishSteps {
    return {
      requests: () => this.#underWay.idle(),
      'line managers': () => Promise.all([this.lineCare.stop(), this.#attendance.stop()]),
      tickets: () => this.lines.stop(),
      'waiting times': () =>
        Promise.all([this.#waitingTimes.stop(), this.#lineMoves.stop(), this.#servingTimes.stop()]),
      rooms: () =>
        Promise.all([
          this.#rows.stop(),
          this.#memberRooms.stop(),
          this.#missedEntries.stop(),
          this.#lateChanges.stop(),
        ]),
      messages: () => this.streams.idle(),
      'lists and what follows messages': () =>
        Promise.all([
          this.search.stop(),
          this.webhooks.stop(),
          this.#listedRooms.stop(),
          this.#roomActivity.stop(),
        ]),
      'who has read': () => this.#receipts.stop(),
      calls: () => Promise.all([this.#calls.idle(), this.callCare.stop()]),
      presence: async () => {
        this.#threads.stop()
        this.#typing.stop()
        this.#drafts.close()
        await this.#presence.stop()
        await this.#lastSeen.write()
        this.#outbound.stop()
        this.#budgets.stop()
      },
    }
  }

  /** The listeners that all sockets share, with the socket as `this`: a closure per socket costs about 1 KiB. */
  #listeners() {
    const chat = this
    return {
      onEvent(this: ChatSocket, event: unknown, ...args: unknown[]): void {
        chat.#budgets.take(this, event, args)
      },
      onDisconnecting(this: ChatSocket, reason: string): void {
        chat.#trace?.({ socket: this.id, reason }, 'disconnect')
        chat.#meter?.disconnected(reason)
        chat.#sockets.deadlines.forget(this)
        chat.#budgets.release(this)
        chat.#typing.left(this.id)
        chat.#connecting.left(this.conn)
        if (this.rooms.has(callRoom)) chat.#underWay.track(endCalls(this, reason, chat.#ending))
      },
      onError(this: ChatSocket, error: unknown): void {
        // A client can send an event called `error` with any payload.
        if (!(error instanceof Error)) return
        if (error instanceof ProtocolAbuse) chat.#budgets.endBroken(this, error.message)
        chat.#logger.info({ socket: this.id }, 'A connection broke the protocol')
      },
    }
  }
}
