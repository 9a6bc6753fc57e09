package lead

// Reject is an event that was refused, kept so that it can be seen, mended and
// sent again.
type Reject struct {
	Seq      int64
	Received Time
	Source   int64 // id of the write key, or SourceOfImport
	Index    int   // place in its batch, from 0; of an import the row in its file
	// Identity tells what is the same refused thing sent again, so that it is kept
	// once; zero is nothing of the kind, and kept each time.
	Identity MessageHash
	// MessageID is as sent, "" if it could not be read.
	MessageID string
	Code      string // for programs: "no_user_anon_id"
	Message   string // for people
	Body      []byte // at most MaxRejectBody bytes of what was sent
}

// MaxRejectBody bounds Reject.Body: enough to see what was wrong.
const MaxRejectBody = 8 << 10

// Key is a write key. The key itself is not kept.
type Key struct {
	ID int64
	// Hash is the SHA-256 of the key, Hint its first characters for people.
	Hash     [32]byte
	Hint     string
	Kind     KeyKind
	Name     string
	Created  Time
	Disabled bool
}

// KeyKind says what a key may do.
type KeyKind string

const (
	// BrowserKey is public; it may only send events.
	BrowserKey KeyKind = "browser"
	// ServerKey is secret; it may send events, and is believed about identities.
	ServerKey KeyKind = "server"
	// APIKey is secret; it may read. It may not send events.
	APIKey KeyKind = "api"
)
