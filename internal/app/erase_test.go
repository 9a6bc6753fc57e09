package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store/sqlite"
)

// Nothing in the files of a workspace tells any more of whom was erased: not the
// log, not the states, not what was refused, and not the pages that were freed.
func TestAnErasedPersonIsInNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &clock{midday}
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "galena.db"), sqlite.Options{Clock: c.read})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a, err := app.New(t.Context(), s, []byte(handbook))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, 0) }()
	defer func() { stop(); <-ended }()

	n := 0
	say := func(events ...lead.Event) {
		t.Helper()
		for i := range events {
			n++
			e := &events[i]
			e.MessageID, e.Origin, e.Occurred = fmt.Sprint("message ", n), lead.Browser, c.now
			if e.Type == 0 {
				e.Type = lead.Track
			}
		}
		if _, err := a.Ingest(t.Context(), pipeline.Batch{Events: events}); err != nil {
			t.Fatal(err)
		}
		c.now = c.now.Add(lead.Hour)
	}
	// Wanda among many, with events large and small, so that rows move about.
	for i := range 60 {
		who := fmt.Sprint("somebody", i)
		say(identify(who, "browser-"+who, who+"@corp.example", map[string]any{"employees": i}))
		body, _ := json.Marshal(map[string]any{"properties": map[string]any{"of": "Wanda Unicorn", "text": string(bytes.Repeat([]byte("x"), 300*(i%20)))}})
		say(visit("browser-wanda"),
			lead.Event{Name: "Visit", UserID: "wanda-7", Body: body},
			lead.Event{Type: lead.Identify, UserID: "wanda-7", AnonymousID: "browser-wanda", Email: "wanda@unicorn.example",
				Body: []byte(`{"traits":{"email":"Wanda@Unicorn.example","employees":` + fmt.Sprint(i) + `}}`)})
	}
	rejects := []lead.Reject{
		{MessageID: "r1", Code: "no_type", Message: "m", Body: []byte(`{"traits":{"email":"WANDA\u0040unicorn.example"}}`)},
		{MessageID: "r2", Code: "no_type", Message: "m", Body: []byte(`{"userId":"wanda-7"}`)},
		{MessageID: "r3", Code: "no_type", Message: "m", Body: []byte(`{"userId":"wanda-77","n":"wanda-7 "}`)},
	}
	if _, err := a.Ingest(t.Context(), pipeline.Batch{Rejects: rejects}); err != nil {
		t.Fatal(err)
	}
	// Somebody else claims her address.
	say(identify("somebody3", "", "wanda@unicorn.example", nil))

	// Somebody noted something about her, and deleted half of it.
	about := app.Ref{Email: "wanda@unicorn.example"}
	for _, text := range []string{"Wanda Unicorn calls back", "Miss Unicorn, again"} {
		n, err := a.AddNote(t.Context(), about, app.Note{By: "x", Name: "Eve", Text: text})
		if err == nil && text[0] == 'M' {
			err = a.DropNote(t.Context(), about, n.ID, "x", false)
		}
		if err != nil {
			t.Fatal(err)
		}
	}

	if err := a.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := a.Erase(t.Context(), app.Ref{Email: "wanda@Unicorn.example"}, eve)
	if err != nil {
		t.Fatal(err)
	}
	if e.Events != 180 || e.Rejects != 2 || len(e.Elsewhere) != 1 || len(e.Mentioned()) != 1 {
		t.Errorf("erased: %+v", e)
	}
	if _, err := a.Erase(t.Context(), app.Ref{ID: e.Mentioned()[0]}, eve); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.ToLower(b)
		for _, trace := range []string{"unicorn", "wanda-7\"", "browser-wanda", "message 30\x00", "somebody3@"} {
			if i := bytes.Index(b, []byte(trace)); i >= 0 {
				t.Errorf("%s has %q at %d: %q", filepath.Base(file), trace, i, b[max(i-40, 0):i+40])
			}
		}
		if filepath.Ext(file) == ".db" && !bytes.Contains(b, []byte("somebody4@corp.example")) {
			t.Error("somebody else is gone, too, or this looks in the wrong place")
		}
	}

	// She is nobody now; what she sent stays known; the rest is sound.
	_, err = a.Profile(t.Context(), app.Ref{ID: e.Lead}, 3)
	if fault.KindOf(err) != fault.NotFound || !bytes.Contains([]byte(fault.Text(err)), []byte("was erased at")) {
		t.Errorf("she explains herself as %v", err)
	}
	_, err = a.Erase(t.Context(), app.Ref{ID: e.Lead}, eve)
	refused(t, err, fault.Conflict, e.Lead.String()+" was erased: there is nothing left to correct.")
	again := visit("browser-wanda")
	again.MessageID, again.Type, again.Origin, again.Occurred = "message 2", lead.Track, lead.Browser, c.now
	r, err := a.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{again}})
	if err != nil || r != (pipeline.Receipt{Duplicates: 1}) {
		t.Errorf("a message of hers that is sent again: %+v, %v", r, err)
	}
	if leads, found, err := a.Verify(t.Context()); leads != 59 || len(found) > 0 || err != nil {
		t.Errorf("%d leads are verified, wrong are %v, %v", leads, found, err)
	}
	err = a.Events(t.Context(), func(x *lead.Event) error {
		if x.Type == lead.Tombstone || x.UserID == "wanda-7" {
			return fmt.Errorf("exported is %+v", x)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	say(visit("browser-wanda"))
	if p, err := a.Profile(t.Context(), app.Ref{AnonymousID: "browser-wanda"}, 0); err != nil || p.Lead.ID == e.Lead || p.Lead.Kind != "visitor" {
		t.Errorf("whoever comes with her browser is %+v, %v", p, err)
	}
	if _, err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
