package sqlite_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/sqlite"
)

// FuzzText sends foreign text through the tables that look texts up.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a", "\x00", "a\x00b", "\ufffe", "\xff", `'";--`, "%", "0", "x'00'"} {
		f.Add(seed, []byte(seed))
	}
	s, err := sqlite.Open(context.Background(), filepath.Join(f.TempDir(), "galena.db"), sqlite.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, text string, body []byte) {
		identifier := lead.Identifier{Kind: lead.User, Value: text}
		hash := lead.HashMessage(text)
		err := s.Write(context.Background(), func(tx store.Tx) error {
			known, err := tx.Known([]lead.MessageHash{hash})
			if err != nil || known[hash] {
				return err
			}
			id, err := tx.NewLeads(1)
			if err != nil {
				return err
			}
			events := []lead.Event{{Lead: id, MessageID: text, Name: text, Body: body}}
			if err := tx.Append(events); err != nil {
				return err
			}
			if err := tx.Link([]store.Link{{Identifier: identifier, Lead: id, Display: text}}); err != nil {
				return err
			}
			found, err := tx.Find([]lead.Identifier{identifier})
			if err != nil || found[identifier] != id {
				t.Errorf("%q is held by %s, want %s (%v)", text, found[identifier], id, err)
			}
			history, err := tx.History(id)
			if err != nil || len(history) != 1 || history[0].MessageID != text || history[0].Name != text || !bytes.Equal(history[0].Body, body) {
				t.Errorf("%q %q came back as %+v (%v)", text, body, history, err)
			}
			known, err = tx.Known([]lead.MessageHash{hash})
			if err != nil || !known[hash] {
				t.Errorf("message %q is not known (%v)", text, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
