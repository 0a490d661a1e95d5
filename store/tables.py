"""Every table. Facts that must hold are constraints here, not habits of the code above."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.columns import Json, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# ---- the knowledge base -------------------------------------------------------------------------------------------------------------

articles = Table(
    "articles",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("lang", String(2), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("title", Text, nullable=False),
    Column("audience", String(20), nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("in_force_to", Date),
    Column("applies_by", String(10), nullable=False),
    Column("owner", Text, nullable=False),
    Column("source_url", Text, nullable=False),
    Column("supersedes", Integer),
    Column("stakes", Json),  # what its author says is at stake; null: nothing was said
    Column("body", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("origin", Text, nullable=False),  # the folder it was ingested from: what is missing there is removed, and nothing else
    Column("file", Text, nullable=False),
    Column("ingested_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),  # removed from the shelf; never deleted, for a receipt may name it
)

passages = Table(
    "passages",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("article_id", String(120), nullable=False),
    Column("lang", String(2), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("record", Json(), nullable=False),
    ForeignKeyConstraint(["article_id", "lang", "version"], ["articles.id", "articles.lang", "articles.version"]),
    Index(None, "article_id", "lang", "version"),
)

vectors = Table(
    "vectors",
    metadata,
    Column("text_hash", String(64), primary_key=True),
    Column("model", String(80), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

base = Table(
    "base",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("revision", Integer, nullable=False),  # grows with each ingestion that changed something: tells a shelf that it is old
    Column("model", String(80), nullable=False),
    Column("embedder", String(400)),  # how the settings name that model: another worker loads it by this name
    Column("changed_at", Moment, nullable=False),
)

ingestions = Table(
    "ingestions",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),  # that the base had afterwards
    Column("at", Moment, nullable=False),
    Column("before", Json(), nullable=False),  # every version that was touched, as it was: what taking it back puts there
)

# ---- the conversation ---------------------------------------------------------------------------------------------------------------

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("traveller_id", String(80)),
    Column("lang", String(2), nullable=False),
    Column("state", String(10), nullable=False),
    Column("caller", Json(), nullable=False),
    Column("answered_to", Integer, nullable=False),  # event number up to which the traveller's messages are dealt with
    Column("asked_back", Integer, nullable=False),  # how often in a row we asked back; the next time we hand over
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("listened_at", Moment),  # when a page that follows it last gave a sign of life; null: none does
    Column("seen_to", Integer, nullable=False, server_default="0"),  # event number up to which a page has shown it
    Column("mailed_to", Integer, nullable=False, server_default="0"),  # and up to which answers were sent by e-mail
    Column("reply_to", String(254)),  # the address that somebody who is not signed in has left
    CheckConstraint("state in ('bot', 'waiting', 'staff', 'closed')", name="state"),
    Index(None, "traveller_id"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("worker", String(40), nullable=False),
    Column("lease_until", Moment, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("plan", Json),  # while a reply is said sentence by sentence: the whole of it as quoted, for whoever has to finish it
    CheckConstraint("state in ('open', 'done')", name="state"),
    # One open turn a conversation, whoever asks: the database says no to a second one.
    Index("uq_turns_one_open", "conversation_id", unique=True, sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    Index(None, "state", "lease_until"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("number", Integer, nullable=False),  # of its event: the order in which they were said
    Column("role", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("client_msg_id", String(80)),
    Column("turn_id", ForeignKey("turns.id")),  # of a traveller's message: the turn that answered it; of a bot's: the turn that said it
    Column("reply", Json()),
    Column("staff_id", String(40)),
    Column("thumb", String(4)),
    Column("label", String(5)),  # of a bot's: what a staff member says of the answer (or of the draft that was handed over), right or wrong
    Column("at", Moment, nullable=False),
    CheckConstraint("role in ('traveller', 'bot', 'staff')", name="role"),
    UniqueConstraint("conversation_id", "role", "client_msg_id"),
    Index(None, "conversation_id", "number"),
    Index(None, "role", "at"),
)

streams = Table(
    "streams",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("last_number", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("stream", ForeignKey("streams.name"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("data", Json(), nullable=False),
    Column("at", Moment, nullable=False),
)

answer_receipts = Table(
    "answer_receipts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("turn_id", ForeignKey("turns.id"), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("record", Json(), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "conversation_id"),
)

# ---- rights and changes -------------------------------------------------------------------------------------------------------------

proposals = Table(
    "proposals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("traveller_id", String(80), nullable=False),
    Column("rule_id", String(120), nullable=False),
    Column("booking_id", String(40)),
    Column("kind", String(12), nullable=False, server_default="rebooking"),
    Column("state", String(10), nullable=False),
    Column("terms_hash", String(64), nullable=False),
    Column("record", Json(), nullable=False),
    Column("idempotency_key", String(200)),
    Column("chosen", String(40)),
    Column("expires_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("tried_at", Moment),  # when the airline was last asked
    Column("unknown_since", Moment),  # since when the airline has not said what became of it
    Column("handed_at", Moment),  # when a person was told that nobody knows what became of it: once
    Column("undo_until", Moment),  # until when it can be taken back; empty once somebody does
    Column("created_at", Moment, nullable=False),
    CheckConstraint("state in ('offered', 'pending', 'unknown', 'executed', 'declined', 'expired', 'failed', 'undone')", name="state"),
    Index(None, "conversation_id"),
    Index(None, "state"),
)

right_uses = Table(
    "right_uses",
    metadata,
    Column("rule_id", String(120), primary_key=True),  # under which it is numbered: the first of the ids that count together
    Column("subject", String(120), primary_key=True),  # what the quota is counted for, such as booking:K7Q2MP
    Column("use", Integer, primary_key=True),  # 1..times: the primary key is what makes a quota hold under any race
    Column("proposal_id", ForeignKey("proposals.id"), nullable=False, unique=True),
    Column("right", String(60)),
    Column("traveller_id", String(80), index=True),
    Column("company_id", String(80), index=True),
    Column("booking_id", String(40), index=True),
    Column("leg_id", String(60)),
    Column("at", Moment),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("proposal_id", ForeignKey("proposals.id"), nullable=False, unique=True),
    Column("record", Json(), nullable=False),
    Column("at", Moment, nullable=False),
)

# ---- moments and offers -------------------------------------------------------------------------------------------------------------

moments = Table(
    "moments",
    metadata,
    Column("id", String(120), primary_key=True),  # whoever's who told it: the same id again is the same moment
    Column("kind", String(20), nullable=False),
    Column("traveller_id", String(80), nullable=False),
    Column("booking_id", String(40)),
    Column("leg_id", String(60)),
    Column("rating", Integer),
    Column("at", Moment, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("outcome", String(12)),  # null: nobody has dealt with it yet; set once, by compare-and-set
    Column("why", Text),  # in plain words, for the desk and for who looks into it
    Column("handled_at", Moment),
    CheckConstraint("outcome in ('chat', 'desk', 'email', 'held_out', 'nothing', 'late', 'failed')", name="outcome"),
    CheckConstraint("(outcome is null) = (handled_at is null)", name="handled"),
    Index(None, "handled_at"),
    Index(None, "traveller_id"),
)

offers = Table(
    "offers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("moment_id", ForeignKey("moments.id"), nullable=False, unique=True),  # at most one a moment, whoever asks
    Column("moment", String(20), nullable=False),
    Column("traveller_id", String(80), nullable=False),
    Column("rule_id", String(120), nullable=False),
    Column("right", String(60), nullable=False),
    Column("door", String(8), nullable=False),
    Column("state", String(10), nullable=False),
    Column("worth", Float, nullable=False),
    Column("conversation_id", ForeignKey("conversations.id")),
    Column("proposal_id", ForeignKey("proposals.id"), unique=True),
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint("state in ('shown', 'told', 'to_staff', 'held_out', 'accepted', 'declined', 'ignored')", name="state"),
    CheckConstraint("door in ('chat', 'desk', 'email', 'none')", name="door"),
    Index(None, "traveller_id", "at"),
    Index(None, "state"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("purpose", String(10), nullable=False),
    Column("traveller_id", String(80), nullable=False),
    Column("mail", Json(), nullable=False),  # to whom and what; emptied by retention
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),  # not before: quiet hours, or the next try
    Column("useless_at", Moment),  # from then on it tells nobody anything
    Column("holder", String(60)),  # who is sending it, until when nobody else does
    Column("held_until", Moment),
    Column("problem", Text),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint("state in ('waiting', 'sending', 'sent', 'dead', 'dropped')", name="state"),
    Index(None, "state", "due_at"),
)

mail_codes = Table(
    "mail_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("purpose", String(12), nullable=False),
    Column("traveller_id", String(80), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id")),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    CheckConstraint("purpose in ('resume', 'unsubscribe')", name="purpose"),
    Index(None, "expires_at"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("traveller_id", String(80), primary_key=True),
    Column("at", Moment, nullable=False),  # advertising by e-mail was refused with its own link; the customer platform may not know yet
)

# ---- what we note of travellers -----------------------------------------------------------------------------------------------------

tags = Table(
    "tags",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("traveller_id", String(80), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("title", Json(), nullable=False),
    Column("source", String(10), nullable=False),
    Column("set_by", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),  # also the moment at which somebody ended it
    Column("ended_by", String(80)),
    CheckConstraint("source in ('staff', 'bot')", name="source"),  # what the platform and the host page say is theirs, and asked for each time
)

lessons = Table(
    "lessons",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("article_id", String(120), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("record", Json(), nullable=False),  # its texts, and the days on which it holds
    Column("at", Moment, nullable=False),
    Column("decided_by", ForeignKey("staff.id")),
    Column("decided_at", Moment),
    CheckConstraint("state in ('proposed', 'published', 'withdrawn', 'discarded')", name="state"),
    UniqueConstraint("article_id", "version"),
    Index(None, "at"),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("booking_id", String(40)),
    Column("leg_id", String(60)),
    Column("choice_id", String(80)),
    Column("amount", String(20), nullable=False),  # exact, as it was written
    Column("currency", String(3), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", ForeignKey("staff.id")),
    Column("decided_at", Moment),
    Column("proposal_id", ForeignKey("proposals.id")),
    Column("at", Moment, nullable=False),
    CheckConstraint("state in ('waiting_approval', 'offered', 'refused')", name="state"),
    CheckConstraint("decided_by is null or decided_by <> staff_id", name="not_their_own"),
    Index(None, "staff_id", "at"),
)

# ---- the desk -----------------------------------------------------------------------------------------------------------------------

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("priority", Float, nullable=False),
    Column("lang", String(2), nullable=False),
    Column("headline", Text, nullable=False),
    Column("mood", String(10), nullable=False),
    Column("caller", Json(), nullable=False),
    Column("brief", Json(), nullable=False),
    Column("messages_waiting", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("promised_by", Moment, nullable=False),
    Column("first_promised_by", Moment),
    Column("expected_wait", Float),  # minutes during which the desk is open
    Column("taken_by", ForeignKey("staff.id")),
    Column("taken_at", Moment),
    Column("answered_at", Moment),  # when staff said something first
    Column("last_said_at", Moment),
    Column("closed_at", Moment),
    CheckConstraint("state in ('waiting', 'taken', 'resolved', 'returned')", name="state"),
    CheckConstraint("(state = 'waiting') = (taken_by is null) or state in ('resolved', 'returned')", name="owner"),
    Index(
        "uq_tickets_one_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("state in ('waiting', 'taken')"),
        postgresql_where=text("state in ('waiting', 'taken')"),
    ),
    Index(None, "state"),
    Index(None, "opened_at"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("traveller_id", String(80)),
    Column("about", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("owner_id", ForeignKey("staff.id")),
    Column("due_at", Moment, nullable=False),
    Column("outcome", Text),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("version", Integer, nullable=False),  # grows with every step: a step on an older one is refused
    Column("changed_by", ForeignKey("staff.id")),
    CheckConstraint("state in ('open', 'answered', 'closed')", name="state"),
    CheckConstraint("(state = 'closed') = (closed_at is not null)", name="end"),
    Index(
        "uq_cases_one_open",
        "ticket_id",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    Index(None, "state", "closed_at"),
    Index(None, "conversation_id"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("subject", String(40), primary_key=True),  # the id of what waits
    Column("cause", String(12), primary_key=True),
    Column("address", String(40), primary_key=True),  # a name of it that holds no secret
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("holder", String(60)),  # who is sending it, until when nobody else does
    Column("held_until", Moment),
    Column("problem", Text),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint("state in ('waiting', 'sending', 'sent', 'dead')", name="state"),
    Index(None, "state", "ended_at"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("role", String(10), nullable=False, server_default="staff"),
    CheckConstraint("role in ('staff', 'lead')", name="role"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("name_hash", String(64), primary_key=True),  # of the name that was typed, known or not: a lock tells nobody which names exist
    Column("tries", Json(), nullable=False),  # when a password was tried and not found right, oldest first
    Column("last_at", Moment, nullable=False),
    Column("locked_until", Moment),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),
    Column("model", String(120), primary_key=True),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
)

# ---- duties -------------------------------------------------------------------------------------------------------------------------

leases = Table(
    "leases",
    metadata,
    Column("name", String(60), primary_key=True),  # the duty that only one worker may do at a time
    Column("holder", String(60), nullable=False),
    Column("until", Moment, nullable=False),  # after this moment whoever comes first may take it
)
