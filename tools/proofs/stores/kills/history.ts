import type { Message, Page } from '../../../../packages/protocol/src/index.ts'
import type { Person } from '../person.ts'
import type { Findings } from './findings.ts'

/** A room's log as a reader has it so far. */
export class History {
  readonly room: string
  readonly entries: Message[] = []
  readonly byCid = new Map<string, Message>()
  #epoch = ''

  constructor(room: string) {
    this.room = room
  }

  /** Reads the following entries, page by page; adds holes and doubles to the findings. */
  async readOn(reader: Person, findings: Findings): Promise<void> {
    if (this.#epoch === '') this.#epoch = (await reader.get<Page>('join', { room: this.room })).epoch
    for (let more = true; more; ) {
      const last = this.entries.at(-1)
      const position = { epoch: this.#epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
      const page = await reader.get<Page>('get_entries', { stream: `room:${this.room}`, position })
      if (page.reset) {
        findings.add('altered', `${this.room} does not continue ${position.seq}: ${page.reset.reason}`)
        return
      }
      for (const entry of page.entries) if (entry.type === 'message') this.#take(entry, findings)
      more = page.more
    }
  }

  #take(entry: Message, findings: Findings): void {
    const place = this.entries.length + 1
    const isNext = entry.seq === place && entry.nth === place
    findings.expect(isNext, entry.seq < place ? 'doubled' : 'holes', () => {
      return `${this.room} has seq ${entry.seq}, nth ${entry.nth} at place ${place}`
    })
    findings.expect(!this.byCid.has(entry.cid), 'doubled', () => `${this.room} has cid ${entry.cid} twice`)
    this.entries.push(entry)
    this.byCid.set(entry.cid, entry)
  }
}
