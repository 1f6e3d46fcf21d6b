import { type Kind, sql } from './kind.ts'

const row = (set: string) => (folder: string) =>
  sql(
    folder,
    `UPDATE entries SET ${set} WHERE seq = 60 AND stream_n = (SELECT n FROM streams WHERE stream = 'room:lobby')`,
  )

const damagedRow = { from: 'closed', outcome: 'told', says: /stored row is damaged/ } as const

export const rows: readonly Kind[] = [
  {
    ...damagedRow,
    id: 'row-quote',
    what: "a byte of a message's text is a quote",
    damage: row(`text = replace(text, 'message 60', 'messa"e 60')`),
    isShort: true,
  },
  {
    ...damagedRow,
    id: 'row-control',
    what: "a byte of a message's text is a control character",
    damage: row(`text = replace(text, 'message 60', 'messa' || char(1) || 'e 60')`),
  },
  {
    ...damagedRow,
    id: 'row-cut',
    what: "a message's text ends half-way",
    damage: row('text = substr(text, 1, 150)'),
  },
  { ...damagedRow, id: 'row-empty', what: "a message's text is empty", damage: row(`text = ''`) },
  { ...damagedRow, id: 'row-blob', what: "a message's text is bytes", damage: row(`text = x'00ff00ff'`) },
  {
    ...damagedRow,
    id: 'row-key',
    what: "a message's text has another field",
    damage: row(`text = replace(text, '"message_data"', '"message_dafa"')`),
  },
  {
    ...damagedRow,
    id: 'row-seq',
    what: "a message's text is of another seq",
    damage: row(`text = replace(text, '"seq":60', '"seq":61')`),
  },
  {
    ...damagedRow,
    id: 'row-stream',
    what: "a message's text is of another stream",
    damage: row(`text = replace(text, 'room:lobby', 'room:cellar')`),
  },
  {
    ...damagedRow,
    id: 'row-id',
    what: "a message's text has another id",
    damage: row(`text = json_set(text, '$._id', 'another')`),
  },
  {
    ...damagedRow,
    id: 'row-time',
    what: "a message's time is none",
    damage: row(`text = json_set(text, '$.created_at', '2026-13-99')`),
  },
  {
    ...damagedRow,
    id: 'row-gone',
    what: 'a message in the middle is missing',
    damage: (folder) =>
      sql(
        folder,
        `DELETE FROM entries WHERE seq = 60 AND stream_n = (SELECT n FROM streams WHERE stream = 'room:lobby')`,
      ),
  },
  {
    ...damagedRow,
    id: 'ticket',
    what: "a ticket's name is a number",
    damage: (folder) =>
      sql(folder, `UPDATE tickets SET product = x'01' WHERE n = (SELECT min(n) FROM tickets)`),
  },
  {
    ...damagedRow,
    id: 'room',
    isShort: true,
    what: "a room's metadata is no JSON",
    damage: (folder) =>
      sql(folder, `UPDATE rooms SET metadata_text = '{' WHERE n = (SELECT min(n) FROM rooms)`),
  },
  {
    ...damagedRow,
    id: 'call',
    isShort: true,
    what: "an open call's fields are no JSON",
    damage: (folder) =>
      sql(
        folder,
        `UPDATE calls SET body = '{"' WHERE n = (SELECT min(n) FROM calls)`,
        `INSERT OR IGNORE INTO call_devices (workspace_id, user_id, device_id, call_n, is_talking)
           SELECT workspace_id, 'bob', 'd', min(n), 0 FROM calls`,
        "INSERT OR IGNORE INTO open_calls SELECT '', id, min(n) FROM calls",
      ),
  },
  {
    ...damagedRow,
    id: 'topic',
    what: "a topic's time is missing",
    damage: (folder) => sql(folder, `UPDATE topics SET created_at = x'00'`),
  },
]
