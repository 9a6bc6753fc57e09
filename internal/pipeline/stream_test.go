package pipeline_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"galena/internal/lead"
	"galena/internal/pipeline"
)

// stream is what arrives, in order: within a spell the store's clock stands
// still, so that it cannot matter how its messages are cut into commits.
type stream []spell

type spell struct {
	after    int64 // by how much the clock moves first
	wake     bool  // whether the due are then woken
	messages []lead.Event
}

// GoString writes a stream for people who look for what went wrong with it.
func (s stream) GoString() string {
	var b strings.Builder
	for _, sp := range s {
		fmt.Fprintf(&b, "\n after %d, wake %t", sp.after, sp.wake)
		for i := range sp.messages {
			e := &sp.messages[i]
			fmt.Fprintf(&b, "\n  %s %s by %s %q user %q email %q anonymous %q previous %q occurred %+d backfill %t %s", e.MessageID,
				e.Type, e.Origin, e.Name, e.UserID, e.Email, e.AnonymousID, e.PreviousID, e.Occurred-midday, e.Backfill, e.Body)
		}
	}
	return b.String()
}

// The people and browsers of a stream are few, so that they get into each
// other's way; "x" is a word that serves as a user id and as an anonymous one.
var (
	userIDs      = []string{"u1", "u2", "x"}
	anonymousIDs = []string{"a1", "a2", "a3", "x"}
	addresses    = []string{"Ada@corp.example", "bo@corp.example", "cy@gmail.com"}
	previousIDs  = []string{"a1", "a2", "x", "u1", "u2", "nobody's"}
)

// streams makes streams; backwards lets the clock be set back, too.
func streams(backwards bool) *rapid.Generator[stream] {
	return rapid.Custom(func(t *rapid.T) stream {
		var s stream
		now, sent := midday, []string(nil)
		for range rapid.IntRange(1, 5).Draw(t, "spells") {
			sp := spell{
				after: rapid.SampledFrom([]int64{0, 1, lead.Minute, lead.Hour, lead.Day, 3 * lead.Day, 10 * lead.Day}).Draw(t, "after"),
				wake:  rapid.Bool().Draw(t, "wake"),
			}
			if backwards && rapid.IntRange(0, 3).Draw(t, "set back") == 0 {
				sp.after = -sp.after
			}
			now = now.Add(sp.after)
			for range rapid.IntRange(0, 12).Draw(t, "messages") {
				e := drawMessage(t, now)
				e.MessageID = fmt.Sprintf("m%02d", len(sent))
				if len(sent) > 0 && rapid.IntRange(0, 11).Draw(t, "again") == 0 {
					e.MessageID = rapid.SampledFrom(sent).Draw(t, "which")
				}
				sent = append(sent, e.MessageID)
				sp.messages = append(sp.messages, e)
			}
			s = append(s, sp)
		}
		return s
	})
}

func drawMessage(t *rapid.T, now lead.Time) lead.Event {
	maybe := func(in int, of []string, what string) string {
		if rapid.IntRange(1, 100).Draw(t, "has "+what) > in {
			return ""
		}
		return rapid.SampledFrom(of).Draw(t, what)
	}
	e := lead.Event{
		Type: rapid.SampledFrom([]lead.Type{
			lead.Track, lead.Track, lead.Track, lead.Track, lead.Identify, lead.Identify, lead.Identify, lead.Group, lead.Page, lead.Alias,
		}).Draw(t, "type"),
		Origin: rapid.SampledFrom([]lead.Origin{lead.Browser, lead.Browser, lead.Browser, lead.Server, lead.Import}).Draw(t, "origin"),
		UserID: maybe(35, userIDs, "user"),
	}
	var body struct {
		Traits  map[string]any `json:"traits,omitempty"`
		Context map[string]any `json:"context,omitempty"`
	}
	address := maybe(30, addresses, "address")
	e.Email = strings.ToLower(address)
	switch e.Type {
	case lead.Alias:
		e.UserID = rapid.SampledFrom(userIDs).Draw(t, "user of the alias")
		e.PreviousID = rapid.SampledFrom(previousIDs).Draw(t, "previous")
	case lead.Track:
		e.Name = rapid.SampledFrom([]string{"Visit", "Visit", "Visit", "Demo", "Other"}).Draw(t, "name")
	case lead.Group:
		e.GroupID = "g1"
	}
	if e.Type != lead.Alias {
		e.AnonymousID = maybe(70, anonymousIDs, "anonymous")
	}
	if e.UserID == "" && e.Email == "" && e.AnonymousID == "" {
		e.AnonymousID = rapid.SampledFrom(anonymousIDs).Draw(t, "anonymous after all")
	}
	if e.Type == lead.Identify {
		body.Traits = map[string]any{"employees": rapid.SampledFrom([]any{10.0, 100.0, nil, "60"}).Draw(t, "employees")}
		if rapid.IntRange(0, 9).Draw(t, "knows studies") == 0 {
			body.Traits["studies"] = rapid.Bool().Draw(t, "studies")
		}
		if rapid.IntRange(0, 4).Draw(t, "has a phone") == 0 {
			body.Traits["phone"] = rapid.SampledFrom([]any{"+49 1512 3456789", "+49 1512 3456780", "+49 30 901820", 7, nil}).Draw(t, "phone")
		}
	}
	if address != "" {
		if body.Traits != nil {
			body.Traits["email"] = address
		} else {
			body.Context = map[string]any{"traits": map[string]any{"email": address}}
		}
	}
	e.Backfill = e.Origin != lead.Browser && rapid.IntRange(0, 2).Draw(t, "backfill") == 0
	ago := rapid.SampledFrom([]int64{0, 0, 0, 1, lead.Minute, lead.Hour, lead.Day, 3 * lead.Day, 20 * lead.Day, -lead.Hour}).Draw(t, "ago")
	e.Occurred = now.Add(-ago)
	if rapid.IntRange(0, 29).Draw(t, "undated") == 0 {
		e.Occurred = 0
	}
	e.Body, _ = json.Marshal(body)
	if err := e.Open(); err != nil {
		t.Fatal(err)
	}
	return e
}

// drawCuts says, for each spell, how many messages go into each batch and how
// many batches into each commit.
func drawCuts(t *rapid.T, s stream, name string) [][][]int {
	cuts := make([][][]int, len(s))
	for i, sp := range s {
		for left := len(sp.messages); left > 0; {
			var group []int
			for range rapid.IntRange(1, 3).Draw(t, name+" group") {
				n := rapid.IntRange(0, left).Draw(t, name+" batch")
				group = append(group, n)
				left -= n
			}
			cuts[i] = append(cuts[i], group)
		}
	}
	return cuts
}

// uncut sends each spell as one batch, byOne each message in a commit of its own.
func uncut(s stream) [][][]int {
	cuts := make([][][]int, len(s))
	for i, sp := range s {
		cuts[i] = [][]int{{len(sp.messages)}}
	}
	return cuts
}

func byOne(s stream) [][][]int {
	cuts := make([][][]int, len(s))
	for i, sp := range s {
		for range sp.messages {
			cuts[i] = append(cuts[i], []int{1})
		}
	}
	return cuts
}

// carry sends a stream through a workspace, cut as told, and checks what each
// batch is told.
func (h *house) carry(s stream, cuts [][][]int) { h.carryWith(s, cuts, func(int) {}) }

// carryWith is carry, and calls before when the clock has moved for a spell.
func (h *house) carryWith(s stream, cuts [][][]int, before func(spell int)) {
	h.Helper()
	known := map[string]bool{}
	duplicates := 0
	for i, sp := range s {
		h.clock.now = h.clock.now.Add(sp.after)
		before(i)
		if sp.wake {
			h.wake(h.clock.now)
		}
		rest := sp.messages
		for _, sizes := range cuts[i] {
			batches, want := make([]pipeline.Batch, len(sizes)), make([]pipeline.Receipt, len(sizes))
			for k, n := range sizes {
				batches[k].Events = slices.Clone(rest[:n])
				for _, e := range rest[:n] {
					if known[e.MessageID] {
						want[k].Duplicates++
						duplicates++
					} else {
						want[k].Accepted++
					}
					known[e.MessageID] = true
				}
				rest = rest[n:]
			}
			got, err := h.CommitTogether(batches...)
			if err != nil {
				h.Fatal(err)
			}
			if !slices.Equal(got, want) {
				h.Fatalf("receipts %v, want %v", got, want)
			}
		}
		if len(rest) > 0 {
			h.Fatalf("%d messages of a spell were not sent", len(rest))
		}
	}
	c := h.counts()
	if c.Events != int64(len(known)) || c.Named[pipeline.CountDuplicates] != int64(duplicates) {
		h.Fatalf("%d events and %d duplicates are counted, want %d and %d", c.Events, c.Named[pipeline.CountDuplicates], len(known), duplicates)
	}
}
