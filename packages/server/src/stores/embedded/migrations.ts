/**
 * The steps from an empty file to today's tables; a file's `user_version` says how many of them it has had. A released
 * step is never changed: what comes later is a further step.
 *
 * Nothing is ordered by a clock: `n` tells what came first, `seq` within a stream. A unique index on a `cid` begins with
 * it, since cids of version 7 then go to the index's end.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE workspaces (id TEXT PRIMARY KEY, key_hashes TEXT NOT NULL, guests INTEGER NOT NULL);

  CREATE TABLE streams (
    n INTEGER PRIMARY KEY, workspace_id TEXT NOT NULL, stream TEXT NOT NULL, epoch TEXT NOT NULL,
    UNIQUE (workspace_id, stream)
  );

  CREATE TABLE entries (
    stream_n INTEGER NOT NULL, seq INTEGER NOT NULL, nth INTEGER NOT NULL, id TEXT NOT NULL,
    author TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL, sid TEXT, text TEXT NOT NULL
  );
  CREATE UNIQUE INDEX entries_place ON entries (stream_n, seq);
  CREATE UNIQUE INDEX entries_cid ON entries (cid, stream_n, author);

  CREATE TABLE calls (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL,
    user_id TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL, body TEXT NOT NULL
  );
  CREATE UNIQUE INDEX calls_id ON calls (workspace_id, id);
  CREATE UNIQUE INDEX calls_cid ON calls (cid, workspace_id, user_id);

  CREATE TABLE call_devices (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, device_id TEXT NOT NULL, call_n INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id, device_id, call_n)
  ) WITHOUT ROWID;
  CREATE INDEX call_devices_call ON call_devices (call_n);

  CREATE TABLE topics (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    created_at TEXT NOT NULL, client_created_at TEXT,
    user_id TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX topics_name ON topics (workspace_id, name);
  CREATE UNIQUE INDEX topics_cid ON topics (cid, workspace_id, user_id);

  CREATE TABLE line_managers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    positions_in_a_line INTEGER NOT NULL, average_serving_time REAL NOT NULL, capacity INTEGER,
    is_active INTEGER NOT NULL, created_at TEXT NOT NULL, client_created_at TEXT,
    created_by TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX line_managers_user ON line_managers (workspace_id, user_id);
  CREATE UNIQUE INDEX line_managers_cid ON line_managers (cid, workspace_id, created_by);

  CREATE TABLE tickets (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    display_name TEXT, product TEXT NOT NULL, line_manager TEXT, slot INTEGER,
    is_closed INTEGER NOT NULL DEFAULT 0, closed_by TEXT, close_count INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, closed_at TEXT, client_created_at TEXT,
    cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX tickets_id ON tickets (workspace_id, id);
  CREATE UNIQUE INDEX tickets_cid ON tickets (cid, workspace_id, user_id);
  CREATE UNIQUE INDEX tickets_slot ON tickets (workspace_id, line_manager, slot) WHERE slot IS NOT NULL;
  CREATE INDEX tickets_open ON tickets (workspace_id, line_manager, n) WHERE is_closed = 0;
  CREATE INDEX tickets_newest ON tickets (workspace_id, n);
  CREATE INDEX tickets_user ON tickets (workspace_id, user_id, n);
  CREATE INDEX tickets_product ON tickets (workspace_id, product, n);
  `,
  // The place of the last entry that retention has removed, from which an empty log counts on.
  `
  ALTER TABLE workspaces ADD COLUMN retention_days INTEGER;
  ALTER TABLE streams ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE streams ADD COLUMN pruned_nth INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE streams ADD COLUMN pruned_id TEXT;
  `,
  `
  CREATE TABLE users (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    name TEXT, picture TEXT, metadata TEXT NOT NULL, created_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
    name_key TEXT NOT NULL, claimed_name TEXT, claimed_picture TEXT
  );
  CREATE UNIQUE INDEX users_id ON users (workspace_id, id);
  CREATE UNIQUE INDEX users_user ON users (workspace_id, user_id);
  CREATE INDEX users_name ON users (workspace_id, name_key);

  CREATE TABLE aliases (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, guest_id TEXT NOT NULL,
    user_id TEXT NOT NULL, created_at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX aliases_id ON aliases (workspace_id, id);
  CREATE UNIQUE INDEX aliases_guest ON aliases (workspace_id, guest_id);
  CREATE INDEX aliases_user ON aliases (workspace_id, user_id, id);

  CREATE TABLE blocks (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    blocked_id TEXT NOT NULL, created_at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX blocks_id ON blocks (workspace_id, id);
  CREATE UNIQUE INDEX blocks_pair ON blocks (workspace_id, user_id, blocked_id);
  CREATE INDEX blocks_user ON blocks (workspace_id, user_id, id);
  CREATE INDEX blocks_blocked ON blocks (workspace_id, blocked_id);
  `,
  // Those whose sessions were ended, and the log that tells the other servers.
  `
  CREATE TABLE revocations (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, revoked_before TEXT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
  ) WITHOUT ROWID;
  CREATE TABLE changes (seq INTEGER PRIMARY KEY, made_at TEXT NOT NULL, body TEXT NOT NULL);
  `,
  `
  ALTER TABLE workspaces ADD COLUMN page_key_hashes TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE workspaces ADD COLUMN v2 INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE keys (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT,
    prefix TEXT NOT NULL, scopes TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL, expires_at TEXT,
    revoked_at TEXT, last_used_at TEXT, replaces TEXT,
    hash TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX keys_id ON keys (workspace_id, id);
  CREATE UNIQUE INDEX keys_hash ON keys (workspace_id, hash);
  CREATE UNIQUE INDEX keys_cid ON keys (cid, workspace_id);
  CREATE INDEX keys_newest ON keys (workspace_id, n);
  CREATE INDEX keys_creator ON keys (workspace_id, created_by);

  CREATE TABLE audit (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL,
    act TEXT NOT NULL, by TEXT, key_id TEXT, address TEXT, object TEXT, user_id TEXT, result TEXT NOT NULL,
    count INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX audit_id ON audit (workspace_id, id);
  CREATE INDEX audit_newest ON audit (workspace_id, at, id);
  CREATE INDEX audit_address ON audit (workspace_id, at) WHERE address IS NOT NULL;
  CREATE INDEX audit_by ON audit (workspace_id, by);
  CREATE INDEX audit_user ON audit (workspace_id, user_id);
  `,
  // Rooms with members. The members are in the room's own row; their table is to find rooms by.
  `
  CREATE TABLE rooms (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    title TEXT, metadata_text TEXT NOT NULL, owner TEXT, member_count INTEGER NOT NULL, created_at TEXT NOT NULL,
    closed_at TEXT, version INTEGER NOT NULL, user_id TEXT NOT NULL, pair TEXT NOT NULL,
    members TEXT NOT NULL, invites TEXT NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX rooms_id ON rooms (workspace_id, id);
  CREATE UNIQUE INDEX rooms_pair ON rooms (workspace_id, pair);
  CREATE UNIQUE INDEX rooms_cid ON rooms (cid, workspace_id, user_id);

  CREATE TABLE room_members (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, room_n INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id, room_n)
  ) WITHOUT ROWID;

  ALTER TABLE workspaces ADD COLUMN customers_meet TEXT NOT NULL DEFAULT 'acquaintances';
  ALTER TABLE workspaces ADD COLUMN customers_ring_agents INTEGER NOT NULL DEFAULT 0;

  CREATE INDEX tickets_people ON tickets (workspace_id, user_id, line_manager);
  `,
  // Entries that are no messages; null means a message.
  `
  ALTER TABLE entries ADD COLUMN type TEXT;
  `,
  // A line manager's open tickets are counted by the ticket's own write, whichever statement that is.
  `
  ALTER TABLE line_managers ADD COLUMN ticket_count INTEGER NOT NULL DEFAULT 0;
  UPDATE line_managers SET ticket_count = (SELECT count(*) FROM tickets
    WHERE workspace_id = line_managers.workspace_id AND line_manager = line_managers.user_id AND is_closed = 0);

  CREATE INDEX line_managers_free ON line_managers (workspace_id, ticket_count, positions_in_a_line, n)
    WHERE is_active = 1 AND (capacity IS NULL OR ticket_count < capacity);
  CREATE INDEX line_managers_place ON line_managers (workspace_id, positions_in_a_line, n);
  CREATE INDEX tickets_user_product ON tickets (workspace_id, user_id, product, n);

  CREATE TRIGGER tickets_added AFTER INSERT ON tickets WHEN NEW.is_closed = 0 BEGIN
    UPDATE line_managers SET ticket_count = ticket_count + 1
    WHERE workspace_id = NEW.workspace_id AND user_id = NEW.line_manager;
  END;
  CREATE TRIGGER tickets_moved AFTER UPDATE OF line_manager, is_closed ON tickets
  WHEN OLD.is_closed <> NEW.is_closed OR OLD.line_manager IS NOT NEW.line_manager BEGIN
    UPDATE line_managers SET ticket_count = ticket_count - 1
    WHERE workspace_id = OLD.workspace_id AND user_id = OLD.line_manager AND OLD.is_closed = 0;
    UPDATE line_managers SET ticket_count = ticket_count + 1
    WHERE workspace_id = NEW.workspace_id AND user_id = NEW.line_manager AND NEW.is_closed = 0;
  END;
  CREATE TRIGGER tickets_removed AFTER DELETE ON tickets WHEN OLD.is_closed = 0 BEGIN
    UPDATE line_managers SET ticket_count = ticket_count - 1
    WHERE workspace_id = OLD.workspace_id AND user_id = OLD.line_manager;
  END;

  CREATE TRIGGER line_managers_added AFTER INSERT ON line_managers BEGIN
    UPDATE line_managers SET ticket_count = (SELECT count(*) FROM tickets
      WHERE workspace_id = NEW.workspace_id AND line_manager = NEW.user_id AND is_closed = 0) WHERE n = NEW.n;
  END;
  CREATE TRIGGER line_managers_renamed AFTER UPDATE OF user_id ON line_managers
  WHEN OLD.user_id <> NEW.user_id BEGIN
    UPDATE line_managers SET ticket_count = (SELECT count(*) FROM tickets
      WHERE workspace_id = NEW.workspace_id AND line_manager = NEW.user_id AND is_closed = 0) WHERE n = NEW.n;
  END;
  `,
  // How many tickets a customer has open is counted from it.
  `
  CREATE INDEX tickets_user_open ON tickets (workspace_id, user_id) WHERE is_closed = 0;
  `,
  // Lists of open tickets, and of closed ones. The count of a customer's open tickets reads the second.
  `
  DROP INDEX tickets_user_open;
  CREATE INDEX tickets_closed ON tickets (workspace_id, is_closed, n);
  CREATE INDEX tickets_user_closed ON tickets (workspace_id, user_id, is_closed, n);
  CREATE INDEX tickets_product_closed ON tickets (workspace_id, product, is_closed, n);
  CREATE INDEX tickets_user_product_closed ON tickets (workspace_id, user_id, product, is_closed, n);
  `,
  // The open calls of an owner, to find them by. Those from before have none.
  `
  CREATE TABLE open_calls (
    owner TEXT NOT NULL, id TEXT NOT NULL, call_n INTEGER NOT NULL, PRIMARY KEY (owner, id, call_n)
  ) WITHOUT ROWID;
  CREATE INDEX open_calls_call ON open_calls (call_n);
  INSERT INTO open_calls SELECT '', id, n FROM calls WHERE n IN (SELECT call_n FROM call_devices);
  `,
  // How many rooms a user has made, and how many a workspace has, which is counted by the rooms' own writes.
  `
  CREATE INDEX rooms_user ON rooms (workspace_id, user_id);
  CREATE TABLE room_counts (workspace_id TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO room_counts SELECT workspace_id, count(*) FROM rooms GROUP BY workspace_id;
  CREATE TRIGGER rooms_added AFTER INSERT ON rooms BEGIN
    INSERT INTO room_counts VALUES (NEW.workspace_id, 1)
    ON CONFLICT (workspace_id) DO UPDATE SET count = count + 1;
  END;
  CREATE TRIGGER rooms_removed AFTER DELETE ON rooms BEGIN
    UPDATE room_counts SET count = count - 1 WHERE workspace_id = OLD.workspace_id;
  END;
  `,
  // What goes when a message goes, what it was before it was edited, and what is pinned. Plain messages are in none of these
  // indexes.
  `
  ALTER TABLE entries ADD COLUMN about INTEGER;
  ALTER TABLE entries ADD COLUMN aspect TEXT;
  ALTER TABLE entries ADD COLUMN original TEXT;
  ALTER TABLE entries ADD COLUMN pinned_seq INTEGER;
  CREATE INDEX entries_about ON entries (stream_n, about, aspect, author, seq) WHERE about IS NOT NULL;
  CREATE INDEX entries_pinned ON entries (stream_n, pinned_seq) WHERE pinned_seq IS NOT NULL;
  `,
  // Whom messages mention, to count mentions by. Plain messages are not among them. No trigger adds them: it would cost every
  // append a fifth.
  `
  ALTER TABLE entries ADD COLUMN mentioned TEXT;
  CREATE TABLE mentions (
    stream_n INTEGER NOT NULL, user_id TEXT NOT NULL, nth INTEGER NOT NULL, PRIMARY KEY (stream_n, user_id, nth)
  ) WITHOUT ROWID;
  CREATE TRIGGER entries_mention_others AFTER UPDATE OF mentioned ON entries
  WHEN OLD.mentioned IS NOT NEW.mentioned BEGIN
    DELETE FROM mentions WHERE stream_n = OLD.stream_n AND nth = OLD.nth
      AND user_id IN (SELECT value FROM json_each(OLD.mentioned));
    INSERT OR IGNORE INTO mentions SELECT NEW.stream_n, value, NEW.nth FROM json_each(NEW.mentioned);
  END;
  CREATE TRIGGER entries_mention_no_more AFTER DELETE ON entries WHEN OLD.mentioned IS NOT NULL BEGIN
    DELETE FROM mentions WHERE stream_n = OLD.stream_n AND nth = OLD.nth
      AND user_id IN (SELECT value FROM json_each(OLD.mentioned));
  END;
  `,
  `
  ALTER TABLE tickets ADD COLUMN metadata_text TEXT;
  `,
  // The threads of messages.
  `
  CREATE TABLE threads (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL,
    parent_seq INTEGER NOT NULL, created_at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX threads_id ON threads (workspace_id, id);
  CREATE INDEX threads_parent ON threads (workspace_id, parent);
  `,
  // How users want to be shown, and whether their workspace has presence.
  `
  ALTER TABLE users ADD COLUMN availability TEXT NOT NULL DEFAULT 'online';
  ALTER TABLE users ADD COLUMN status_text TEXT;
  ALTER TABLE users ADD COLUMN sends_receipts INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE users ADD COLUMN shows_presence INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE workspaces ADD COLUMN presence INTEGER NOT NULL DEFAULT 1;
  `,
  // Mutes and slow mode of rooms, and what people report.
  `
  ALTER TABLE rooms ADD COLUMN slow_mode_ms INTEGER;
  ALTER TABLE rooms ADD COLUMN mutes TEXT NOT NULL DEFAULT '[]';

  CREATE TABLE paces (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, room TEXT NOT NULL,
    user_id TEXT NOT NULL, cid TEXT NOT NULL, next_at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX paces_id ON paces (workspace_id, id);
  CREATE UNIQUE INDEX paces_user ON paces (workspace_id, room, user_id);

  CREATE TABLE reports (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, reported_by TEXT,
    user_id TEXT, stream TEXT, seq INTEGER, message_text TEXT, reason TEXT NOT NULL, created_at TEXT NOT NULL,
    resolved_at TEXT, resolved_by TEXT, resolution TEXT, is_resolved INTEGER NOT NULL, slot INTEGER,
    cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX reports_id ON reports (workspace_id, id);
  CREATE UNIQUE INDEX reports_cid ON reports (cid, workspace_id, reported_by);
  CREATE INDEX reports_resolved ON reports (workspace_id, is_resolved, id);
  CREATE UNIQUE INDEX reports_slot ON reports (workspace_id, reported_by, slot) WHERE slot IS NOT NULL;
  `,
  // Who reads a stream, and whether others learn of it. The members of the rooms from before have read what there is.
  `
  ALTER TABLE workspaces ADD COLUMN receipts INTEGER NOT NULL DEFAULT 1;

  CREATE TABLE readers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    stream TEXT NOT NULL, nth INTEGER NOT NULL, seq INTEGER NOT NULL, read_nth INTEGER NOT NULL, read_at TEXT NOT NULL,
    lowered_at TEXT, lowered_nth INTEGER NOT NULL,
    is_muted INTEGER NOT NULL, is_pinned INTEGER NOT NULL, is_archived INTEGER NOT NULL, is_listed INTEGER NOT NULL,
    active_at TEXT NOT NULL, version INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX readers_id ON readers (workspace_id, id);
  CREATE UNIQUE INDEX readers_stream ON readers (workspace_id, user_id, stream);
  CREATE INDEX readers_list ON readers (workspace_id, user_id, is_archived, is_pinned, active_at, stream)
    WHERE is_listed = 1;
  CREATE INDEX readers_active ON readers (workspace_id, stream, active_at);

  INSERT INTO readers SELECT
    NULL, r.workspace_id, lower(hex(randomblob(16))), m.user_id, 'room:' || r.id,
    coalesce(e.nth, s.pruned_nth, 0), coalesce(e.seq, s.pruned_seq, 0), 0, r.created_at, NULL, 0, 0, 0, 0, 1,
    coalesce(CASE WHEN json_valid(e.text) THEN json_extract(e.text, '$.created_at') END, r.created_at), 1
  FROM room_members AS m JOIN rooms AS r ON r.n = m.room_n
  LEFT JOIN streams AS s ON s.workspace_id = r.workspace_id AND s.stream = 'room:' || r.id
  LEFT JOIN entries AS e ON e.stream_n = s.n AND e.seq = (SELECT max(seq) FROM entries WHERE stream_n = s.n);
  `,
  // What is to be delivered outside, such as to webhooks, and who was told of what they have not read.
  `
  CREATE TABLE deliveries (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, consumer TEXT NOT NULL,
    stream TEXT NOT NULL, since TEXT NOT NULL, epoch TEXT, seq INTEGER, noted INTEGER NOT NULL, due_at TEXT,
    failures INTEGER NOT NULL, failing_since TEXT, problem TEXT, parked_at TEXT, event_text TEXT, version INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX deliveries_id ON deliveries (workspace_id, id);
  CREATE UNIQUE INDEX deliveries_place ON deliveries (workspace_id, consumer, stream);
  CREATE INDEX deliveries_due ON deliveries (consumer, due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX deliveries_failing ON deliveries (workspace_id, consumer, stream) WHERE failing_since IS NOT NULL;

  CREATE TABLE notices (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, consumer TEXT NOT NULL,
    stream TEXT NOT NULL, user_id TEXT NOT NULL, nth INTEGER NOT NULL, at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX notices_id ON notices (workspace_id, id);
  CREATE UNIQUE INDEX notices_user ON notices (workspace_id, consumer, stream, user_id);
  `,
  // The files of messages.
  `
  CREATE TABLE uploads (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT, width INTEGER, height INTEGER,
    duration_ms INTEGER, state TEXT NOT NULL, created_at TEXT NOT NULL, due_at TEXT, stream TEXT, message_author TEXT,
    message_cid TEXT, named_at TEXT, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX uploads_id ON uploads (workspace_id, id);
  CREATE UNIQUE INDEX uploads_cid ON uploads (cid, workspace_id, user_id);
  CREATE INDEX uploads_due ON uploads (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX uploads_named ON uploads (workspace_id, named_at) WHERE named_at IS NOT NULL;

  CREATE TABLE upload_days (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL,
    day TEXT NOT NULL, bytes INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX upload_days_id ON upload_days (workspace_id, id);
  CREATE UNIQUE INDEX upload_days_user ON upload_days (workspace_id, day, user_id);
  `,
  // What messages are found by: which have which term, and where in time and in which place a message of the index is. Nothing
  // of a message that is taken out stays in the file.
  `
  ALTER TABLE workspaces ADD COLUMN search INTEGER NOT NULL DEFAULT 0;

  CREATE VIRTUAL TABLE search_terms USING fts5(
    terms, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_*'"
  );
  INSERT INTO search_terms (search_terms, rank) VALUES ('secure-delete', 1);
  INSERT INTO search_terms (search_terms, rank) VALUES ('usermerge', 2);

  CREATE TABLE searched (
    n INTEGER PRIMARY KEY, stream_n INTEGER NOT NULL, seq INTEGER NOT NULL,
    tenant INTEGER NOT NULL, place_n INTEGER NOT NULL, customer INTEGER
  );
  CREATE UNIQUE INDEX searched_place ON searched (stream_n, seq);
  CREATE TABLE search_cursors (stream_n INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
  CREATE TABLE search_states (workspace_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE search_version (version TEXT NOT NULL);
  INSERT INTO search_version VALUES ('');
  `,
  // Which users are programs.
  'ALTER TABLE users ADD COLUMN is_program INTEGER NOT NULL DEFAULT 0;',
  // Tickets have states, a place in a line and what is promised of them; line managers come, go and choose.
  `
  ALTER TABLE tickets ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';
  ALTER TABLE tickets ADD COLUMN subject TEXT;
  ALTER TABLE tickets ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
  ALTER TABLE tickets ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE tickets ADD COLUMN enqueued_at TEXT NOT NULL DEFAULT '';
  ALTER TABLE tickets ADD COLUMN assigned_at TEXT;
  ALTER TABLE tickets ADD COLUMN answered_at TEXT;
  ALTER TABLE tickets ADD COLUMN target TEXT;
  ALTER TABLE tickets ADD COLUMN rating TEXT;
  ALTER TABLE tickets ADD COLUMN line_order TEXT NOT NULL DEFAULT '';
  ALTER TABLE tickets ADD COLUMN moves INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tickets ADD COLUMN first_text TEXT;
  ALTER TABLE tickets ADD COLUMN predicted TEXT;
  ALTER TABLE tickets ADD COLUMN active_at TEXT NOT NULL DEFAULT '';
  UPDATE tickets SET enqueued_at = created_at, active_at = updated_at, line_order = '2 ' || created_at || ' ' || id,
    assigned_at = CASE WHEN line_manager IS NULL THEN NULL ELSE created_at END,
    state = CASE WHEN is_closed THEN 'closed' WHEN line_manager IS NULL THEN 'waiting' ELSE 'assigned' END;
  CREATE INDEX tickets_waiting ON tickets (workspace_id, line_order) WHERE state = 'waiting';
  CREATE INDEX tickets_line ON tickets (workspace_id, product, line_order) WHERE state = 'waiting';
  CREATE INDEX tickets_held ON tickets (workspace_id, line_manager, line_order) WHERE state = 'assigned';
  CREATE INDEX tickets_state ON tickets (workspace_id, state, n);
  CREATE INDEX tickets_manager ON tickets (workspace_id, line_manager, n);
  CREATE INDEX tickets_order ON tickets (workspace_id, line_order) WHERE is_closed = 0;
  CREATE INDEX tickets_active ON tickets (workspace_id, active_at, n);
  CREATE INDEX tickets_user_active ON tickets (workspace_id, user_id, active_at, n);
  CREATE INDEX tickets_manager_active ON tickets (workspace_id, line_manager, active_at, n) WHERE is_closed = 0;
  CREATE INDEX tickets_created ON tickets (workspace_id, created_at, n);
  CREATE INDEX tickets_unsent ON tickets (created_at) WHERE first_text IS NOT NULL;
  CREATE INDEX tickets_due ON tickets (target ->> '$.due_at') WHERE target IS NOT NULL;

  ALTER TABLE line_managers ADD COLUMN availability TEXT NOT NULL DEFAULT 'online';
  ALTER TABLE line_managers ADD COLUMN is_unmanaged INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE line_managers ADD COLUMN topics TEXT;
  ALTER TABLE line_managers ADD COLUMN is_connected INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE line_managers ADD COLUMN chosen TEXT;
  ALTER TABLE line_managers ADD COLUMN offline_since TEXT;
  ALTER TABLE line_managers ADD COLUMN served_at TEXT;
  ALTER TABLE line_managers ADD COLUMN finished_at TEXT;
  ALTER TABLE line_managers ADD COLUMN serving_text TEXT NOT NULL DEFAULT '{}';
  DROP INDEX line_managers_free;
  CREATE INDEX line_managers_free ON line_managers (workspace_id, ticket_count, positions_in_a_line, n)
    WHERE is_active = 1 AND availability = 'online' AND (capacity IS NULL OR ticket_count < capacity);
  CREATE INDEX line_managers_offline ON line_managers (offline_since) WHERE offline_since IS NOT NULL AND ticket_count > 0;

  ALTER TABLE topics ADD COLUMN title TEXT;
  ALTER TABLE topics ADD COLUMN strategy TEXT NOT NULL DEFAULT 'least_loaded';
  ALTER TABLE topics ADD COLUMN hours TEXT;
  ALTER TABLE topics ADD COLUMN away_text TEXT;
  ALTER TABLE topics ADD COLUMN targets TEXT NOT NULL DEFAULT '{"first_answer":null,"solved":null}';
  `,
  // Texts that agents use again and again.
  `
  CREATE TABLE canned_answers (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, product TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, created_by TEXT NOT NULL,
    slot INTEGER, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX canned_answers_id ON canned_answers (workspace_id, id);
  CREATE UNIQUE INDEX canned_answers_cid ON canned_answers (workspace_id, created_by, cid);
  CREATE UNIQUE INDEX canned_answers_title ON canned_answers (workspace_id, title);
  CREATE UNIQUE INDEX canned_answers_slot ON canned_answers (workspace_id, slot) WHERE slot IS NOT NULL;
  `,
  // How long customers may open closed tickets again; by which request a line manager took one.
  `
  ALTER TABLE workspaces ADD COLUMN reopen_days INTEGER NOT NULL DEFAULT 7;
  ALTER TABLE tickets ADD COLUMN claim_cid TEXT;
  `,
  // Links with which people open tickets without a login, and what V2 keeps for a workspace.
  `
  CREATE TABLE share_links (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, link_id TEXT NOT NULL,
    number_of_links INTEGER NOT NULL, available_links INTEGER NOT NULL, link TEXT NOT NULL, usernames TEXT NOT NULL,
    is_active INTEGER NOT NULL, created_at TEXT NOT NULL, distribution_text TEXT NOT NULL, created_by TEXT NOT NULL,
    uses TEXT NOT NULL, revision INTEGER NOT NULL, cid TEXT NOT NULL, fingerprint TEXT NOT NULL
  );
  CREATE UNIQUE INDEX share_links_id ON share_links (workspace_id, id);
  CREATE UNIQUE INDEX share_links_cid ON share_links (workspace_id, created_by, cid);
  CREATE UNIQUE INDEX share_links_link ON share_links (link_id);
  CREATE TABLE meta_settings (
    n INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id TEXT NOT NULL, id TEXT NOT NULL, waiting_time TEXT NOT NULL,
    operation_time TEXT NOT NULL, created_at TEXT NOT NULL
  );
  CREATE UNIQUE INDEX meta_settings_workspace ON meta_settings (workspace_id);
  `,
  // However often a request is repeated, it takes one ticket.
  `
  CREATE INDEX tickets_claim ON tickets (workspace_id, line_manager, claim_cid) WHERE claim_cid IS NOT NULL;
  `,
  // The users whom a call is about, to find it by once it has ended, and whether they have missed it.
  `
  CREATE TABLE call_parties (
    workspace_id TEXT NOT NULL, user_id TEXT NOT NULL, id TEXT NOT NULL, call_n INTEGER NOT NULL, is_missed INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id, id)
  ) WITHOUT ROWID;
  CREATE INDEX call_parties_call ON call_parties (call_n);
  CREATE INDEX call_parties_missed ON call_parties (workspace_id, user_id, id) WHERE is_missed = 1;
  INSERT OR IGNORE INTO call_parties SELECT
    c.workspace_id, d.value ->> '$.user_id', c.id, c.n,
    coalesce(c.body ->> '$.state' = 'ended' AND c.body ->> '$.answered_by' IS NULL
      AND c.body ->> '$.reason' <> 'declined' AND d.value ->> '$.user_id' <> c.user_id, 0)
  FROM calls AS c, json_each(CASE WHEN json_valid(c.body) THEN c.body ELSE '{}' END, '$.callee_devices') AS d;
  INSERT OR IGNORE INTO call_parties SELECT workspace_id, user_id, id, n, 0 FROM calls;
  ALTER TABLE call_devices ADD COLUMN is_talking INTEGER NOT NULL DEFAULT 0;
  UPDATE call_devices SET is_talking = 1
    WHERE call_n IN (SELECT n FROM calls WHERE json_valid(body) AND body ->> '$.state' = 'active');
  CREATE INDEX call_devices_talking ON call_devices (workspace_id, user_id) WHERE is_talking = 1;
  `,
  // Whether the file is to be rebuilt at the next start.
  `
  CREATE TABLE rebuilds_due (n INTEGER PRIMARY KEY);
  `,
  // Open tickets by their last activity, however many are closed.
  `
  CREATE INDEX tickets_open_active ON tickets (workspace_id, active_at, n) WHERE is_closed = 0;
  `,
  // The open tickets of guests, who have a limit together.
  `
  CREATE INDEX tickets_guests_open ON tickets (workspace_id)
    WHERE is_closed = 0 AND user_id > 'guest:' AND user_id < 'guest;';
  `,
]
