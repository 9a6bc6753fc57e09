package store

// Paper is something that the floors above keep beside the leads: a user, a
// setting, a saved view. A store does not understand it.
type Paper struct {
	Drawer string // of which kind it is
	Name   string // within its drawer, never empty
	Text   []byte // never empty
}

// PaperReader is what a Snapshot answers about papers.
type PaperReader interface {
	// Paper gives the text of a paper; nil if there is none. A Tx keeps other
	// writers from the paper until its end, whether it is there or not.
	Paper(drawer, name string) ([]byte, error)
	// Papers lists those of a drawer whose names begin with prefix and are above
	// after, ascending by their bytes, at most limit.
	Papers(drawer, prefix, after string, limit int) ([]Paper, error)
	// LastPapers lists those whose names begin with prefix and are below before,
	// descending, at most limit; before "" is after the last.
	LastPapers(drawer, prefix, before string, limit int) ([]Paper, error)
}

// PaperWriter is what a Tx changes about papers.
type PaperWriter interface {
	// PutPaper inserts or replaces a paper; without a text it takes it away.
	PutPaper(p Paper) error
}

// EndOf is the first text after all that begin with prefix; "" if nothing is.
func EndOf(prefix string) string {
	for n := len(prefix); n > 0; n-- {
		if last := prefix[n-1]; last < 0xff {
			return prefix[:n-1] + string([]byte{last + 1})
		}
	}
	return ""
}
