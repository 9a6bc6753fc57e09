// Package paper reads and writes the papers of a store as JSON values. What a
// drawer holds is its owner's to say; it never says so itself.
package paper

import (
	"github.com/go-json-experiment/json"

	"galena/internal/fault"
	"galena/internal/store"
)

// Read gives a paper's content; false if there is none.
func Read[T any](s store.PaperReader, drawer, name string, into *T) (bool, error) {
	text, err := s.Paper(drawer, name)
	if err != nil || text == nil {
		return false, err
	}
	return true, Open(store.Paper{Drawer: drawer, Name: name, Text: text}, into)
}

// Open gives the content of a paper at hand.
func Open[T any](p store.Paper, into *T) error {
	return fault.Wrap(json.Unmarshal(p.Text, into), fault.Internal, "The paper %s of drawer %s cannot be read.", p.Name, p.Drawer)
}

// Each calls fn with every paper of a drawer whose name begins with prefix, in the
// order of their names. What fn writes meanwhile may be seen or not.
func Each[T any](s store.PaperReader, drawer, prefix string, fn func(name string, content *T) error) error {
	const page = 200
	for after := ""; ; {
		papers, err := s.Papers(drawer, prefix, after, page)
		if err != nil {
			return err
		}
		for _, p := range papers {
			content := new(T)
			if err := Open(p, content); err != nil {
				return err
			}
			if err := fn(p.Name, content); err != nil {
				return err
			}
		}
		if len(papers) < page {
			return nil
		}
		after = papers[len(papers)-1].Name
	}
}

// Write keeps content under a name, in place of what is there.
func Write(tx store.PaperWriter, drawer, name string, content any) error {
	text, err := json.Marshal(content, json.Deterministic(true))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "The paper %s of drawer %s cannot be written.", name, drawer)
	}
	return tx.PutPaper(store.Paper{Drawer: drawer, Name: name, Text: text})
}

// Drop takes a paper away; it need not be there.
func Drop(tx store.PaperWriter, drawer, name string) error {
	return tx.PutPaper(store.Paper{Drawer: drawer, Name: name})
}
