package app

import (
	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/store"
)

// The drawers of papers that this package fills for what is captured.
const (
	censusDrawer = "census" // how much came, by source; and how far that was counted
	mendedDrawer = "mended" // rejects that were taken in since, by place
	importDrawer = "import" // by number

	importNumberDrawer = "import number"
)

// readPaper gives a paper's content; false if there is none.
func readPaper[T any](s store.Snapshot, drawer, name string, into *T) (bool, error) {
	text, err := s.Paper(drawer, name)
	if err != nil || text == nil {
		return false, err
	}
	return true, openPaper(store.Paper{Drawer: drawer, Name: name, Text: text}, into)
}

func openPaper[T any](p store.Paper, into *T) error {
	return fault.Wrap(json.Unmarshal(p.Text, into), fault.Internal, "The paper %s of drawer %s cannot be read.", p.Name, p.Drawer)
}

// writePaper keeps a paper's content.
func writePaper(tx store.Tx, drawer, name string, content any) error {
	text, err := json.Marshal(content, json.Deterministic(true))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "The paper %s of drawer %s cannot be written.", name, drawer)
	}
	return tx.PutPaper(store.Paper{Drawer: drawer, Name: name, Text: text})
}
